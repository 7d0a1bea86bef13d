"""Decides about parts of a problem that have nothing to do with one another: in processes, when that pays."""

import signal
from collections.abc import Callable, Sequence
from multiprocessing import connection, current_process, get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, TypeVar

from matching.watch import Limits, Stopped, Watch

Part = TypeVar("Part")
Found = TypeVar("Found")

# How long processes work before it is asked again whether the solve is to end.
SECONDS_BETWEEN_LOOKS = 0.1


def side_by_side(
    work: Callable[[Part, Watch], Found],
    parts: Sequence[Part],
    sizes: Sequence[int],
    watch: Watch,
    *,
    large: int,
) -> list[Found]:
    """Return what comes of the work on each part, in their order, whatever the number of workers.

    Parameters
    ----------
    work
        A function of a module; what it is given and returns goes from process to process. When its watch says
        that it is to end, it returns the best there is so far.
    sizes
        How many people each part has.
    large
        Processes begin only where at least two parts have as many: each takes a second or two to begin.
    watch
        Has the number of workers. It is told how many parts are done, and how many people the best plans so
        far match; when it says that the solve is to end, so do the watches of all parts. Those of processes
        do not know why: `watch.stopped` does.
    """
    workers = min(watch.workers, sum(size >= large for size in sizes))
    # A process that ends with its parent may have none of its own.
    if workers < 2 or current_process().daemon:
        return [_here(work, part, number, len(parts), watch) for number, part in enumerate(parts)]
    largest_first = sorted(range(len(parts)), key=lambda number: -sizes[number])
    with _Processes(work, parts, workers, watch) as processes:
        found = processes.answers(largest_first)
    # What a process could not answer, for want of memory or of a module to begin with, is done here.
    return [
        found[number] if number in found else _here(work, part, number, len(parts), watch)
        for number, part in enumerate(parts)
    ]


def _here(work: Callable[[Part, Watch], Found], part: Part, number: int, parts: int, watch: Watch) -> Found:
    """Do the work on one part in this process; the people of parts before are matched already."""
    before = watch.best or 0

    def tell(_stage: str, _done: int, _total: int, best: int | None) -> None:
        watch.best = before + (best or 0)
        watch.tell(number, parts)

    return work(part, watch.of_part(tell))


class _Processes:
    """So many processes, each of which is given one part after another.

    They share two pieces of memory: whether all are to end, and how many people each part's plan matches.
    """

    def __init__(
        self, work: Callable[[Part, Watch], Found], parts: Sequence[Part], workers: int, watch: Watch
    ) -> None:
        self._parts, self._watch = parts, watch
        context = get_context("spawn")
        self._is_to_end = context.RawValue("b", 0)
        self._matched = context.RawArray("q", len(parts))
        self._processes: dict[Connection, SpawnProcess] = {}
        # Ctrl-C goes to every process of a terminal: only this one answers it.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            for _worker in range(workers):
                here, there = context.Pipe()
                process = context.Process(
                    target=_answer, args=(work, there, self._is_to_end, self._matched), daemon=True
                )
                process.start()
                there.close()
                self._processes[here] = process
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def __enter__(self) -> "_Processes":
        return self

    def __exit__(self, *_error: object) -> None:
        for pipe, process in self._processes.items():
            process.terminate()
            process.join()
            pipe.close()

    def answers(self, order: Sequence[int]) -> dict[int, Any]:
        """Return what comes of the work on each part, by number; processes that end leave theirs out."""
        waiting, found = list(reversed(order)), dict[int, Any]()
        at_work = {pipe for pipe in self._processes if self._give(pipe, waiting)}
        while at_work:
            answering = connection.wait(list(at_work), SECONDS_BETWEEN_LOOKS)
            for pipe in at_work.intersection(answering):
                try:
                    number, answer = pipe.recv()
                    found[number] = answer
                except (EOFError, OSError):
                    at_work.remove(pipe)
                    continue
                if not self._give(pipe, waiting):
                    at_work.remove(pipe)
            self._look(len(found))
        return found

    def _give(self, pipe: Connection, waiting: list[int]) -> bool:
        """Give a process the next part; tell whether there was one, and the process there to take it."""
        if not waiting:
            return False
        try:
            pipe.send((waiting[-1], self._parts[waiting[-1]], self._watch.seconds_left))
        except OSError:
            return False
        waiting.pop()
        return True

    def _look(self, done: int) -> None:
        """Tell how far all parts are, and all processes to end when the solve is to."""
        self._watch.best = sum(self._matched)
        try:
            self._watch.reached(done, len(self._parts))
        except Stopped:
            self._is_to_end.value = 1


def _answer(work: Callable[[Any, Watch], Any], pipe: Connection, is_to_end: Any, matched: Any) -> None:
    """Answer with what comes of the work on each part that is given, until nobody gives any."""
    parent = parent_process()

    def should_stop() -> bool:
        return bool(is_to_end.value) or parent is None or not parent.is_alive()

    try:
        while True:
            number, part, seconds = pipe.recv()

            def tell(_stage: str, _done: int, _total: int, best: int | None, number: int = number) -> None:
                matched[number] = best or 0

            found = work(part, Watch(Limits(seconds=seconds), tell, should_stop, workers=1))
            pipe.send((number, found))
    except (EOFError, OSError):
        # Whoever asked is gone.
        return
    except ValueError:
        # What is wrong with the problem is told where the part is done once more.
        return
