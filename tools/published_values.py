"""Computes the published-value files whose numbers come from other people's libraries or from plain integration.

    python tools/published_values.py [NAME...]      writes tests/published/NAME.csv; all of them where none is named

    gases_layers      ITU-Rpy, line by line, at states of the air from the ground to 30 km
    propagation       ITU-Rpy's attenuation and reference air, integrated along the path by SciPy; its own ray tracing
    refraction        the ray as a differential equation, by SciPy's DOP853
    detection_pulses  SciPy's non-central chi-square, averaged over the cross section by quadrature
    ballistic_turning the equations of motion in turning axes, Coriolis and centrifugal terms written out, by DOP853
    flyout            the missile's equation of motion in air that thins exponentially, by DOP853
    geodesy_lines     geographiclib
    radar_air         Lambert's W, by SciPy
    track_metrics     Stone Soup's metric generators
    tracking          Stone Soup (steps, joint probabilities), filterpy (interacting models), SciPy (assignment)
    network           NetworkX; reliability by every state of every link
    identity          exact fractions

None of our own models is called here. ITU-Rpy (`itur`), Stone Soup (`stonesoup`) and `filterpy` are no dependencies of
Égide; install those that you need to run this.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy import integrate, special, stats

FOLDER: Final = Path(__file__).resolve().parents[1] / "tests" / "published"
COLUMNS: Final = ("call", "arguments", "item", "value", "rtol", "atol", "evidence", "source")

EARTH_M: Final = 6_371_000.0
MU: Final = 3.986004418e14
TURN: Final = 7.292115e-5

Item = int | str | None  # a path such as 1.0.2 where an answer is made of matrices
Row = tuple[str, dict[str, Any], Item, float, float, float, str]


def gases_layers() -> Iterator[Row]:
    from itur.models.itu676 import gamma0_exact, gammaw_exact

    source = "ITU-R P.676-12, Annex 1, by ITU-Rpy 0.4.0, at a state of the air"
    states = [(1013.25, 288.15, 7.5), (1000.0, 313.15, 30.0), (980.0, 258.15, 0.5), (540.0, 255.7, 0.6),
              (265.0, 223.25, 0.05), (12.0, 226.5, 0.0001)]  # fmt: skip
    for frequency in (0.45, 1.3, 3.3, 5.6, 9.5, 16.7, 35.0):
        for pressure, kelvin, vapour in states:
            names = {"frequency_ghz": frequency, "pressure_hpa": pressure, "temperature_k": kelvin}
            names["vapour_g_m3"] = vapour
            for item, function in enumerate((gamma0_exact, gammaw_exact)):
                value = float(np.asarray(function(frequency, pressure, vapour, kelvin).value))
                yield "atmosphere.gas_attenuation_db_km", names, item, value, 4e-3, 0.0, source


def propagation() -> Iterator[Row]:
    import itur.models.itu676 as p676
    import itur.models.itu835 as p835

    def gamma(frequency: float, height_m: float) -> float:
        h = max(height_m, 0.0) / 1e3
        if h > 84.0:
            return 0.0
        air = [float(np.asarray(x.value)) for x in (p835.standard_pressure(h), p835.standard_temperature(h),
                                                    p835.standard_water_vapour_density(h, rho_0=7.5))]  # fmt: skip
        return float(np.asarray(p676.gamma_exact(frequency, air[0], air[2], air[1]).value))

    source = "ITU-Rpy 0.4.0 (P.676-12 line by line in the air of P.835-6), integrated along the straight path by SciPy"
    radius = 4.0 / 3.0 * EARTH_M
    for frequency in (1.3, 3.3, 9.5):
        heights = np.linspace(0.0, 84_000.0, 1681)
        table = np.array([gamma(frequency, float(h)) for h in heights])

        def at(along: float, r1: float, sine: float, table: Any = table, heights: Any = heights) -> float:
            height = np.sqrt(r1**2 + along**2 + 2.0 * along * r1 * sine) - radius
            return float(np.exp(np.interp(height, heights, np.log(table)))) if height <= 84_000.0 else 0.0

        for slant, low, high in ((100e3, 20.0, 500.0), (300e3, 20.0, 6000.0), (400e3, 9000.0, 100.0),
                                 (250e3, 30.0, 20_000.0), (60e3, 20.0, 50_000.0)):  # fmt: skip
            r1 = radius + low
            sine = ((high - low) * (low + high + 2.0 * radius) - slant**2) / (2.0 * slant * r1)
            total = integrate.quad(at, 0.0, slant, args=(r1, sine), limit=800, epsrel=1e-7)[0]
            names = {"frequency_ghz": frequency, "range_m": slant, "antenna_height_m": low, "target_height_m": high}
            yield "propagation.two_way_gas_db", names, None, 2e-3 * total, 1e-3, 0.0, source
    traced = (
        "ITU-Rpy 0.4.0, slant path of P.676-12, section 2.2, with its ray tracing, twice; ours is straight over 4/3"
    )
    for frequency in (3.0, 10.0):
        for degrees in (3.0, 5.0, 10.0, 30.0, 89.0):
            once = p676.gaseous_attenuation_slant_path(frequency, degrees, 7.5, 1013.25, 288.15, mode="exact")
            top, sine = 80_000.0, float(np.sin(np.radians(degrees)))
            slant = -radius * sine + float(np.sqrt((radius * sine) ** 2 + top * (2.0 * radius + top)))
            names = {"frequency_ghz": frequency, "range_m": slant, "antenna_height_m": 0.0, "target_height_m": top}
            yield "propagation.two_way_gas_db", names, None, 2.0 * float(np.asarray(once.value)), 1e-2, 0.0, traced


def refraction() -> Iterator[Row]:
    def trace(elevation: float, low: float, distance: float) -> float:
        """Height of a ray by Fermat: r'' from the gradient of the refractive index, angle about the centre as time."""

        def bend(_: float, y: Any) -> list[float]:
            r, slope = y  # slope = tan(elevation)
            n = 1.0 + 315e-6 * np.exp(-(r - EARTH_M) / 7350.0)
            gradient = -(n - 1.0) / 7350.0
            # curvature of a ray in a medium of spherical layers: d(elevation)/d(angle) = 1 + r n'/n
            return [r * slope, (1.0 + r * gradient / n) * (1.0 + slope * slope)]

        start = [EARTH_M + low, float(np.tan(elevation))]
        end = distance / EARTH_M
        run = integrate.solve_ivp(bend, (0.0, end), start, method="DOP853", rtol=1e-12, atol=1e-9)
        return float(run.y[0, -1] - EARTH_M)

    source = "the ray in N = 315 exp(-h / 7.35 km), ITU-R P.453, as a differential equation, DOP853"
    for degrees in (0.0, 0.5, 1.0, 3.0, 10.0):
        for distance in (100e3, 300e3, 500e3):
            names = {"distance_m": distance, "elevation_rad": float(np.radians(degrees)), "antenna_height_m": 15.0}
            height = trace(names["elevation_rad"], 15.0, distance)
            yield "refraction.ray_height_m", names, None, height, 0.0, 0.05, source
    for gradient, k in ((-40.0, 1.34199), (0.0, 1.0), (-39.0, 4.0 / 3.0)):
        told = "ITU-R P.834 and P.453: k = 4/3 stands for about -39 to -40 N/km"
        yield "refraction.effective_earth", {"gradient_n_km": gradient}, None, k, 3e-3, 0.0, told


def detection_pulses() -> Iterator[Row]:
    source = "SciPy's non-central chi-square, averaged over the gamma law of the cross section by quadrature"
    cases = [(1e-6, pulses, snr_db) for pulses in (1, 3, 10, 50) for snr_db in (-5.0, 0.0, 5.0, 10.0)]
    cases += [(pfa, pulses, snr_db) for pfa in (1e-4, 1e-9) for pulses in (1, 20) for snr_db in (2.0, 13.0)]
    for swerling in range(5):
        for pfa, pulses, snr_db in cases:
            names = {"snr_db": snr_db, "pfa": pfa, "pulses": pulses, "swerling": swerling}
            value = _pd(10.0 ** (snr_db / 10.0), pfa, pulses, swerling)
            yield "detection.probability", names, None, value, 0.0, 1e-6, source


def _pd(snr: float, pfa: float, pulses: int, swerling: int) -> float:
    limit = float(special.gammainccinv(pulses, pfa))

    def steady(times: float) -> float:
        return float(stats.ncx2.sf(2.0 * limit, 2 * pulses, 2.0 * pulses * snr * times))

    if swerling == 0:
        return steady(1.0)
    shape = {1: 1.0, 2: float(pulses), 3: 2.0, 4: 2.0 * pulses}[swerling]
    law = stats.gamma(shape, scale=1.0 / shape)
    ends = [0.0, *law.ppf([0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 0.9999, 1.0 - 1e-12])]
    parts = [
        integrate.quad(lambda x: law.pdf(x) * steady(x), a, b, epsabs=1e-11, epsrel=1e-10, limit=200)[0]
        for a, b in pairwise(ends)
    ]
    return float(sum(parts))


def ballistic_turning() -> Iterator[Row]:
    axis = np.array([0.0, 0.0, TURN])

    def fall(_: float, y: Any) -> Any:
        r, v = y[:3], y[3:]
        pull = -MU * r / np.linalg.norm(r) ** 3
        return np.concatenate((v, pull - 2.0 * np.cross(axis, v) - np.cross(axis, np.cross(axis, r))))

    source = "integration in axes that turn with the Earth, Coriolis and centrifugal terms written out, DOP853"
    for lat, lon, azimuth, speed, angle in ((35.0, 50.0, 300.0, 2500.0, 43.0), (0.0, 0.0, 90.0, 1700.0, 44.0),
                                            (-60.0, 170.0, 200.0, 4800.0, 38.0)):  # fmt: skip
        a, b, c, g = np.radians([lat, lon, azimuth, angle])
        up = np.array([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)])
        east = np.array([-np.sin(b), np.cos(b), 0.0])
        north = np.cross(up, east)
        launch = speed * (np.cos(g) * (np.sin(c) * east + np.cos(c) * north) + np.sin(g) * up)
        times = [60.0, 240.0]
        run = integrate.solve_ivp(
            fall, (0.0, 240.0), np.concatenate((EARTH_M * up, launch)), method="DOP853", rtol=1e-13, atol=1e-7,
            t_eval=times,
        )  # fmt: skip
        for i, time in enumerate(times):
            r, v = run.y[:3, i], run.y[3:, i]
            size = float(np.linalg.norm(r))
            names = {"time_s": time, "latitude_deg": lat, "longitude_deg": lon, "azimuth_rad": float(c)}
            names |= {"speed_m_s": speed, "angle_rad": float(g)}
            place = (np.degrees(np.arcsin(r[2] / size)), np.degrees(np.arctan2(r[1], r[0])), size - EARTH_M)
            for item, (value, atol) in enumerate(zip(place, (1e-7, 1e-7, 1e-2), strict=True)):
                yield "ballistic.track", names, item, float(value), 0.0, atol, source
            still = {"time_s": time, "speed_m_s": speed, "angle_rad": float(g), "latitude_deg": lat}
            still |= {"azimuth_rad": float(c), "rotation_rad_s": TURN}
            arc = EARTH_M * float(np.arctan2(np.linalg.norm(np.cross(up, r)), up @ r))
            pace = float(np.linalg.norm(v))
            climb = float(np.arcsin(r @ v / size / pace))
            for item, (value, atol) in enumerate(zip((arc, size - EARTH_M, pace, climb), (1e-2, 1e-2, 1e-5, 1e-9),
                                                     strict=True)):  # fmt: skip
                yield "ballistic.state_at", still, item, value, 0.0, atol, source


def flyout() -> Iterator[Row]:
    source = "integration of dv/dt = -v^2 / length after a boost of constant acceleration, DOP853"
    boost, slowing = 0.1, 0.4
    for mean, reach in ((1200.0, 250e3), (600.0, 40e3)):
        length = (1.0 - boost) * reach / -np.log(slowing)
        peak = mean * (2.0 * boost + (1.0 - boost) * (1.0 / slowing - 1.0) / -np.log(slowing))
        boost_s = 2.0 * boost * reach / peak
        for way in (0.3 * reach, 0.7 * reach, reach):

            def arrive(_: float, y: Any, way: float = way) -> float:
                return float(y[0] - way)

            arrive.terminal = True  # type: ignore[attr-defined]
            run = integrate.solve_ivp(
                lambda _, y, length=length: [y[1], -y[1] ** 2 / length], (boost_s, 10_000.0), [boost * reach, peak],
                method="DOP853", rtol=1e-12, atol=1e-9, events=arrive,
            )  # fmt: skip
            names = {"range_m": way, "altitude_m": None, "mean_speed_m_s": mean, "max_range_m": reach}
            yield "flyout.time_of_flight_s", names, None, float(run.t_events[0][0]), 1e-9, 0.0, source
        told = "range over mean speed: the catalogue's own definition"
        names = {"range_m": reach, "altitude_m": None, "mean_speed_m_s": mean, "max_range_m": reach}
        yield "flyout.time_of_flight_s", names, None, reach / mean, 1e-12, 0.0, told


def geodesy_lines() -> Iterator[Row]:
    from geographiclib.geodesic import Geodesic

    draw = np.random.default_rng(676)
    for _ in range(8):
        lat1, lat2 = (round(float(x), 4) for x in draw.uniform(-89.0, 89.0, 2))
        lon1, lon2 = (round(float(x), 4) for x in draw.uniform(-180.0, 180.0, 2))
        line = Geodesic.WGS84.Inverse(lat1, lon1, lat2, lon2)
        names = {"lat1_deg": lat1, "lon1_deg": lon1, "lat2_deg": lat2, "lon2_deg": lon2}
        yield "geodesy.inverse", names, 0, line["s12"], 0.0, 1e-3, "geographiclib, places drawn at random"


def radar_air() -> Iterator[Row]:
    source = "closed form by Lambert's W, SciPy: R = a W(R_free / a), a = 20 / (gamma ln 10)"
    names = {"peak_power_w": 1.5e6, "gain_db": 45, "frequency_hz": 5.6e9, "rcs_m2": 0.1, "bandwidth_hz": 5e6}
    names |= {"noise_figure_db": 3, "losses_db": 0, "snr_min_db": 20}
    wave = 299_792_458.0 / 5.6e9
    power = 1.5e6 * 10.0**9.0 * wave**2 * 0.1
    free = (power / ((4 * np.pi) ** 3 * 1.380649e-23 * 290.0 * 10.0**0.3 * 5e6 * 100.0)) ** 0.25
    for gamma in (0.001, 0.01, 0.1, 0.565151):
        a = 20.0e3 / (gamma * np.log(10.0))
        value = float(a * special.lambertw(free / a).real)
        yield "radar.max_range_in_air_m", {**names, "attenuation_db_km": gamma}, None, value, 1e-9, 0.0, source
    yield "radar.max_range_in_air_m", {**names, "attenuation_db_km": 0.0}, None, float(free), 1e-9, 0.0, source


def track_metrics() -> Iterator[Row]:
    source = "Stone Soup 1.9.1, OSPAMetric and GOSPAMetric"
    draw = np.random.default_rng(11)
    sets = [([[63.43, 138.65], [81.40, 126.29], [151.79, 157.58]], [[69.74, 144.28], [68.43, 120.23]])]
    sets += [(np.round(draw.uniform(0, 40, (n, d)), 1).tolist(), np.round(draw.uniform(0, 40, (m, d)), 1).tolist())
             for n, m, d in ((1, 1, 2), (4, 4, 3), (2, 5, 2), (6, 3, 3))]  # fmt: skip
    for truth, tracks in [*sets, ([], [[1.0, 2.0]]), ([[1.0, 2.0], [3.0, 4.0]], [])]:
        for order in (1, 2):
            names = {"truth": truth, "tracks": tracks, "cutoff": 20, "order": order}
            distance, parts = _soup_sets(truth, tracks, 20.0, order)
            yield "egide.analysis.track_metrics.ospa", names, None, distance, 1e-9, 0.0, source
            for item, value in enumerate(parts):
                yield "egide.analysis.track_metrics.gospa", names, item, value, 1e-9, 1e-9, source
    yield from _soup_siap()


def _soup_sets(truth: Any, tracks: Any, cutoff: float, order: float) -> tuple[float, list[float]]:
    from stonesoup.metricgenerator.ospametric import GOSPAMetric, OSPAMetric
    from stonesoup.types.state import State

    sides = [[State(np.array(point)[:, None], timestamp=0) for point in points] for points in (tracks, truth)]
    distance = OSPAMetric(c=cutoff, p=order).compute_OSPA_distance(*sides).value
    parts = GOSPAMetric(c=cutoff, p=order).compute_gospa_metric(*sides)[0].value
    return float(distance), [float(parts[name]) for name in ("distance", "localisation", "missed", "false")]


def _soup_siap() -> Iterator[Row]:
    """Two truths; track 1 loses the first to track 2, with both for a while; 3 keeps the second, misnamed at its end;
    4 is nobody's. States are (x, vx, y, vy)."""
    from datetime import datetime, timedelta

    from stonesoup.measures import Euclidean
    from stonesoup.metricgenerator.tracktotruthmetrics import IDSIAPMetrics
    from stonesoup.types.association import AssociationSet, TimeRangeAssociation
    from stonesoup.types.groundtruth import GroundTruthPath, GroundTruthState
    from stonesoup.types.state import State
    from stonesoup.types.time import TimeRange
    from stonesoup.types.track import Track

    zero = datetime(2000, 1, 1)  # noqa: DTZ001 - a clock, not a place
    truths = {1: (range(6), (0, 10, 0, 0), "friend"), 2: (range(1, 6), (500, 0, 0, 20), "hostile")}
    tracks = {1: (range(1, 4), 1, (3, 1, 4, 0)), 2: (range(3, 6), 1, (-5, 0, 0, 2)), 3: (range(2, 6), 2, (0, -3, 6, 4)),
              4: (range(4, 6), 0, (99, 0, 99, 0))}  # fmt: skip
    said = {1: "friend", 2: "hostile", 3: "hostile", 4: "friend"}

    def at(base: Any, k: int) -> list[float]:
        return [base[0] + base[1] * k, base[1], base[2] + base[3] * k, base[3]]

    rows: dict[str, dict[str, list[Any]]] = {
        side: {name: [] for name in ("number", "time_s", "pos_m", "vel_m_s", "identity")}
        for side in ("truth", "tracks")
    }

    def note(side: str, number: int, k: int, state: Any, identity: str) -> Any:
        values = (number, 2 * k, [state[0], state[2]], [state[1], state[3]], identity)
        for name, value in zip(rows[side], values, strict=True):
            rows[side][name].append(value)
        return np.array(state, float)[:, None], zero + timedelta(seconds=2 * k)

    paths: dict[int, Any] = {}
    for number, (times, base, name) in truths.items():
        made = [note("truth", number, k, at(base, k), name) for k in times]
        paths[number] = GroundTruthPath([GroundTruthState(x, timestamp=t, metadata={"id": name}) for x, t in made])
    assigned, pairs, seen = [], set(), set()
    for number, (times, owner, off) in tracks.items():
        base = truths[owner][1] if owner else (2000, 5, 2000, 5)
        made = [note("tracks", number, k, np.add(at(base, k), off).tolist(), said[number]) for k in times]
        assigned += [owner or -1] * len(times)
        track = Track([State(x, timestamp=t) for x, t in made], init_metadata={"id": said[number]})
        seen.add(track)
        if owner:
            pairs.add(TimeRangeAssociation({paths[owner], track}, time_range=TimeRange(made[0][1], made[-1][1])))

    class Manager:
        association_set = AssociationSet(pairs)
        states_sets = {"tracks": seen, "groundtruth_paths": set(paths.values())}  # noqa: RUF012

        @staticmethod
        def list_timestamps(generator: Any = None) -> list[datetime]:
            return [zero + timedelta(seconds=2 * k) for k in range(6)]

    generator = IDSIAPMetrics(
        position_measure=Euclidean((0, 2)), velocity_measure=Euclidean((1, 3)), truth_id="id", track_id="id"
    )
    found = {metric.title: metric.value for metric in generator.compute_metric(Manager())}
    names = {"truth": rows["truth"], "tracks": rows["tracks"], "assigned": assigned}
    places = {0: "Completeness", 1: "Ambiguity", 2: "Spuriousness", 3: "Position Accuracy", 4: "Velocity Accuracy",
              5: "Longest Track Segment", 6: "Rate of Track Number Change", 9: "ID Completeness", 10: "ID Correctness",
              11: "ID Ambiguity"}  # fmt: skip
    for item, title in places.items():
        value = float(found[f"SIAP {title}"])
        yield "egide.analysis.track_metrics.siap", names, item, value, 1e-9, 1e-12, "Stone Soup 1.9.1, IDSIAPMetrics"


