"""The memory that replications share: what one leaves in it, the next does not see."""

import numpy as np
import pytest

from egide.engine.state import Replication, Workspace
from egide.simulate import simulate
from egide.store.digest import of_columns


def digests(tables: dict[str, np.ndarray]) -> dict[str, str]:
    return {name: of_columns(name, {c: rows[c] for c in rows.dtype.names}) for name, rows in tables.items()}


def soil(work: Workspace) -> None:
    """Fill what is said to be written before it is read with bytes that are no sensible number of any kind."""
    for table in (work.seeds, work.queue, *work.scratch):
        table.view(np.uint8).fill(0xA5)
    work.block.fill(0xA5)


@pytest.mark.parametrize("name", ["first-battery", "one-raid-two-networks", "two-batteries-one-centre"])
@pytest.mark.parametrize("sets", [(), ("tracking.mode=fast",)], ids=["full", "fast"])
def test_a_used_and_soiled_workspace_gives_the_same_bits(system, name: str, sets: tuple[str, ...]):
    compiled = system(name, None, *sets)
    work = Workspace(compiled)
    for k in (0, 1):
        Replication(compiled, 5, 0, 9 - k, k == 0, work).run()
        kept = work.state["count"].copy(), work.state["high"].copy()
        soil(work)
        work.state["count"][:], work.state["high"][:] = kept  # what tells which rows are to be emptied
        assert digests(Replication(compiled, 5, 0, k, True, work).run()) == digests(
            Replication(compiled, 5, 0, k, True).run()
        )


def test_systems_taken_in_turn_do_not_meet(system):
    small, large = system("first-battery"), system("two-batteries-one-centre")
    alone = [digests(simulate(each, 3, 0, 0)) for each in (small, large)]
    for _ in range(2):
        assert [digests(simulate(each, 3, 0, 0)) for each in (small, large)] == alone


def test_a_system_that_is_changed_in_between_is_simulated_as_it_now_is(system):
    compiled = system("first-battery", "one-shot")
    before = digests(simulate(compiled, 3, 0, 0))
    compiled.batteries["channels"] -= 100
    try:
        assert not len(simulate(compiled, 3, 0, 0)["shots"])
    finally:
        compiled.batteries["channels"] += 100
    assert digests(simulate(compiled, 3, 0, 0)) == before


def test_what_a_replication_returns_is_its_own(system):
    """The next one writes on the same memory."""
    compiled = system("first-battery")
    first = simulate(compiled, 3, 0, 0)
    before = digests(first)
    simulate(compiled, 3, 0, 1)
    assert digests(first) == before


def test_detail_that_grew_is_not_kept_for_those_who_write_none(system):
    compiled = system("first-battery")
    work = Workspace(compiled)
    before = work.nbytes
    tables = Replication(compiled, 3, 0, 0, True, work).run()
    assert len(tables["plots"]) > len(work.logs["plots"])
    assert work.nbytes == before
