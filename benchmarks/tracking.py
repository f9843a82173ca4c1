"""The tracker against Stone Soup on the same plots, on manoeuvring crowds, and on 5 000 targets.

    python benchmarks/tracking.py                                   prints the tables
    python benchmarks/tracking.py --peer-python PYTHON              where Stone Soup is installed
    python benchmarks/tracking.py --write docs/validation.md        puts them into the marked section of that page

scene      a 2-D radar at the middle, a scan every 4 s, Pd 0.9, 50 false plots a scan, even over the disc of cover;
           range error 50 m, azimuth error 3 mrad; targets on the radar's horizontal plane, which both sides know
calm       50 or 200 targets, straight at 100 to 300 m/s from a square of 120 km, white acceleration of 0.1 m2/s3
crowd      200 targets in a square of 60 km, straight for 20 to 60 s, then turning by up to 180 degrees at 1 to 4 g,
           and so on
time       processor time of one thread, so that a busy machine matters less
GOSPA      cut-off 1 000 m, order 2, alpha 2 (Rahmathullah, Garcia-Fernandez, Svensson 2017), mean over scans, confirmed
           tracks only

Stone Soup (https://github.com/dstl/Stone-Soup) runs an extended Kalman filter, a KD tree and global nearest neighbour
by two-dimensional assignment. Our single filter (cv) has the same noise of motion as it; the interacting models (imm)
are the defaults of the package on every scene.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
from pages import put, table

Array = np.ndarray[Any, Any]
SCANS: Final = 100
STEP_S: Final = 4.0
COVER_M: Final = 180_000.0
RANGE_SD_M: Final = 50.0
AZIMUTH_SD_RAD: Final = 3e-3
PD: Final = 0.9
FALSE: Final = 50
CUT_M: Final = 1_000.0
# White acceleration of the single filters, m2/s3, and Stone Soup's gate (standard deviations), plots to start, scans
# without a plot to deletion: the best of those tried, by its own GOSPA, on each kind of scene.
CALM: Final = (0.5, "4,3,4")
CROWD: Final = (1_200.0, "4,3,3")
BEGIN: Final = "<!-- tracking: printed by `python benchmarks/tracking.py`; renew with --write -->"
END: Final = "<!-- end of tracking -->"


# --- scenes ------------------------------------------------------------------------------------------------------


def calm(targets: int, seed: int) -> Array:
    """(scans, targets, 2) places of straight flights."""
    rng = np.random.default_rng(seed)
    pos = rng.uniform(-60e3, 60e3, (targets, 2))
    way, speed = rng.uniform(0.0, 2.0 * np.pi, targets), rng.uniform(100.0, 300.0, targets)
    vel = speed[:, None] * np.c_[np.cos(way), np.sin(way)]
    out, q = np.zeros((SCANS, targets, 2)), 0.1
    root = np.linalg.cholesky(q * np.array([[STEP_S**3 / 3, STEP_S**2 / 2], [STEP_S**2 / 2, STEP_S]]))
    for k in range(SCANS):
        out[k] = pos
        noise = rng.normal(size=(targets, 2, 2)) @ root.T
        pos, vel = pos + vel * STEP_S + noise[:, :, 0], vel + noise[:, :, 1]
    return out


def crowd(targets: int, seed: int) -> Array:
    """(scans, targets, 2) places of flights that turn hard, again and again, and cross each other's ways."""
    rng = np.random.default_rng(seed)
    out = np.zeros((SCANS, targets, 2))
    fine = 8  # steps a scan
    for i in range(targets):
        pos, way, speed = rng.uniform(-30e3, 30e3, 2), rng.uniform(0.0, 2.0 * np.pi), rng.uniform(150.0, 300.0)
        rate, left = 0.0, rng.uniform(20.0, 60.0)
        for k in range(SCANS):
            out[k, i] = pos
            for _ in range(fine):
                dt = STEP_S / fine
                pos = pos + speed * dt * np.array([np.cos(way + rate * dt / 2), np.sin(way + rate * dt / 2)])
                way, left = way + rate * dt, left - dt
                if left <= 0.0 and rate == 0.0:
                    rate = rng.choice((-1.0, 1.0)) * rng.uniform(1.0, 4.0) * 9.81 / speed
                    left = rng.uniform(0.3, np.pi) / abs(rate)
                elif left <= 0.0:
                    rate, left = 0.0, rng.uniform(20.0, 60.0)
    return out