def network() -> Iterator[Row]:
    import networkx as nx

    queue = {"rate_per_s": 5.0, "bits": 1024, "bitrate_bit_s": 9600}
    told = "closed form, as any text on queues prints it; 5 messages of 1024 bits a second over 9600 bit/s"
    service = 9600 / 1024
    load = 5.0 / service
    yield "egide.picture.network.mm1_delay_s", queue, None, 1.0 / (service - 5.0), 1e-9, 0.0, told
    waits = 1.0 / service + load / (2.0 * service * (1.0 - load))
    yield "egide.picture.network.md1_delay_s", queue, None, waits, 1e-9, 0.0, told
    nodes = ["radar", "post", "centre", "relay", "battery"]
    ways = [(0, 1), (1, 2), (0, 3), (3, 2), (1, 3), (2, 4), (3, 4), (4, 1)]
    draw = np.random.default_rng(12)
    values = np.round(draw.uniform(0.05, 0.95, len(ways)), 2)
    links = [(nodes[a], nodes[b], float(v)) for (a, b), v in zip(ways, values, strict=True)]
    for directed in (True, False):
        graph = (nx.DiGraph if directed else nx.Graph)()
        graph.add_weighted_edges_from(links)
        names = {"links": links, "source": "radar", "target": "battery", "directed": directed}
        value = nx.dijkstra_path_length(graph, "radar", "battery")
        yield "egide.picture.network.shortest_delay", names, 0, float(value), 1e-9, 0.0, "NetworkX 3.6.1, Dijkstra"
        graph.add_weighted_edges_from([(a, b, -np.log(r)) for a, b, r in links])
        value = np.exp(-nx.dijkstra_path_length(graph, "radar", "battery"))
        told = "NetworkX 3.6.1, Dijkstra on -ln r"
        yield "egide.picture.network.most_reliable_path", names, 0, float(value), 1e-9, 0.0, told
        total = 0.0
        for state in product((True, False), repeat=len(links)):
            up = nx.create_empty_copy(graph)
            up.add_edges_from((a, b) for (a, b, _), works in zip(links, state, strict=True) if works)
            chance = np.prod([r if works else 1.0 - r for (_, _, r), works in zip(links, state, strict=True)])
            total += float(chance) * nx.has_path(up, "radar", "battery")
        told = "every state of every link, ways by NetworkX 3.6.1"
        yield "egide.picture.network.two_terminal_reliability", names, None, total, 1e-9, 0.0, told


