"""Noise jamming in the engine against the closed forms of `physics.jamming` and the numbers published with them."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
from tests.unit.engine.bench import FIRE, STRIKE, WATCH, built, write

from egide import events as ev
from egide import scenario
from egide.compiler import System
from egide.compiler.system import FLYING, JAMMER, MOVER, RADAR
from egide.constants import BOLTZMANN_J_K, NOISE_TEMPERATURE_K
from egide.engine.jam import jam_to_noise, listen, pattern
from egide.engine.sense import look_snr
from egide.errors import ScenarioError
from egide.physics import detection, jamming, propagation
from egide.scenario.attack import lays_out_attack
from egide.scenario.tree import read_tree
from egide.simulate import simulate

FLAT, FREE_AIR, NO_MASK = np.zeros((4, 4), np.float32), np.ones((1, 129, 65)), np.zeros((0, 4, 4), np.int16)
# methods, section 6: the example whose numbers stand in tests/published/jamming.csv
PEAK_W, GAIN_DB, FREQUENCY_HZ, RCS_M2, RADAR_HZ = 250e3, 38.0, 3e9, 3.0, 1e6
JAM_W, JAM_DB, JAM_HZ, AWAY_M, TOWARD_DB, FIGURE_DB = 500.0, 6.0, 20e6, 150e3, 3.0, 4.0
L_BAND = {"type": "jammer/notional-self-screening", "bands": ["L"], "overrides": {"power": "1 W"}}


def set_up(*jammers: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The published radar, a target (row 0) at 100 km and a second aircraft at 150 km, seen 40 degrees apart; and
    jammers on some of them."""
    radars, movers, table = np.zeros(1, RADAR), np.zeros(2, MOVER), np.zeros(len(jammers), JAMMER)
    radar, wavelength_m = radars[0], 299792458.0 / FREQUENCY_HZ
    noise_w = BOLTZMANN_J_K * NOISE_TEMPERATURE_K * 10 ** (FIGURE_DB / 10)
    gain = 10 ** (GAIN_DB / 10)
    radar["pos_m"] = 6.371e6, 0.0, 0.0
    radar["up"], radar["east"], radar["north"] = (1.0, 0, 0), (0, 1.0, 0), (0, 0, 1.0)
    radar["snr_m2"] = PEAK_W * gain**2 * wavelength_m**2 / ((4 * math.pi) ** 3 * noise_w * RADAR_HZ)
    radar["range_max_m"], radar["sin_low"], radar["sin_high"] = 400e3, -1.0, 1.0
    radar["half_sector_rad"], radar["mask"], radar["carrier"], radar["band"] = math.pi, -1, -1, 2
    radar["jam_gain"] = gain * wavelength_m**2 / ((4 * math.pi) ** 2 * noise_w)
    radar["noise_hz"], radar["side_lobe"] = RADAR_HZ, 10 ** ((TOWARD_DB - GAIN_DB) / 10)
    radar["beam_azimuth_rad"] = radar["beam_elevation_rad"] = math.radians(2.0)
    radar["up_now"] = 1
    movers["state"], movers["relation"], movers["height_m"] = FLYING, ev.HOSTILE, 20e3
    movers["rcs_m2"] = RCS_M2
    for mover, azimuth_deg, range_m in ((movers[0], 0.0, 100e3), (movers[1], 40.0, AWAY_M)):
        put(mover, azimuth_deg, range_m)
    for row, carrier in zip(table, jammers, strict=True):
        row["mover"], row["bands"], row["bandwidth_hz"] = carrier, 1 << 2, JAM_HZ
        row["erp_w"] = JAM_W * 10 ** (JAM_DB / 10)
    return radars, movers, table


def put(mover: np.void, azimuth_deg: float, range_m: float) -> None:
    azimuth, elevation = math.radians(azimuth_deg), math.radians(3.0)
    flat = range_m * math.cos(elevation)
    x, y, z = range_m * math.sin(elevation), flat * math.sin(azimuth), flat * math.cos(azimuth)
    mover["pos_m"] = 6.371e6 + x, y, z


def look(radars: np.ndarray, movers: np.ndarray, jammers: np.ndarray) -> float:
    listen(radars[0], jammers, movers, NO_MASK, FREE_AIR, FLAT, 0.0, 0.0)
    snr, _ = look_snr(radars[0], movers[0], NO_MASK, FREE_AIR, FLAT, 0.0, 0.0)
    return 10.0 * math.log10(snr)


def test_a_look_beside_a_stand_off_jammer_has_the_published_ratio():
    """S/(N+J) 4.2234 dB at 100 km."""
    assert look(*set_up(1)) == pytest.approx(4.2234, abs=5e-5)