def scanned(truth: Array, seed: int, false: int = FALSE) -> list[Array]:
    """(n, 2) range and azimuth (from the second axis towards the first) of the plots of each scan."""
    rng = np.random.default_rng(seed)
    scans = []
    for places in truth:
        seen = places[rng.uniform(size=len(places)) < PD]
        r = np.hypot(seen[:, 0], seen[:, 1]) + rng.normal(0.0, RANGE_SD_M, len(seen))
        a = np.arctan2(seen[:, 0], seen[:, 1]) + rng.normal(0.0, AZIMUTH_SD_RAD, len(seen))
        noise = np.c_[COVER_M * np.sqrt(rng.uniform(size=false)), rng.uniform(-np.pi, np.pi, false)]
        both = np.r_[np.c_[r, a], noise]
        scans.append(both[rng.permutation(len(both))])
    return scans


# --- GOSPA -------------------------------------------------------------------------------------------------------


def gospa(truth: Array, tracks: Array) -> tuple[float, float, int, int]:
    """GOSPA, root mean square error of those matched, missed, false."""
    from scipy.optimize import linear_sum_assignment

    if not len(truth) or not len(tracks):
        apart = len(truth) + len(tracks)
        return float(np.sqrt(CUT_M**2 / 2 * apart)), 0.0, len(truth), len(tracks)
    d2 = np.minimum(((truth[:, None] - tracks[None]) ** 2).sum(axis=2), CUT_M**2)
    rows, columns = linear_sum_assignment(d2)
    hit = d2[rows, columns]
    hit = hit[hit < CUT_M**2]
    missed, false = len(truth) - len(hit), len(tracks) - len(hit)
    error = float(np.sqrt(hit.mean())) if len(hit) else 0.0
    return float(np.sqrt(hit.sum() + CUT_M**2 / 2 * (missed + false))), error, missed, false


def judged(truth: Array, pictures: list[Array]) -> list[float]:
    """GOSPA, error, missed and false, each a mean over the scans."""
    return [float(x) for x in np.mean([gospa(t, p) for t, p in zip(truth, pictures, strict=True)], axis=0)]


# --- ours --------------------------------------------------------------------------------------------------------


def ours(scans: list[Array], kind: str, density: float) -> tuple[list[Array], list[float], int]:
    """Places of our firm tracks after each scan, seconds of each scan, bytes of the tables."""
    from egide.picture.tracker import Rules, Sensor, Tracker, plots

    radar = Sensor(
        kind="radar-2d", latitude_rad=0.7, longitude_rad=0.6, range_error_m=RANGE_SD_M,
        azimuth_error_rad=AZIMUTH_SD_RAD, revisit_s=STEP_S, range_max_m=COVER_M, detection=PD, false_plots=FALSE,
    )  # fmt: skip
    rules = Rules(
        filter="imm" if kind == "imm" else "cv", cv_noise_m2_s3=density, assumed_height_m=0.0, assumed_height_sd_m=500.0
    )
    tracker = Tracker([radar], rules)
    site = tracker.sensors[0]
    pictures, seconds = [], []
    for k, found in enumerate(scans):
        begun = time.process_time()
        tracker.scan(
            k * STEP_S, 0, plots(np.full(len(found), k * STEP_S), range_m=found[:, 0], azimuth_rad=found[:, 1])
        )
        seconds.append(time.process_time() - begun)
        off = tracker.tracks(k * STEP_S)["pos_m"] - site["pos_m"]
        pictures.append(np.c_[off @ site["east"], off @ site["north"]])
    return pictures, seconds, tracker.memory_bytes


# --- Stone Soup --------------------------------------------------------------------------------------------------


