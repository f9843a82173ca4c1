"""Sensitivity against Ishigami's function, against SALib, and against models whose indices are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from egide.analysis import sensitivity, surrogate
from egide.analysis.outcomes import Points, Values
from egide.analysis.sensitivity import MorrisTable, morris, screened, sobol, tornado

PI = math.pi
FIRST, TOTAL = (0.3139052, 0.4424111, 0.0), (0.5575889, 0.4424111, 0.2436837)  # Ishigami and Homma 1990; a 7, b 0.1


def ishigami(x):
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_ishigami_comes_within_two_hundredths():
    found = sobol(ishigami, bounds=[(-PI, PI)] * 3, rows=4096)
    assert found.first == pytest.approx(FIRST, abs=0.02)
    assert found.total == pytest.approx(TOTAL, abs=0.02)
    assert found.variance == pytest.approx(13.844588, rel=0.02)
    assert found.noise_share == 0.0
    for true, low, high in ((FIRST, found.first_low, found.first_high), (TOTAL, found.total_low, found.total_high)):
        assert np.all((low - 0.01 <= true) & (true <= high + 0.01))


def test_intervals_hold_the_indices_about_as_often_as_they_say():
    held = []
    for seed in range(60):
        chance = np.random.default_rng(seed)
        a, b = chance.random((2, 500, 2))
        found = sobol(sensitivity.SobolTable(("x", "y"), linear(a), linear(b), mixed(a, b)), seed=seed)
        held += list((found.first_low <= [0.8, 0.2]) & (found.first_high >= [0.8, 0.2]))
        held += list((found.total_low <= [0.8, 0.2]) & (found.total_high >= [0.8, 0.2]))
    assert 0.88 < np.mean(held) <= 1.0


def linear(u):
    return 2.0 * u[:, 0] + u[:, 1]


def mixed(a, b):
    return np.array([2.0 * b[:, 0] + a[:, 1], 2.0 * a[:, 0] + b[:, 1]])


def test_chance_is_taken_out_of_the_indices_and_told_as_a_share():
    chance = np.random.default_rng(1)

    def noisy(u):
        return (4.0 * u[:, :1] + 2.0 * u[:, 1:2]) + chance.normal(0.0, 2.0, (len(u), 4))  # variance 5/3 and noise 1

    found = sobol(noisy, ("x", "y", "idle"), rows=4096)
    assert found.first == pytest.approx((0.8, 0.2, 0.0), abs=0.05)
    assert found.total == pytest.approx((0.8, 0.2, 0.0), abs=0.08)
    assert found.noise_share == pytest.approx(1.0 / (1.0 + 5.0 / 3.0), abs=0.03)
    assert found.names == ("x", "y", "idle")


def test_sobol_needs_its_factors():
    with pytest.raises(ValueError, match="factors"):
        sobol(ishigami)


# SALib 1.6.0: sample.morris.sample (6 trajectories, seed 3) in thirds, and analyze.morris.analyze of curved()
WALK = [
    "2000", "2002", "2022", "2222", "0222", "2003", "0003", "0203", "0201", "0221", "1130", "1132", "3132", "3332",
    "3312", "0031", "0033", "0233", "2233", "2213", "2001", "2201", "2203", "2223", "0223", "0133", "0131", "0331",
    "0311", "2311",
]  # fmt: skip
GROUP_WALK = [
    "3320", "3322", "3302", "1102", "2200", "2220", "0020", "0022", "2311", "2331", "2333", "0133", "3010", "3012",
    "3032", "1232", "0333", "0313", "0311", "2111",
]  # fmt: skip


def curved(x):
    return 3.0 * x[:, 0] + 2.0 * np.sin(6.0 * x[:, 1]) + 4.0 * x[:, 2] * x[:, 1]


def walked(rows, names, width):
    u = np.array([[int(digit) for digit in row] for row in rows]) / 3.0
    trajectory = np.arange(len(rows)) // width
    of = [""] * len(rows)
    for i in range(1, len(rows)):
        if trajectory[i] == trajectory[i - 1]:
            of[i] = names[int(np.flatnonzero(u[i] != u[i - 1])[0])]
    return MorrisTable(trajectory, np.array(of, object), u, curved(u), np.zeros(len(rows)))


def test_morris_says_what_salib_says():
    found = {e.name: e for e in morris(walked(WALK, "abcd", 5))}
    order = [found[name] for name in "abcd"]
    assert [e.mu for e in order] == pytest.approx([3.0, -0.257873471, 2.666666667, 0.0], abs=1e-8)
    assert [e.mu_star for e in order] == pytest.approx([3.0, 1.255731519, 2.666666667, 0.0], abs=1e-8)
    assert [e.sigma for e in order] == pytest.approx([0.0, 1.63923706, 1.46059349, 0.0], abs=1e-7)
    assert screened(list(found.values())) == ["a", "c", "b"]


def test_groups_are_screened_by_the_size_of_their_effect_alone():
    found = {e.name: e for e in morris(walked(GROUP_WALK, "gghi", 4))}
    assert [found[name].mu_star for name in "ghi"] == pytest.approx([2.7798944217, 2.9333333333, 0.0], abs=1e-8)
    assert math.isnan(found["g"].mu)
    assert not math.isnan(found["h"].mu)


def test_an_effect_that_chance_alone_would_show_is_not_seen():
    chance = np.random.default_rng(2)

    def noisy(u):
        return 6.0 * u[:, :1] + chance.normal(0.0, 1.0, (len(u), 6))

    found = {e.name: e for e in morris(noisy, ("strong", "idle", "still"), trajectories=40)}
    assert found["strong"].seen
    assert found["strong"].mu == pytest.approx(6.0, abs=0.4)
    assert found["idle"].mu_star == pytest.approx(found["idle"].floor, rel=0.35)
    assert screened(list(found.values())) == ["strong"]


def campaign(rows, factors, value, luck, each=8):
    """Points and values of a made-up campaign: rows of (role, of, row, u)."""
    n = len(rows)
    u = np.array([row[3] for row in rows], float)
    points = Points(np.arange(n), np.array([r[0] for r in rows]), np.array([r[1] for r in rows]),
                    np.array([r[2] for r in rows]), tuple(factors), u)  # fmt: skip
    mean = value(np.where(np.isnan(u), 0.5, u))
    shared = luck.normal(0.0, 1.0, each)
    own = [shared if r[0] in ("nominal", "low", "high") else luck.normal(0.0, 1.0, each) for r in rows]
    return points, Values(np.repeat(np.arange(n), each), np.tile(np.arange(each), n), (mean[:, None] + own).ravel())


def test_tornado_pairs_each_end_with_nominal_and_puts_the_widest_first():
    nan = math.nan
    rows = [("nominal", "", 0, (nan, nan)), ("low", "weak", 0, (nan, 0.1)), ("high", "weak", 0, (nan, 0.9)),
            ("low", "strong", 0, (0.1, nan)), ("high", "strong", 0, (0.9, nan))]  # fmt: skip
    luck = np.random.default_rng(3)
    points, values = campaign(rows, ("strong", "weak"), lambda u: 10.0 * u[:, 0] - u[:, 1], luck)
    bars = tornado(points, values)
    assert [bar.factor for bar in bars] == ["strong", "weak"]
    assert (bars[0].low.value, bars[0].high.value) == pytest.approx((-4.0, 4.0))  # paired: luck falls out
    assert bars[1].low.value == pytest.approx(0.4)
    assert bars[0].swing == pytest.approx(8.0)
    assert bars[0].high_point == 4


def test_sobol_table_of_a_campaign_leaves_out_a_row_that_failed():
    chance = np.random.default_rng(4)
    a, b = chance.random((2, 64, 2))
    rows = []
    for i in range(64):
        rows += [("a", "", i, a[i]), ("b", "", i, b[i]), ("ab", "x", i, (b[i, 0], a[i, 1])),
                 ("ab", "y", i, (a[i, 0], b[i, 1]))]  # fmt: skip
    points, values = campaign(rows, ("x", "y"), lambda u: 20.0 * u[:, 0] + 10.0 * u[:, 1], chance)
    whole = sensitivity.sobol_table(points, values)
    assert whole is not None
    assert (whole.names, whole.a.size) == (("x", "y"), 64)
    assert whole.noise == pytest.approx(1.0 / 8.0, rel=0.1)
    lost = sensitivity.sobol_table(points, values.at(np.arange(1, 256)))
    assert lost is not None
    assert lost.a.size == 63
    found = sobol(whole)
    assert np.all((found.first_low < [0.8, 0.2]) & (found.first_high > [0.8, 0.2]))
    assert sensitivity.sobol_table(points, values.at(points.having("a"))) is None


def test_morris_table_of_a_campaign_follows_the_walk():
    rows = [("morris", "", 1, (0.0, 0.0)), ("morris", "y", 1, (0.0, 0.5)), ("morris", "x", 1, (0.5, 0.5))]
    points, values = campaign(rows, ("x", "y"), lambda u: 40.0 * u[:, 1], np.random.default_rng(5), each=50)
    table = sensitivity.morris_table(points, values)
    assert table is not None
    found = {e.name: e for e in morris(table)}
    assert found["y"].mu == pytest.approx(40.0, abs=1.0)
    assert sensitivity.morris_table(points, values) is not None


def quadratic(u):
    x = 2.0 * u - 1.0
    return 4.0 * x[:, 0] + 2.0 * x[:, 1] * x[:, 2] + x[:, 3] ** 2


def test_surrogate_finds_the_indices_of_a_polynomial_among_twenty_factors():
    chance = np.random.default_rng(6)
    u = chance.random((200, 20))
    y = quadratic(u) + chance.normal(0.0, 0.4, 200)
    found = surrogate.fit([f"x{i}" for i in range(20)], u, y, 0.16)
    parts = np.array([16 / 3, 4 / 9, 4 / 45])  # variances of the three terms
    share = parts / parts.sum()
    assert found.trusted
    assert found.q2 > 0.95
    assert found.indices.noise_share == pytest.approx(0.16 / (parts.sum() + 0.16), rel=0.3)
    assert found.indices.first[:4] == pytest.approx([share[0], 0.0, 0.0, share[2]], abs=0.03)
    assert found.indices.total[:4] == pytest.approx([share[0], share[1], share[1], share[2]], abs=0.03)
    assert np.all(found.indices.total[4:] < 0.02)
    assert found(u[:5]) == pytest.approx(quadratic(u[:5]), abs=0.6)


def test_surrogate_is_refused_where_it_foretells_nothing():
    chance = np.random.default_rng(7)
    u = chance.random((200, 8))
    for y, noise in ((chance.normal(0.0, 1.0, 200), 0.0), (np.sin(40.0 * u[:, 0]), 0.0), (u[:, 0] * 0.0, 0.0)):
        found = surrogate.fit([f"x{i}" for i in range(8)], u, y, noise)
        assert not found.trusted
        assert np.isnan(found.indices.first).all()
    assert not surrogate.fit(["x"], u[:20, :1], u[:20, 0]).trusted


def test_surrogate_of_a_smooth_function_agrees_with_its_sobol_design():
    def smooth(u):
        return np.exp(1.5 * u[:, 0]) + 2.0 * u[:, 1] * u[:, 2] + 0.3 * u[:, 3]

    design = sobol(smooth, 4, rows=2048)
    u = np.random.default_rng(8).random((150, 4))
    found = surrogate.fit(design.names, u, smooth(u))
    assert found.q2 > 0.99
    assert found.indices.first == pytest.approx(design.first, abs=0.04)
    assert found.indices.total == pytest.approx(design.total, abs=0.04)