@pytest.mark.parametrize(
    ("carrier", "burn_through_m"), [(0, 1093.845), (1, 96055.774)], ids=["self-screening", "stand-off"]
)
def test_burn_through_lies_where_it_is_published(carrier: int, burn_through_m: float):
    """At the published range the echo stands 5 dB above the jamming alone."""
    radars, movers, jammers = set_up(carrier)
    put(movers[0], 0.0, burn_through_m)
    jammed = look(radars, movers, jammers)
    free = look(radars, movers, jammers[:0])
    signal_to_jam = 1.0 / (10 ** (-jammed / 10) - 10 ** (-free / 10))
    assert 10.0 * math.log10(signal_to_jam) == pytest.approx(5.0, abs=1e-5)


def test_noise_adds_over_jammers():
    def weak(*carriers: int) -> float:
        radars, movers, jammers = set_up(*carriers)
        jammers["erp_w"] *= 1e-3
        return look(radars, movers, jammers)

    ratio = {n: weak(*n) for n in ((), (0,), (1,), (0, 1), (0, 1, 1))}
    alone = [-10 * math.log10(10 ** (-ratio[n] / 10) - 10 ** (-ratio[()] / 10)) for n in ((0,), (1,))]
    assert ratio[(0, 1)] == pytest.approx(float(jamming.combined_db(ratio[()], *alone)), abs=1e-6)
    assert ratio[(0, 1, 1)] < ratio[(0, 1)] < ratio[(0,)] < ratio[()]


def test_a_jammer_in_another_band_or_of_the_own_party_or_switched_off_does_nothing():
    free = look(*set_up())
    for change in ({"bands": 1}, {"windows": 1, "on_s": [[10.0, 20.0]] * 8}):
        radars, movers, jammers = set_up(0)
        for name, value in change.items():
            jammers[0][name] = value
        assert look(radars, movers, jammers) == free
    radars, movers, jammers = set_up(0)
    movers["relation"] = ev.FRIEND
    assert look(radars, movers, jammers) == free


def test_the_beam_falls_to_half_at_half_its_width_and_never_below_its_side_lobes():
    radar = set_up()[0][0]
    assert pattern(radar, math.radians(1.0), 0.0) == pytest.approx(0.5)
    assert pattern(radar, 0.0, math.radians(1.0)) == pytest.approx(0.5)
    assert pattern(radar, math.radians(90.0), 0.0) == radar["side_lobe"]
    radar["beam_elevation_rad"] = 0.0
    assert pattern(radar, 0.0, math.radians(30.0)) == 1.0, "a fan sees every elevation at once"


def test_the_azimuth_between_beam_and_jammer_goes_the_short_way_round():
    radars, movers, jammers = set_up(1)
    put(movers[0], 179.9, 100e3)
    put(movers[1], -179.9, 100e3)
    listen(radars[0], jammers, movers, NO_MASK, FREE_AIR, FLAT, 0.0, 0.0)
    d = movers[0]["pos_m"] - radars[0]["pos_m"]
    main = jam_to_noise(radars[0], float(d[0]), float(d[1]), float(d[2]), 100e3)
    assert main > 0.9 * float(radars[0]["jam"][0, 2])


def test_a_jammer_behind_the_horizon_is_not_heard():
    radars, movers, jammers = set_up(1)
    movers[1]["height_m"] = 100.0
    radars[0]["height_m"], movers[1]["col"] = 10.0, 3.0
    listen(radars[0], jammers, movers, NO_MASK, FREE_AIR, np.full((4, 4), 1.0, np.float32), 1.0, 0.0)
    assert radars[0]["jams"] == 0
    movers[1]["height_m"] = 20e3
    listen(radars[0], jammers, movers, NO_MASK, FREE_AIR, np.full((4, 4), 1.0, np.float32), 1.0, 0.0)
    assert radars[0]["jams"] == 1


# --- from a scenario file ----------------------------------------------------------------------------------------


def plots_of(system: System, replication: int = 0) -> np.ndarray:
    plots = simulate(system, 1, 0, replication, True)["plots"]
    return plots[plots["mover"] == 0]