def stone_soup(source: Path, target: Path, tune: tuple[float, int, int]) -> None:
    """Runs in the peer's Python: plots from a file, tracks and seconds into another."""
    import datetime as dt

    import stonesoup
    from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
    from stonesoup.dataassociator.tree import DetectionKDTreeGNN2D
    from stonesoup.deleter.time import UpdateTimeStepsDeleter
    from stonesoup.hypothesiser.distance import DistanceHypothesiser
    from stonesoup.initiator.simple import MultiMeasurementInitiator
    from stonesoup.measures import Mahalanobis
    from stonesoup.models.measurement.nonlinear import CartesianToBearingRange
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import ExtendedKalmanPredictor
    from stonesoup.tracker.simple import MultiTargetTracker
    from stonesoup.types.detection import Detection
    from stonesoup.types.state import GaussianState
    from stonesoup.updater.kalman import ExtendedKalmanUpdater

    gate, points, misses = tune
    data = np.load(source)
    density = float(data["density"])
    move = CombinedLinearGaussianTransitionModel([ConstantVelocity(density), ConstantVelocity(density)])
    model = CartesianToBearingRange(4, (0, 2), np.diag([AZIMUTH_SD_RAD**2, RANGE_SD_M**2]))
    predictor, updater = ExtendedKalmanPredictor(move), ExtendedKalmanUpdater(model)
    hypothesiser = DistanceHypothesiser(predictor, updater, Mahalanobis(), missed_distance=gate)
    associator = DetectionKDTreeGNN2D(hypothesiser, predictor, updater, number_of_neighbours=5, max_distance=8_000.0)
    epoch = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - Stone Soup's times know no zone
    scans = []
    for k in range(SCANS):
        when = epoch + dt.timedelta(seconds=k * STEP_S)
        # its bearings are counted from the first axis, ours from the second
        scans.append((when, {
            Detection(np.array([[np.pi / 2 - a], [r]]), timestamp=when, measurement_model=model)
            for r, a in data[f"scan{k}"]
        }))  # fmt: skip
    initiator = MultiMeasurementInitiator(
        GaussianState(np.zeros((4, 1)), np.diag([0.0, 200.0**2, 0.0, 200.0**2]), timestamp=epoch),
        UpdateTimeStepsDeleter(2), GNNWith2DAssignment(hypothesiser), updater, model, min_points=points,
    )  # fmt: skip
    tracker = MultiTargetTracker(initiator, UpdateTimeStepsDeleter(misses), [], associator, updater)
    tracker.detector_iter = iter(scans)
    seconds, out = [], {}
    for k in range(SCANS):
        begun = time.process_time()
        _, tracks = next(tracker)
        seconds.append(time.process_time() - begun)
        out[f"scan{k}"] = np.array([[t.state_vector[0, 0], t.state_vector[2, 0]] for t in tracks]).reshape(-1, 2)
    np.savez(target, seconds=np.array(seconds), version=stonesoup.__version__, **out)


def theirs(scans: list[Array], python: str, density: float, tune: str) -> tuple[list[Array], list[float], str]:
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name) / "plots.npz", Path(name) / "tracks.npz"
        np.savez(source, density=np.float64(density), **{f"scan{k}": found for k, found in enumerate(scans)})
        one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # processor time is compared, of one thread
        command = [python, __file__, "--as-peer", str(source), str(target), "--tune", tune]
        subprocess.run(command, check=True, env={**os.environ, **one})
        data = np.load(target)
        pictures = [data[f"scan{k}"] for k in range(SCANS)]
        return pictures, [float(x) for x in data["seconds"]], str(data["version"])


# --- many targets ------------------------------------------------------------------------------------------------


def many(targets: int) -> tuple[float, float, float, int]:
    """5 000 targets over 2 000 km, 3-D plots each 10 s at times of their own: seconds a scan, worst scan, bytes a
    track, firm tracks."""
    from egide.picture.tracker import Rules, Sensor, Tracker, plots

    rng = np.random.default_rng(11)
    radar = Sensor(
        latitude_rad=0.7, longitude_rad=0.6, range_error_m=50.0, azimuth_error_rad=1e-3, elevation_error_rad=1e-3,
        range_max_m=1e6, false_plots=500, revisit_s=10.0, span_rad=0.35,
    )  # fmt: skip
    tracker = Tracker([radar], Rules())
    pos, way = rng.uniform(-700e3, 700e3, (targets, 2)), rng.uniform(0.0, 2.0 * np.pi, targets)
    vel, height = 230.0 * np.c_[np.cos(way), np.sin(way)], rng.uniform(5e3, 12e3, targets)
    seconds = []
    for k in range(30):
        azimuth = np.arctan2(pos[:, 0], pos[:, 1])
        when = 10.0 * k + 10.0 * (azimuth / (2.0 * np.pi) % 1.0)
        place = pos + vel * when[:, None]
        seen = rng.uniform(size=targets) < PD
        flat = np.hypot(place[seen, 0], place[seen, 1])
        n = int(seen.sum())
        r = np.hypot(flat, height[seen]) + rng.normal(0.0, 50.0, n)
        a = np.arctan2(place[seen, 0], place[seen, 1]) + rng.normal(0.0, 1e-3, n)
        e = np.arctan2(height[seen], flat) + rng.normal(0.0, 1e-3, n)
        u = rng.uniform(size=500)
        found = plots(
            np.r_[when[seen], 10.0 * k + 10.0 * u], range_m=np.r_[r, 1e6 * np.sqrt(rng.uniform(size=500))],
            azimuth_rad=np.r_[a, 2.0 * np.pi * u], elevation_rad=np.r_[e, rng.uniform(0.0, 0.35, 500)],
        )  # fmt: skip
        begun = time.process_time()
        tracker.scan(10.0 * (k + 1), 0, found)
        seconds.append(time.process_time() - begun)
    firm = len(tracker.tracks())
    return float(np.mean(seconds[3:])), max(seconds[3:]), tracker.memory_bytes / max(firm, 1), firm


