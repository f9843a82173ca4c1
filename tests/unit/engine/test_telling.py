"""Reports over links: newest wins, nothing counts twice, pairs stay pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2
from tests.unit.engine.nets import Nets, state

from egide.engine.tell import cued, hand_over
from egide.events import ID_HOSTILE, ID_NEUTRAL
from egide.picture.fuse_kernels import take_over

CENTRE = np.array([6_371_000.0, 0.0, 0.0])
EAST = np.array([0.0, 200.0, 0.0])


def place(y_m: float, z_m: float = 0.0) -> np.ndarray:
    return CENTRE + np.array([8_000.0, y_m, z_m])


def test_an_older_report_never_overwrites_a_newer_one():
    nets = Nets(2, [(0, 1)])
    row = nets.see(0, 10.0, place(0.0), EAST)
    nets.tracks[0, row]["own"] = ID_NEUTRAL
    first = nets.send(0, 10.0)
    nets.see(0, 20.0, place(2_000.0), EAST, row=row)
    nets.tracks[0, row]["own"] = ID_HOSTILE
    second = nets.send(0, 20.0)
    nets.arrive(0, (22.0, *second[1:]))
    before = nets.tracks[1, 0].copy(), nets.heard[1, 0, 0].copy()
    late = nets.arrive(0, (25.0, *first[1:]))
    assert late["late"].tolist() == [1]
    assert (nets.tracks[1, 0], nets.heard[1, 0, 0]) == before
    assert nets.tracks[1, 0]["told"] == ID_HOSTILE
    assert nets.high[1] == 1


def test_an_old_report_of_a_track_that_has_ended_makes_none():
    nets = Nets(2, [(0, 1)])
    row = nets.see(0, 10.0, place(0.0), EAST)
    first = nets.send(0, 10.0)
    nets.tracks[0, row]["number"] = 7  # the row is another track's now
    nets.numbers[0] = 8
    nets.see(0, 20.0, place(90_000.0), EAST, row=row)
    nets.tell(0, 20.0)
    late = nets.arrive(0, (25.0, *first[1:]))
    assert late["late"].tolist() == [1]
    assert nets.high[1] == 1


def test_the_receiver_keeps_its_own_track_untouched_and_believes_the_fusion():
    nets = Nets(2, [(0, 1)], registration_m=100.0)
    nets.see(0, 10.0, place(100.0), EAST, sigma_m=30.0)
    own = nets.see(1, 10.0, place(0.0), EAST, sigma_m=300.0)
    before = state(nets.tracks[1, own])
    nets.tell(0, 10.0)
    np.testing.assert_array_equal(state(nets.tracks[1, own])[0], before[0])
    np.testing.assert_array_equal(state(nets.tracks[1, own])[1], before[1])
    held = nets.belief(1, own, 12.0)
    assert np.trace(held["pp"]) < np.trace(before[1][:3, :3])
    # closed form: on equal axes, with equal speeds, the surer is taken alone, here the told one with its registration
    assert held["pp"][0, 0] == pytest.approx(30.0**2 + 100.0**2, rel=1e-6)
    assert held["pos_m"][1] == pytest.approx(place(100.0)[1], abs=1e-3)


def test_a_report_too_old_counts_no_more():
    nets = Nets(2, [(0, 1)])
    nets.see(0, 10.0, place(100.0), EAST, sigma_m=30.0)
    own = nets.see(1, 10.0, place(0.0), EAST, sigma_m=300.0)
    nets.tell(0, 10.0)
    assert nets.belief(1, own, 40.0)["pedigree"] == 0b01
    assert nets.belief(1, own, 42.0)["pedigree"] == 0b10


def test_crossing_aircraft_keep_their_matches():
    """Two that pass through one another at 100 m: each report stays with the track that it was matched to."""
    nets = Nets(2, [(0, 1)])
    rng = np.random.default_rng(3)
    pair: Any = {}
    for beat in range(1, 40):
        t = 10.0 * beat
        for row, (y, speed) in enumerate(((-40_000.0, 200.0), (40_000.0, -200.0))):
            where, vel = place(y + speed * t, 100.0 * row), np.array([0.0, speed, 0.0])
            for network in (0, 1):
                nets.see(network, t, where + rng.normal(0, 50.0, 3), vel, row=row if beat > 1 else None)
        for report in nets.tell(0, t):
            pair.setdefault(int(report["row"]), set()).add(int(report["slot"]))
    assert pair == {0: {0}, 1: {1}}
    assert nets.high[1] == 2


def test_the_whole_batch_is_matched_at_least_cost_not_one_by_one():
    """Two reports between two tracks: the first is nearest to track 1, which is the only one the second can have."""
    nets = Nets(2, [(0, 1)])
    nets.see(0, 10.0, place(300.0), EAST)
    nets.see(0, 10.0, place(700.0), EAST)
    nets.see(1, 10.0, place(0.0), EAST, sigma_m=100.0)
    nets.see(1, 10.0, place(500.0), EAST, sigma_m=100.0)
    assert nets.tell(0, 10.0)["slot"].tolist() == [0, 1]


def test_a_match_made_too_early_is_given_up_for_a_better_one():
    """The receiver first sees one of two aircraft only; its track goes to the right report as soon as both are told."""
    nets = Nets(2, [(0, 1)])
    nets.rules["correlation_m"] = 1_500.0
    nets.see(0, 10.0, place(0.0), EAST)
    own = nets.see(1, 10.0, place(3_000.0), EAST)
    assert nets.tell(0, 10.0)["slot"].tolist() == [own]
    nets.see(0, 20.0, place(2_000.0), EAST, row=0)
    nets.see(0, 20.0, place(5_000.0), EAST)
    nets.see(1, 20.0, place(5_000.0), EAST, row=own)
    second = nets.tell(0, 20.0)
    assert second["slot"].tolist() == [1, own]
    assert second["made"].tolist() == [1, 0]


TRIANGLE = [(0, 1), (1, 2), (2, 0), (1, 0), (2, 1), (0, 2)]


@pytest.mark.parametrize("links", [[(0, 1), (1, 0)], [(0, 1), (1, 2), (2, 0)], TRIANGLE])
def test_in_a_loop_nobody_hears_its_own_evidence(links: list[tuple[int, int]]):
    nets = Nets(max(max(pair) for pair in links) + 1, links, relays=1)
    for beat in range(1, 8):
        t = 10.0 * beat
        nets.see(0, t, place(200.0 * t), EAST, row=0 if beat > 1 else None)
        for link, (_, receiver) in enumerate(links):
            told = nets.tell(link, t)
            assert np.all(told["source"] != receiver)
    assert np.all(nets.high == 1)
    held = [nets.belief(network, 0, 71.0) for network in range(len(nets.high))]
    assert {int(row["pedigree"]) for row in held} == {0b001}
    assert not np.any(nets.heard[0]["holder"]), "who alone sees it has heard nothing"


def test_a_relayed_report_keeps_its_source_and_gathers_every_registration_error():
    nets = Nets(3, [(0, 1), (1, 2)], relays=1, registration_m=100.0)
    nets.see(0, 10.0, place(0.0), EAST, sigma_m=30.0)
    nets.tell(0, 10.0)
    passed = nets.tell(1, 12.0)
    assert passed["source"].tolist() == [0]
    assert passed["said_s"].tolist() == [10.0]
    assert nets.tracks[2, 0]["pp"][0, 0] == pytest.approx(30.0**2 + 2 * 100.0**2)
    assert len(nets.tell(1, 22.0)) == 0, "nothing new to pass on"


def test_without_relays_nothing_heard_is_passed_on():
    nets = Nets(3, [(0, 1), (1, 2)])
    nets.see(0, 10.0, place(0.0), EAST)
    nets.tell(0, 10.0)
    assert len(nets.tell(1, 12.0)) == 0


def test_a_remote_track_that_a_radar_finds_goes_on_and_is_not_told_back_as_new():
    """For the drop time it bears the pedigree of who told it, and who told it does not take it for news."""
    nets = Nets(2, [(0, 1), (1, 0)])
    first = nets.see(0, 10.0, place(0.0), EAST, sigma_m=500.0)
    nets.tell(0, 10.0)
    take_over(nets.tracks[1, 0], nets.rules, 14.0)
    nets.tracks[1, 0]["pp"] = np.eye(3) * 20.0**2
    nets.see(0, 20.0, place(2_000.0), EAST, sigma_m=500.0, row=first)
    nets.see(1, 20.0, place(2_000.0), EAST, sigma_m=20.0, row=0)
    assert nets.tell(1, 20.0)["pedigree"].tolist() == [0b11]
    assert nets.belief(0, first, 21.0)["pedigree"] == 0b01
    nets.see(0, 50.0, place(8_000.0), EAST, sigma_m=500.0, row=first)
    nets.see(1, 50.0, place(8_000.0), EAST, sigma_m=20.0, row=0)
    assert nets.tell(1, 50.0)["pedigree"].tolist() == [0b10]
    assert nets.belief(0, first, 51.0)["pp"][0, 0] == pytest.approx(20.0**2)


def test_an_own_track_that_fades_lives_on_by_reports():
    nets = Nets(2, [(0, 1)], remote_cue=1)
    nets.see(0, 40.0, place(100.0), EAST)
    own = nets.see(1, 40.0, place(0.0), EAST)
    nets.tell(0, 40.0)
    track = nets.tracks[1, own]
    assert hand_over(track, nets.heard[1, own], nets.held[1, own], 1, nets.rules, nets.work, 71.0)
    assert track["remote"] == 0
    assert cued(track, nets.heard[1, own], nets.links)
    nets.links["remote_cue"] = 0
    assert not cued(track, nets.heard[1, own], nets.links)
    lonely = nets.see(1, 40.0, place(90_000.0), EAST)
    track, heard, held = nets.tracks[1, lonely], nets.heard[1, lonely], nets.held[1, lonely]
    assert not hand_over(track, heard, held, 1, nets.rules, nets.work, 71.0)


# --- data incest -------------------------------------------------------------------------------------------------

Estimate = tuple[np.ndarray, np.ndarray]  # mean and covariance
Q, STEP_S, BEATS, RUNS = 1.0, 10.0, 15, 60
PLOT_SD_M = ((60.0, 300.0, 300.0), (300.0, 60.0, 300.0), (300.0, 300.0, 60.0))


def fly(rng: np.random.Generator) -> np.ndarray:
    """Positions and speeds of one target with white-noise acceleration of density Q."""
    block = np.array([[STEP_S**3 / 3, STEP_S**2 / 2], [STEP_S**2 / 2, STEP_S]]) * Q
    root, path = np.linalg.cholesky(block), [np.concatenate([place(0.0), EAST])]
    for _ in range(BEATS):
        noise = root @ rng.normal(size=(2, 3))
        last = path[-1]
        path.append(np.concatenate([last[:3] + STEP_S * last[3:] + noise[0], last[3:] + noise[1]]))
    return np.array(path)


def nees(estimate: Estimate, truth: np.ndarray) -> float:
    mean, cov = estimate
    error = mean - truth
    return float(error @ np.linalg.solve(cov, error))


def ahead(estimate: Estimate, dt: float) -> Estimate:
    mean, cov = estimate
    f, q = np.eye(6), np.zeros((6, 6))
    f[:3, 3:] = dt * np.eye(3)
    q[:3, :3], q[3:, 3:] = np.eye(3) * Q * dt**3 / 3, np.eye(3) * Q * dt
    q[:3, 3:] = q[3:, :3] = np.eye(3) * Q * dt**2 / 2
    return f @ mean, f @ cov @ f.T + q


def run_triangle(seed: int) -> dict[str, list[float]]:
    """One flight: each network's own filter, what it believes by pedigree, what it would believe by adding up whatever
    it hears as if it were new, and the filter that had all plots."""
    rng = np.random.default_rng(seed)
    truth = fly(rng)
    nets = Nets(3, TRIANGLE, q=Q, relays=1, latency_s=0.0)
    nets.rules["correlation_m"] = 1_500.0
    naive: list[Any] = []
    central: Any = None
    for beat in range(BEATS + 1):
        t = 1.0 + beat * STEP_S
        for network in range(3):
            noise = np.diag(np.square(PLOT_SD_M[network]))
            plot = truth[beat, :3] + rng.normal(0.0, PLOT_SD_M[network])
            if beat == 0:
                vel = truth[0, 3:] + rng.normal(0.0, 20.0, 3)
                nets.see(network, t, plot, vel, speed_sd_m_s=20.0)
                nets.tracks[network, 0]["pp"] = noise
                naive.append(state(nets.tracks[network, 0]))
                central = state(nets.tracks[0, 0]) if network == 0 else central
            else:
                track = nets.tracks[network, 0]
                mean, cov = plain_update(ahead(state(track), t - float(track["time_s"])), plot, noise)
                track["time_s"] = track["hit_s"] = t
                track["pos_m"], track["vel_m_s"] = mean[:3], mean[3:]
                track["pp"], track["pv"], track["vv"] = cov[:3, :3], cov[:3, 3:], cov[3:, 3:]
                naive[network] = plain_update(ahead(naive[network], STEP_S), plot, noise)
            if network == 0 and beat > 0:
                central = ahead(central, STEP_S)
            if beat > 0 or network > 0:
                central = plain_update(central, plot, noise)
        for link, (sender, receiver) in enumerate(TRIANGLE):
            nets.tell(link, t)
            (a, pa), (b, pb) = naive[receiver], naive[sender]
            cov = np.linalg.inv(np.linalg.inv(pa) + np.linalg.inv(pb))
            naive[receiver] = (cov @ (np.linalg.solve(pa, a) + np.linalg.solve(pb, b)), cov)
    held = [state(nets.belief(network, 0, t)) for network in range(3)]
    assert nets.high.tolist() == [1, 1, 1]
    assert all(nets.belief(network, 0, t)["pedigree"] == 0b111 for network in range(3))
    return {
        "own": [nees(state(nets.tracks[n, 0]), truth[-1]) for n in range(3)],
        "belief": [nees(each, truth[-1]) for each in held],
        "naive": [nees(each, truth[-1]) for each in naive],
        "central": [nees(central, truth[-1])],
        "trace of belief": [float(np.trace(cov[:3, :3])) for _, cov in held],
        "trace of own": [float(np.trace(nets.tracks[n, 0]["pp"])) for n in range(3)],
        "trace of naive": [float(np.trace(cov[:3, :3])) for _, cov in naive],
        "trace of central": [float(np.trace(central[1][:3, :3]))],
        "error of belief": [float(np.sum((mean - truth[-1])[:3] ** 2)) for mean, _ in held],
        "error of own": [float(np.sum((nets.tracks[n, 0]["pos_m"] - truth[-1, :3]) ** 2)) for n in range(3)],
    }


def plain_update(estimate: Estimate, plot: np.ndarray, noise: np.ndarray) -> Estimate:
    mean, cov = estimate
    k = cov[:, :3] @ np.linalg.inv(cov[:3, :3] + noise)
    return mean + k @ (plot - mean[:3]), cov - k @ cov[:3, :]


def test_data_incest_makes_naive_fusion_overconfident_and_pedigree_does_not():
    """Three networks that relay everything to each other. NEES of six numbers over independent flights: the filter that
    has all plots is in its chi-square bounds; beliefs are never above the upper one; adding up what is heard as if it
    were new is far above it."""
    runs = [run_triangle(seed) for seed in range(RUNS)]
    mean = {name: float(np.mean([run[name] for run in runs])) for name in runs[0]}
    low, high = chi2.ppf([0.005, 0.995], 6 * RUNS) / RUNS  # one network of a flight is one sample; three are not more
    assert low < mean["central"] < high
    assert low < mean["own"] < high
    assert mean["belief"] < high
    assert mean["naive"] > 5.0 * high
    assert mean["trace of central"] <= mean["trace of belief"] <= mean["trace of own"]
    assert mean["trace of naive"] < mean["trace of central"], "surer than all data together allow"
    assert mean["error of belief"] < 0.6 * mean["error of own"]
    assert mean["error of belief"] < 1.2 * mean["trace of belief"]