def test_every_plot_of_a_jammed_run_has_the_ratio_of_the_closed_form(tmp_path: Path):
    clear = plots_of(built(tmp_path, sensors=[WATCH], raids=[STRIKE]))
    jammed = plots_of(built(tmp_path, sensors=[WATCH], raids=[STRIKE | {"jammer": L_BAND}]))
    assert len(clear) > len(jammed) > 20
    both = np.isin(clear["time_s"], jammed["time_s"])
    assert np.sum(both) == len(jammed)
    beam_s = 7.5  # the beam passes east three quarters of a turn before the turn's end, when the echo is reckoned
    ranges = clear["range_m"][both].astype(float) - beam_s * 250.0
    noise_db = jamming.jam_to_noise_db(1.0, 6.0, 20e6, ranges, 35.0, 1.3e9, 1e6, 4.0)
    air_db = 0.5 * propagation.two_way_gas_db(1.3, ranges, 35.0, np.full(len(ranges), 8000.0))
    free_db = clear["snr_db"][both].astype(float)
    expected = jamming.combined_db(free_db, free_db - (noise_db - air_db))
    far = ranges > 40e3  # nearer, the plot's own error of range shows
    assert jammed["snr_db"][far] == pytest.approx(expected[far], abs=0.05)


def test_a_jammer_that_is_off_leaves_every_plot_as_it_was(tmp_path: Path):
    off = STRIKE | {"jammer": L_BAND | {"on": [["10 min", "11 min"]]}}
    clear = plots_of(built(tmp_path, sensors=[WATCH], raids=[STRIKE | {"emits": True}]))
    jammed = plots_of(built(tmp_path, sensors=[WATCH], raids=[off]))
    before = [plots[plots["time_s"] < 590.0] for plots in (clear, jammed)]
    assert len(before[0]) > 20
    for name in before[0].dtype.names:
        assert np.array_equal(before[0][name], before[1][name], equal_nan=True), name


def test_a_battery_holds_a_jammer_from_its_burn_through_range_on(tmp_path: Path):
    """An unjammed radar feeds the track. The engagement radar holds where Pd is a half: the first engagement comes
    within one decision's travel of the closed form."""
    doctrine = {"default": {"engage": ["hostile"], "decision_interval": "1 s", "min_kill": 0.0}}
    jammer = {"type": "jammer/notional-self-screening", "bands": ["C"], "overrides": {"power": "5 W"}}
    system = built(
        tmp_path, sensors=[WATCH], batteries=[FIRE], raids=[STRIKE | {"jammer": jammer}], doctrine=doctrine,
        overrides={"missile/pac-3-mse": {"range": "120 km"}},
    )  # fmt: skip
    system = dataclasses.replace(system, airs=np.ones_like(system.airs))
    radar = next(radar for radar in system.radars if radar["battery"] == 0 and radar["search"] == 0)
    pfa = math.exp(-float(radar["threshold"]))
    needed_db = float(detection.required_snr_db(0.5, pfa, 1, int(radar["swerling"])))
    rcs_m2 = float(system.movers[0]["rcs_m2"][int(radar["band"]), 0])
    free_m = (float(radar["snr_m2"]) * rcs_m2 / 10 ** (needed_db / 10)) ** 0.25
    frequency_hz = 299792458.0 / float(radar["wavelength_m"])
    noise_db = float(jamming.jam_to_noise_db(5.0, 6.0, 20e6, 1.0, 35.0, frequency_hz, 1e6, 4.0))
    burn_m = 10 ** ((10 * math.log10(float(radar["snr_m2"]) * rcs_m2) - noise_db - needed_db) / 20)
    reach_m = float(jamming.range_against_self_m(free_m, burn_m))
    assert 15e3 < reach_m < 60e3 < free_m, "the test is about jamming"
    decisions = simulate(system, 1, 0, 0)["decisions"]
    engaged = decisions[decisions["decision"] == ev.D_ENGAGE]
    held_m = 250.0 * (1e3 * distance_km() / 250.0 - float(engaged["time_s"][0]))
    held_m = math.hypot(held_m, 8000.0)
    assert reach_m - 260.0 - 100.0 < held_m <= reach_m + 100.0
    refused = decisions[decisions["decision"] == ev.D_NO_ENGAGE]
    assert ev.R_MASKED in refused["reason"]


def distance_km() -> float:
    """From the raid's first point to the site."""
    from egide.compiler.polyline import GEOD

    return float(GEOD.inv(-32.0, 45.0, -35.0, 45.0)[2]) / 1e3


# --- links -------------------------------------------------------------------------------------------------------

NETS = {"island": {"iff": ["civil"]}, "centre": {"iff": ["civil"]}}
LINK = {"name": "up", "from": "island", "to": "centre", "latency": "1 s", "update": "5 s"}
SITES = [{"name": "hill", "position": [45.0, -35.0], "height": "20 m"},
         {"name": "town", "position": [45.0, -35.6], "height": "20 m"}]  # fmt: skip