# --- page --------------------------------------------------------------------------------------------------------


def page(asked: argparse.Namespace) -> str:
    for kind in ("imm", "cv"):
        ours(scanned(calm(5, 1), 2)[:6], kind, 1.0)  # compiled before it is timed
    rows, version = [], "not installed"
    scenes = [("calm", 50), ("calm", 200), ("crowd", 200)]
    for name, targets in scenes:
        truth = (calm if name == "calm" else crowd)(targets, targets)
        scans = scanned(truth, targets + 1)
        peer_ms = None
        density, tune = CALM if name == "calm" else CROWD
        if asked.peer_python != "none":
            pictures, seconds, version = theirs(scans, asked.peer_python, density, tune)
            peer_ms = float(np.mean(seconds)) * 1e3
            rows.append([f"{name}, {targets}", "Stone Soup, EKF", *_cells(truth, pictures, peer_ms, peer_ms)])
        for kind in ("cv", "imm"):
            runs = [ours(scans, kind, density) for _ in range(asked.rounds)]
            pace = min(float(np.mean(run[1])) for run in runs) * 1e3
            rows.append([f"{name}, {targets}", f"Égide, {kind}", *_cells(truth, runs[0][0], pace, peer_ms)])
    mean_s, worst_s, each, firm = many(5_000)
    import numba

    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    head = ["scene, targets", "tracker", "CPU ms a scan", "times faster", "GOSPA, m", "error, m", "missed", "false"]
    first = (
        f"Stone Soup {version}, Numba {numba.__version__}, one core of {os.cpu_count()}; {load}. The scenes are "
        "described in `benchmarks/tracking.py`; both sides had the same plots, all figures are means over 100 scans. "
        f"Single filters have {CALM[0]} m²/s³ on calm scenes and {CROWD[0]:.0f} on the crowd."
    )
    last = (
        f"5 000 targets, one 3-D radar with 500 false plots a scan, 10 s a scan, interacting models: "
        f"{mean_s * 1e3:.0f} CPU ms a scan, {mean_s / 10.0 * 100.0:.2f} % of real time on one core "
        f"(worst scan {worst_s * 1e3:.0f} ms); {firm} firm tracks, {each / 1024.0:.1f} KiB a track for all tables."
    )
    return "\n\n".join([first, table(head, rows), last])


def _cells(truth: Array, pictures: list[Array], ms: float, peer_ms: float | None) -> list[str]:
    total, error, missed, false = judged(truth, pictures)
    times = "-" if peer_ms is None else f"{peer_ms / ms:,.0f}"
    return [f"{ms:.2f}", times, f"{total:.0f}", f"{error:.0f}", f"{missed:.2f}", f"{false:.2f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-python", default=sys.executable, help="a Python that has Stone Soup, or none")
    parser.add_argument("--tune", default=CALM[1], help=argparse.SUPPRESS)
    parser.add_argument("--as-peer", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    if asked.as_peer:
        gate, points, misses = asked.tune.split(",")
        stone_soup(*asked.as_peer, (float(gate), int(points), int(misses)))
        return
    text = page(asked)
    print(text)
    if asked.write:
        put(asked.write, text, (BEGIN, END), "Tracking", "python benchmarks/tracking.py --write docs/validation.md")


if __name__ == "__main__":
    main()