def identity() -> Iterator[Row]:
    source = "exact fractions"
    prior = [Fraction(6, 10), Fraction(3, 10), Fraction(1, 10)]
    silence, corridor = ([Fraction(n, 100) for n in row] for row in ((5, 70, 99), (30, 90, 10)))
    for evidence in ([silence], [silence, corridor]):
        weights = [math.prod(row[c] for row in evidence) * prior[c] for c in range(3)]
        names = {"prior": [float(p) for p in prior], "likelihoods": [[float(x) for x in row] for row in evidence]}
        for item, weight in enumerate(weights):
            value = float(weight / sum(weights))
            yield "egide.picture.identity.posterior", names, item, value, 1e-12, 0.0, source


def tracking() -> Iterator[Row]:
    yield from _steps()
    yield from _interacting()
    yield from _assignments()
    yield from _joint()


def _entries(call: str, names: dict[str, Any], answers: list[Any], source: str) -> Iterator[Row]:
    """One row a number of an answer made of vectors, matrices and numbers."""
    for place, answer in enumerate(answers):
        if answer is None:
            continue
        for index, value in np.ndenumerate(np.asarray(answer, float)):
            item = ".".join(str(i) for i in (place, *index))
            yield call, names, item, float(value), 1e-8, 1e-9, source


