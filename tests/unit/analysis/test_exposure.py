"""What is made of the ledger: shares of the sphere, baselines, sorties, and what a user may get wrong."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import egide as eg
from egide.analysis.exposure import Ledger, assumptions, collected, solid_angles
from egide.cli.app import main
from egide.errors import ScenarioError, StoreError
from egide.physics.sampling import cells
from egide.store import Bundle

ROOT = Path(__file__).resolve().parents[3]
STUDY = ROOT / "studies" / "exposure-2019" / "scenario.yaml"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bundle]:
    out = tmp_path_factory.mktemp("exposure")
    names = ("no-s400", "at-50-km", "at-50-km-reflectors", "at-50-km-silent", "at-200-km")
    return {name: eg.run(STUDY, out / name, alternative=name, replications=2, seed=5) for name in names}


def test_the_shares_of_all_bins_are_the_sphere():
    assert np.sum(solid_angles()) == pytest.approx(4.0 * math.pi, rel=1e-12)


def test_a_row_is_the_ledger_a_sortie(runs: dict[str, Bundle]):
    rows = runs["at-50-km"].columns("aspects")
    found = eg.exposure(runs["at-50-km"]).rows
    assert sum(row.looks for row in found if row.role != "baseline") * 8 == pytest.approx(rows["looks"].sum())
    for row in found:
        assert row.looks == pytest.approx(row.detected + row.censored)
        assert row.sorties == 8  # four aircraft, two replications


def test_bands_are_kept_apart_and_the_baseline_is_the_region_alone(runs: dict[str, Bundle]):
    found = eg.exposure(runs["at-50-km"])
    assert {row.band for row in found.rows if row.collector == "maker"} == {"L", "S", "C"}
    assert found.row("maker", "baseline", "S").looks == 0.0
    assert found.row("maker", "all", "S").share["months"][1] > 0.0
    assert found.row("maker", "baseline", "L").share == found.row("maker", "all", "L").share
    assert found.row("", "own", "L").looks > 0.0


def test_another_run_may_be_the_baseline(runs: dict[str, Bundle]):
    found = eg.exposure(runs["at-50-km"], baseline=runs["no-s400"])
    alone = eg.exposure(runs["no-s400"]).row("maker", "all", "L")
    assert found.row("maker", "baseline", "L").looks == alone.looks
    assert found.row("maker", "baseline", "L").share == alone.share


def test_the_system_never_takes_from_what_the_region_has(runs: dict[str, Bundle]):
    for row in eg.exposure(runs).rows:
        if row.role == "all":
            before = eg.exposure(runs).row("maker", "baseline", row.band, row.alternative)
            assert all(a <= b for a, b in zip(before.share["months"], row.share["months"], strict=True))


def test_reflectors_silence_and_distance_leave_no_sample_of_the_s400(runs: dict[str, Bundle]):
    found = eg.exposure(runs)
    assert found.row("maker", "all", "S", "at-50-km").samples > 0
    assert found.row("maker", "all", "S", "at-50-km-reflectors").samples == 0
    assert found.row("maker", "all", "S", "at-50-km-reflectors").hidden > 0
    for name in ("at-50-km-silent", "at-200-km", "no-s400"):
        assert found.row("maker", "all", "S", name).looks == 0
        assert found.row("maker", "all", "S", name).share["months"] == (0.0, 0.0, 0.0)
    with pytest.raises(KeyError):
        found.row("nobody")


@pytest.mark.parametrize("few", [1.0, 5.0])
def test_more_sorties_never_widen_what_is_known(runs: dict[str, Bundle], few: float):
    rare, often = (eg.exposure(runs["at-50-km"], sorties_per_week=n).row("maker", "all", "S") for n in (few, 3.0 * few))
    for span in ("sortie", "week", "months"):
        assert all(a <= b for a, b in zip(rare.share[span], often.share[span], strict=True))
        assert (often.maps[f"db_{span}"] <= rare.maps[f"db_{span}"] + 1e-12).all()
    floor = often.maps["db_months"][np.isfinite(often.maps["db_months"])]
    assert floor.min() >= 2.0


@settings(max_examples=30)
@given(st.floats(0.01, 5.0), st.floats(1.0, 1e4), st.floats(0.002, 0.1))
def test_a_frequency_gives_no_more_samples_than_the_bin_has_cells(a_sortie: float, sorties: float, cell_rad: float):
    each = Ledger(3e9, cell_rad, False, {"samples": np.full((36, 18), a_sortie)})
    most = cells(solid_angles(), cell_rad)
    one, two = collected([each], sorties), collected([each, each], sorties)
    assert (one <= most + 1e-9).all()
    assert (two <= most + 1e-9).all()  # the same frequency twice: the same cells
    other = Ledger(5e9, cell_rad, False, {"samples": np.full((36, 18), a_sortie)})
    assert collected([each, other], sorties) == pytest.approx(2.0 * one, rel=1e-9)


def test_what_is_not_identified_counts_for_less_but_at_the_high_end():
    each = Ledger(3e9, 0.003, False, {"samples": np.full((36, 18), 1.0)})
    foreign = Ledger(3e9, 0.003, True, each.counts)
    low, nominal, high = (collected([each], 10.0, 0.5, (0.25, 0.5, 1.0), level)[0, 9] for level in range(3))
    assert (low, nominal, high) == pytest.approx((1.25, 2.5, 10.0))
    assert collected([foreign], 10.0, 0.5, (0.25, 0.5, 1.0), 1)[0, 9] == pytest.approx(5.0)


def test_ranges_are_one_number_or_three_in_order():
    assert assumptions(20, 6, "2 dB", 0.5, 10).floor_db == (2.0, 2.0, 2.0)
    assert assumptions(20, 6, "1 dB, 2 dB, 3 dB", (0.1, 0.2, 0.3), 10).known == (0.1, 0.2, 0.3)
    for wrong in ("x", "3 dB, 2 dB, 1 dB", "1 dB, 2 dB", "-1 dB", "nan"):
        with pytest.raises(ScenarioError):
            assumptions(20, 6, wrong, 0.5, 10)
    for rate in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ScenarioError):
            assumptions(rate, 6, "2 dB", 0.5, 10)


# --- the command -------------------------------------------------------------------------------------------------


def test_the_answer_begins_with_what_it_does_not_cover(runs: dict[str, Bundle], capsys: pytest.CaptureFixture[str]):
    assert main(["exposure", str(runs["at-50-km"].folder)]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("Radar looks say nothing of emissions and data links, maintenance")
    assert second.startswith("What was collected under these assumptions")


def test_the_figure_is_drawn_in_both_languages(runs: dict[str, Bundle], tmp_path: Path):
    for lang, word in (("en", "Which aspects"), ("fr", "Quels aspects")):
        place = tmp_path / f"aspects.{lang}.svg"
        assert main(["exposure", str(runs["at-50-km"].folder), "-o", str(place), "--lang", lang, "--json"]) == 0
        assert word in place.read_text("utf-8")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--floor", "loud"], "--floor"),
        (["--known", "2"], "--known"),
        (["--months", "0"], "--months"),
        (["-o", "picture.bmp"], ".png"),
        (["--baseline", "nowhere"], "nowhere"),
    ],
)
def test_a_wrong_option_is_told_in_one_line(
    runs: dict[str, Bundle], more: list[str], says: str, capsys: pytest.CaptureFixture[str]
):
    assert main(["exposure", str(runs["no-s400"].folder), *more]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert "Traceback" not in err


def test_a_folder_that_is_no_run_is_told(tmp_path: Path):
    with pytest.raises(StoreError):
        eg.exposure(tmp_path)
    (tmp_path / "comparison.json").write_text("{}")
    with pytest.raises(StoreError):
        eg.exposure(tmp_path)
