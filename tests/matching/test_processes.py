"""Work on parts side by side: the same answers in any number of processes, also where some of them end."""

import os
import time
from multiprocessing import active_children, parent_process

import pytest

from matching import processes
from matching.errors import ProblemError
from matching.processes import side_by_side
from matching.solution import Status
from matching.watch import Limits, Stopped, Watch

LONG = 60.0


def doubled(part: int, watch: Watch) -> int:
    """Return twice the part, and tell how many people that matches."""
    watch.best = part
    watch.tell(1, 1)
    return 2 * part


def until_told(part: int, watch: Watch) -> tuple[int, str]:
    """Work until the watch says to end, and say why it did."""
    started = time.monotonic()
    while time.monotonic() - started < LONG:
        try:
            watch.go_on_to("plan")
        except Stopped as stop:
            return part, stop.status.value
        time.sleep(0.01)
    return part, "nobody said to end"


def dying(part: int, _watch: Watch) -> int:
    """End the process, unless it is the one that asked."""
    if parent_process() is not None:
        os._exit(9)
    return part


def refused(part: int, _watch: Watch) -> int:
    """Find something wrong with the problem."""
    raise ProblemError("$.locks", f"part {part} cannot be kept.")


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_answers_stand_in_the_order_of_the_parts(workers: int) -> None:
    """Whoever answers first, and however many do."""
    told: list[tuple[str, int, int, int | None]] = []
    watch = Watch(Limits(), lambda *row: told.append(row), workers=workers)
    assert side_by_side(doubled, [5, 1, 3], [1, 3, 2], watch, large=1) == [10, 2, 6]
    assert watch.best == 9
    assert {row[2] for row in told} == {3}
    assert not active_children()


def test_small_parts_are_worth_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where fewer than two parts are large, all is done in this process."""
    monkeypatch.setattr(processes, "_Processes", None)
    assert side_by_side(doubled, [5, 1, 3], [1, 1, 2], Watch(Limits(), workers=2), large=2) == [10, 2, 6]


@pytest.mark.parametrize("workers", [1, 2])
def test_all_parts_end_when_the_solve_is_cancelled(workers: int) -> None:
    """Those at work are told so, and those that wait find out at once."""
    asked = iter([False, False])
    watch = Watch(Limits(), None, lambda: next(asked, True), workers=workers)
    found = side_by_side(until_told, [1, 2, 3], [1, 1, 1], watch, large=1)
    assert found == [(1, "cancelled"), (2, "cancelled"), (3, "cancelled")]
    assert not active_children()


def test_all_parts_end_when_the_time_is_up() -> None:
    """The watch of the solve knows why."""
    watch = Watch(Limits(seconds=0.5), workers=2)
    assert [part for part, _why in side_by_side(until_told, [1, 2, 3], [1, 1, 1], watch, large=1)] == [
        1,
        2,
        3,
    ]
    assert watch.stopped is Status.TIMED_OUT


def test_what_a_process_cannot_answer_is_done_here() -> None:
    """A process that is killed takes no part with it."""
    assert side_by_side(dying, [4, 5], [1, 1], Watch(Limits(), workers=2), large=1) == [4, 5]


def test_what_is_wrong_with_a_part_is_told() -> None:
    """An error in another process is raised as it is in this one."""
    with pytest.raises(ProblemError, match="part 4 cannot be kept"):
        side_by_side(refused, [4, 5], [1, 1], Watch(Limits(), workers=2), large=1)


def test_an_interrupt_leaves_no_process() -> None:
    """Who leaves in the midst of it takes all processes along."""

    def interrupt() -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side(until_told, [1, 2], [1, 1], Watch(Limits(), None, interrupt, workers=2), large=1)
    assert not active_children()