def _steps() -> Iterator[Row]:
    import datetime as dt

    from stonesoup.models.measurement.linear import LinearGaussian
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import KalmanPredictor
    from stonesoup.types.detection import Detection
    from stonesoup.types.hypothesis import SingleHypothesis
    from stonesoup.types.state import GaussianState
    from stonesoup.updater.kalman import KalmanUpdater

    epoch = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - Stone Soup's times know no zone
    source = "Stone Soup 1.9.1, KalmanPredictor, KalmanUpdater, ConstantVelocity"
    for mean, cov, step_s, q, plot, variance in (
        ([1000.0, 50.0, -2000.0, 80.0], np.diag([1e4, 400.0, 1e4, 400.0]), 1.0, 0.5, [1070.694, -1939.271], 625.0),
        ([-3e4, -210.0, 5e4, 15.0], np.diag([9e4, 2500.0, 4e4, 900.0]) + 1000.0, 10.0, 5.0, [-32_250.0, 50_020.0], 1e4),
    ):
        move = CombinedLinearGaussianTransitionModel([ConstantVelocity(q), ConstantVelocity(q)])
        model = LinearGaussian(4, (0, 2), variance * np.eye(2))
        prior = GaussianState(np.array([mean]).T, cov, timestamp=epoch)
        later = epoch + dt.timedelta(seconds=step_s)
        ahead = KalmanPredictor(move).predict(prior, timestamp=later)
        detection = Detection(np.array([plot]).T, timestamp=later, measurement_model=model)
        updater = KalmanUpdater(model)
        after = updater.update(SingleHypothesis(ahead, detection))
        told = updater.predict_measurement(ahead)
        off = np.asarray(detection.state_vector - told.state_vector, float).ravel()
        nis = float(off @ np.linalg.solve(np.asarray(told.covar, float), off))
        f = np.asarray(move.matrix(time_interval=later - epoch), float).tolist()
        noise = np.asarray(move.covar(time_interval=later - epoch), float).tolist()
        names = {"mean": mean, "covariance": cov.tolist(), "transition": f, "process_noise": noise}
        r = (variance * np.eye(2)).tolist()
        told_mean, told_cov = np.asarray(ahead.state_vector, float).ravel(), np.asarray(ahead.covar, float)
        yield from _entries("egide.picture.kalman.predict", names, [told_mean, told_cov], source)
        names = {"mean": told_mean.tolist(), "covariance": told_cov.tolist(), "measurement": plot,
                 "observation": np.asarray(model.matrix(), float).tolist(), "noise": r}  # fmt: skip
        answers = [np.asarray(after.state_vector, float).ravel(), np.asarray(after.covar, float), nis]
        yield from _entries("egide.picture.kalman.update", names, answers, source)
        names = {"mean": mean, "covariance": cov.tolist(), "step_s": step_s, "density": q, "measurement": plot,
                 "variance": variance}  # fmt: skip
        yield from _entries("egide.picture.kalman.step", names, answers, source)


