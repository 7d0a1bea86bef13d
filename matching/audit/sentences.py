"""Sentences: what audits found, in the words people read."""

from collections.abc import Callable, Iterator

from matching.audit.blocking import BlockingPair, Side, Stability
from matching.counted import counted
from matching.problem import CommunitiesProgramme, Programme

Name = Callable[[str], str]


def stability_lines(found: Stability, programme: Programme, name: Name) -> Iterator[str]:
    """Yield how stable a programme's solution is; `name` gives the name of a person."""
    of_people = not isinstance(programme, CommunitiesProgramme)
    if not found.count:
        yield f"{found.programme}: {_stable(found, of_people=of_people)}"
        return
    pairs = counted(found.count, "pair" if of_people else "membership")
    rather = (
        "eligible, not matched, and both would rather have each other"
        if of_people
        else "an open community that they would rather be in has room, or a weaker member"
    )
    block = "blocks" if found.count == 1 else "block"
    yield f"{found.programme}: {pairs} of {counted(found.people, 'person')} {block}: {rather}."
    lesser = min(found.worst[0].first.gain, found.worst[0].second.gain)
    yield f"  Nowhere would both sides gain more than {points(lesser, found.scale)}."
    for row in found.worst:
        yield f"  {_pair(row, found.scale, name, of_people=of_people)}"
    if found.count > len(found.worst):
        yield f"  And {found.count - len(found.worst):,} more, where the lesser gain is no greater."


def _stable(found: Stability, *, of_people: bool) -> str:
    if not found.applies:
        return "only triads are allowed here, so no pair could leave to be one."
    if of_people:
        return "stable; no two people would both rather have each other than those they have."
    return "stable; nobody would rather be in an open community that has room, or a weaker member."


def _pair(row: BlockingPair, scale: int, name: Name, *, of_people: bool) -> str:
    joined = "with" if of_people else "in"
    together = f"{name(row.first.who)} {joined} {name(row.second.who)}, {points(row.points, scale)}"
    first, second = (_gain(side, scale, name) for side in (row.first, row.second))
    return f"{together}: {first}; {second}."


def _gain(side: Side, scale: int, name: Name) -> str:
    now = " and ".join(name(other) for other in side.instead)
    instead = f"instead of {now}" if now else "in a free place"
    return f"{name(side.who)} would gain {points(side.gain, scale)} {instead}"


def points(number: int, scale: int = 1) -> str:
    """Return points in words; `number` is in units of 1 / `scale`."""
    whole, part = divmod(abs(number), scale)
    sign = "-" if number < 0 else ""
    decimals = f".{10 * part // scale}" if part else ""
    return f"{sign}{whole:,}{decimals} {'point' if abs(number) == scale else 'points'}"