def messages(tmp_path: Path, radio: dict[str, str] | None, **jammer: object) -> np.ndarray:
    orbit = {"center": [45.0, -34.6], "length": "20 km", "width": "10 km", "altitude": "9 km", "speed": "200 m/s"}
    stand_off = {
        "name": "noise",
        "type": "aircraft/generic-strike",
        "side": "red",
        "orbit": orbit,
        "jammer": {"type": "jammer/notional-stand-off", "bands": ["L"], "on": [["5 min", "10 min"]]} | jammer,
    }
    passive = WATCH | {"type": "radar/generic-low-level"}
    system = built(
        tmp_path, networks=NETS, sites=SITES, sensors=[passive], jammers=[stand_off], raids=[STRIKE],
        links=[LINK | ({"radio": radio} if radio else {})],
    )  # fmt: skip
    return simulate(system, 1, 0, 0, True)["messages"]


def test_a_jammed_link_is_silent_while_the_jamming_lasts(tmp_path: Path):
    radio = {"from": "hill", "to": "town"}
    sent = messages(tmp_path, radio, overrides={"power": "100 kW"})["sent_s"]
    assert np.any(sent < 295.0), "before"
    assert np.any(sent > 610.0), "after"
    assert not np.any((sent > 305.0) & (sent < 600.0))


def test_a_link_bears_jamming_up_to_the_ratio_of_the_one_way_equation(tmp_path: Path):
    """J/S = Pj Gj Br Rt^2 / (Pt Gt Bj Rj^2) against the margin of 10 dB: from the jammer at about 80 km, over a link of
    47 km, half the power that makes them even is too little and twice as much is enough."""
    radio = {"from": "hill", "to": "town"}
    link_m, away_m = 47.3e3, 79.0e3
    even_w = 200.0 * 10**0.3 * 10.0 * (100e6 / 3e6) * (away_m / link_m) ** 2 / 10**1.0
    assert 500.0 < even_w < 100e3
    for factor, silent in ((0.5, False), (2.0, True)):
        sent = messages(tmp_path, radio, overrides={"power": f"{even_w * factor} W"})["sent_s"]
        assert np.any((sent > 305.0) & (sent < 600.0)) is np.bool_(not silent)


def test_a_link_without_a_radio_cannot_be_jammed(tmp_path: Path):
    sent = messages(tmp_path, None)["sent_s"]
    assert np.any((sent > 305.0) & (sent < 600.0))


# --- what is wrong in a file -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"raids": [STRIKE | {"jammer": L_BAND | {"overrides": {"power": "0 W"}}}]}, "a jammer without power"),
        ({"raids": [STRIKE | {"jammer": L_BAND | {"overrides": {"power": "-3 W"}}}]}, "of zero or more, got"),
        ({"raids": [STRIKE | {"jammer": {"type": "radar/91n6e"}}]}, "expected jammer"),
        ({"raids": [STRIKE | {"jammer": {}}]}, "'type' is missing"),
        ({"raids": [STRIKE | {"jammer": L_BAND, "count": 65}]}, "65 jammers in the air"),
        ({"raids": [STRIKE | {"jammer": L_BAND | {"on": [["5 min", "1 min"]]}}]}, "time goes backwards"),
        ({"networks": NETS, "links": [LINK | {"radio": {"from": "hill", "to": "moon"}}]}, "no site called 'moon'"),
    ],
)
def test_what_is_wrong_with_a_jammer_is_said_with_its_place(tmp_path: Path, sections: dict[str, object], said: str):
    file = write(tmp_path, **({"sensors": [WATCH], "raids": [STRIKE]} | sections))
    with pytest.raises(ScenarioError) as caught:
        scenario.load(file, None, ())
    text = "\n".join(problem.show() for problem in caught.value.problems)
    assert said in text
    assert "scenario.yaml:" in text


def test_where_and_when_a_hostile_jammer_flies_is_never_varied(tmp_path: Path):
    orbit = {"center": [45.0, -34.0], "length": "20 km", "width": "10 km", "altitude": "9 km", "speed": "200 m/s"}
    noise = {"name": "noise", "type": "aircraft/generic-strike", "side": "red", "orbit": orbit,
             "jammer": {"type": "jammer/notional-stand-off"}}  # fmt: skip
    alternatives = {"quiet": {"remove": {"jammers": ["noise"]}}}
    file = write(tmp_path, sensors=[WATCH], raids=[STRIKE], jammers=[noise], alternatives=alternatives)
    tree = read_tree(file.read_bytes(), str(file))
    for path in ("jammers.noise.orbit.center", "jammers.noise.from", "jammers.noise.jammer.on", "raids.strike.jammer"):
        assert lays_out_attack(path, tree), path
    assert not lays_out_attack("jammer/notional-stand-off.power", tree), "its equipment may be uncertain"
    assert scenario.load(file, "quiet", ()).jammers == ()