def _interacting() -> Iterator[Row]:
    from filterpy.common import Q_continuous_white_noise
    from filterpy.kalman import IMMEstimator, KalmanFilter

    filters, moves, noises = [], [], []
    means, covs = [[100.0, 40.0], [110.0, 35.0]], [[[400.0, 10.0], [10.0, 25.0]], [[500.0, 0.0], [0.0, 90.0]]]
    weights, passing, plot, variance = [0.7, 0.3], [[0.95, 0.05], [0.1, 0.9]], [141.0], 225.0
    for mean, cov, q in zip(means, covs, (0.1, 20.0), strict=True):
        one = KalmanFilter(dim_x=2, dim_z=1)
        one.x, one.P = np.array([mean]).T, np.array(cov)
        one.F, one.H, one.R = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[1.0, 0.0]]), np.array([[variance]])
        one.Q = Q_continuous_white_noise(2, dt=2.0, spectral_density=q)
        filters.append(one)
        moves.append(one.F.tolist())
        noises.append(np.asarray(one.Q).tolist())
    estimator = IMMEstimator(filters, np.array(weights), np.array(passing))
    estimator.predict()
    estimator.update(np.array([plot]).T)
    names = {"means": means, "covariances": covs, "weights": weights, "switching": passing, "transitions": moves,
             "process_noises": noises, "measurement": plot, "observation": [[1.0, 0.0]],
             "noise": [[variance]]}  # fmt: skip
    answers = [
        [one.x.ravel() for one in filters],
        [one.P for one in filters],
        estimator.mu,
        estimator.x.ravel(),
        estimator.P,
    ]
    yield from _entries("egide.picture.imm.step", names, answers, "filterpy, IMMEstimator")


def _assignments() -> Iterator[Row]:
    from scipy.optimize import linear_sum_assignment

    draw, gate = np.random.default_rng(10), 16.0
    for n, m in ((3, 3), (4, 6), (6, 4)):
        cost = np.round(draw.uniform(0.0, 30.0, (n, m)), 3)
        wide = np.hstack([np.where(cost <= gate, cost, 1e6), np.where(np.eye(n) > 0, gate, 1e6)])
        columns = linear_sum_assignment(wide)[1]
        for row, column in enumerate(columns):
            names = {"cost": cost.tolist(), "gate_cost": gate}
            value = float(column) if column < m else -1.0
            yield ("egide.picture.associate.global_nearest_neighbour", names, row, value, 0.0, 1e-12,
                   "SciPy, linear_sum_assignment, with an empty column a track at the gate's cost")  # fmt: skip


def _joint() -> Iterator[Row]:
    import datetime as dt

    from stonesoup.dataassociator.probability import JPDA
    from stonesoup.hypothesiser.probability import PDAHypothesiser
    from stonesoup.models.measurement.linear import LinearGaussian
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import KalmanPredictor
    from stonesoup.types.detection import Detection
    from stonesoup.types.state import GaussianState
    from stonesoup.types.track import Track
    from stonesoup.updater.kalman import KalmanUpdater

    now = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - Stone Soup's times know no zone
    move = CombinedLinearGaussianTransitionModel([ConstantVelocity(0.0), ConstantVelocity(0.0)])
    model = LinearGaussian(4, (0, 2), 100.0 * np.eye(2))
    cov = np.diag([300.0, 1.0, 300.0, 1.0])
    places, found = [(0.0, 0.0), (30.0, 10.0), (5.0, 40.0)], [(4.0, 8.0), (22.0, 12.0), (15.0, 30.0)]
    pd, clutter = 0.85, 2e-4
    updater = KalmanUpdater(model)
    guess = PDAHypothesiser(KalmanPredictor(move), updater, clutter_spatial_density=clutter, prob_detect=pd,
                            prob_gate=1.0, include_all=True)  # fmt: skip
    tracks = [Track([GaussianState(np.array([[x, 0.0, y, 0.0]]).T, cov, timestamp=now)]) for x, y in places]
    plots = [Detection(np.array([[x], [y]]), timestamp=now, measurement_model=model) for x, y in found]
    joint = JPDA(guess).associate(tracks, set(plots), now)
    s = 400.0
    like = [[float(np.exp(-((x - a) ** 2 + (y - b) ** 2) / (2.0 * s)) / (2.0 * np.pi * s)) for a, b in found]
            for x, y in places]  # fmt: skip
    for row, track in enumerate(tracks):
        for one in joint[track]:
            column = plots.index(one.measurement) + 1 if one else 0
            names = {"likelihood": like, "detection_probability": pd, "clutter_density": clutter}
            call, source = "egide.picture.associate.joint_probabilities", "Stone Soup 1.9.1, JPDA with PDAHypothesiser"
            yield call, names, f"{row}.{column}", float(one.probability), 1e-8, 0.0, source


FILES: Final[dict[str, Callable[[], Iterator[Row]]]] = {
    function.__name__: function
    for function in (gases_layers, propagation, refraction, detection_pulses, ballistic_turning, flyout, geodesy_lines,
                      radar_air, track_metrics, tracking, network, identity)
}  # fmt: skip
CLOSED: Final = ("radar_air", "identity")


def main(names: list[str]) -> int:
    for name in names or FILES:
        with (FOLDER / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(COLUMNS)
            count = 0
            for call, arguments, item, value, rtol, atol, source in FILES[name]():
                evidence = (
                    "analytic" if name in CLOSED or source.startswith(("range over", "closed form")) else "computed"
                )
                place = "" if item is None else item
                table.writerow([call, json.dumps(arguments), place, f"{value:.15g}", rtol, atol, evidence, source])
                count += 1
        print(f"wrote {name}.csv, {count} numbers")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
