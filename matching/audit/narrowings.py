"""Narrowings: each way in which one person could say a little less than is true, as a problem of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

from matching.problem import (
    Ban,
    CommunitiesProgramme,
    Criterion,
    MentoringProgramme,
    PeerProgramme,
    Person,
    Problem,
    Programme,
    RuleName,
)


class NarrowingKind(StrEnum):
    """What is said less of."""

    ONE_WISH_FEWER = "one_wish_fewer"
    FIRST_WISH_ALONE = "first_wish_alone"
    ONE_WANT_FEWER = "one_want_fewer"
    FIRST_WANT_ALONE = "first_want_alone"
    ONE_LANGUAGE_FEWER = "one_language_fewer"
    FEWER_HOURS = "fewer_hours"
    FEWER_PLACES = "fewer_places"
    BEST_PARTNERS_ALONE = "best_partners_alone"


# These only take candidates away or make them worth less: what they can bring is bounded by prices.
LOWERING = (
    NarrowingKind.FIRST_WISH_ALONE,
    NarrowingKind.ONE_LANGUAGE_FEWER,
    NarrowingKind.FEWER_HOURS,
    NarrowingKind.FEWER_PLACES,
    NarrowingKind.BEST_PARTNERS_ALONE,
)
# These change how often skills stand together, and so how close they are.
OF_WANTS = (NarrowingKind.ONE_WANT_FEWER, NarrowingKind.FIRST_WANT_ALONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """A person says less: `what` is left out, or for "alone" what is left; `change` makes the problem of it.

    `change` raises `ProblemError` where a lock or another restriction forbids to say so little. What is then
    said stands in `person`, `wishes`, `places` (and the name of the list in which) or `partners` (the only
    ones who are not refused); the others are as they are, and `None`.
    """

    kind: NarrowingKind
    what: str
    change: Callable[[], Problem]
    person: Person | None = None
    wishes: tuple[str, ...] | None = None
    places: tuple[str, int] | None = None
    partners: frozenset[str] | None = None

    def stage(self, person: str) -> str:
        """Return what is told of the progress while this is tried."""
        return f"{person}: {self.kind.value.replace('_', ' ')}, {self.what}"


def narrowings_of(problem: Problem, programme: Programme, person: str) -> Iterator[Narrowing]:
    """Yield what a person could say less of in one programme, where it matters to the programme at all."""
    matters = _Matters(programme)
    if matters.wishes:
        yield from _wishes(problem, programme, person)
    (own,) = (row for row in problem.people if row.id == person)
    for kind, what, changed in _sayings(own, matters):
        people = tuple(changed if row is own else row for row in problem.people)
        yield Narrowing(kind=kind, what=what, change=partial(replace, problem, people=people), person=changed)
    yield from _places(problem, programme, person)


class _Matters:
    """Which sayings a programme's rules and criteria read."""

    def __init__(self, programme: Programme) -> None:
        rules = {row.rule for row in programme.rules}
        used = {name for name, weight in programme.criteria.items() if weight}
        listed = programme.candidates is not None
        self.wishes = Criterion.WISHES in used
        self.wants = bool(used & {Criterion.SKILLS, Criterion.LEVEL_STEP})
        self.wants |= RuleName.COVERS_WANTS in rules and not listed
        self.languages = RuleName.SHARED_LANGUAGE in rules and not listed
        self.hours = Criterion.HOURS in used or (RuleName.SHARED_HOURS in rules and not listed)


def _sayings(own: Person, matters: _Matters) -> Iterator[tuple[NarrowingKind, str, Person]]:
    if matters.wants and len(own.wants) > 1:
        for want in own.wants:
            left = tuple(row for row in own.wants if row is not want)
            yield NarrowingKind.ONE_WANT_FEWER, want.skill, replace(own, wants=left)
        if len(own.wants) > 2:
            first = min(own.wants, key=lambda want: (-want.importance, want.skill))
            yield NarrowingKind.FIRST_WANT_ALONE, first.skill, replace(own, wants=(first,))
    if matters.languages and len(own.languages) > 1:
        for language in own.languages:
            spoken = tuple(row for row in own.languages if row != language)
            yield NarrowingKind.ONE_LANGUAGE_FEWER, language, replace(own, languages=spoken)
    if matters.hours:
        for what, hours in _fewer_hours(own.working_hours):
            yield NarrowingKind.FEWER_HOURS, what, replace(own, working_hours=hours)


def _fewer_hours(hours: tuple[tuple[int, int], ...]) -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
    """Yield the working hours without each spell of them, or each half of a single one."""
    if len(hours) > 1:
        for spell in hours:
            yield _clock(*spell), tuple(row for row in hours if row != spell)
    elif hours and hours[0][1] - hours[0][0] > 1:
        ((start, end),) = hours
        middle = (start + end) // 2
        yield _clock(start, middle), ((middle, end),)
        yield _clock(middle, end), ((start, middle),)


def _clock(start: int, end: int) -> str:
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def _wishes(problem: Problem, programme: Programme, person: str) -> Iterator[Narrowing]:
    wishes = _wishes_of(programme, person)
    for wish in wishes:
        left = tuple(row for row in wishes if row != wish)
        change = partial(_enrolled, problem, programme, person, _WISHERS, wishes=left)
        yield Narrowing(kind=NarrowingKind.ONE_WISH_FEWER, what=wish, change=change, wishes=left)
    if len(wishes) > 2:
        change = partial(_enrolled, problem, programme, person, _WISHERS, wishes=wishes[:1])
        yield Narrowing(kind=NarrowingKind.FIRST_WISH_ALONE, what=wishes[0], change=change, wishes=wishes[:1])


# Where wishes, and places, are said: the names of the lists and of the field.
_WISHERS = ("mentees", "people")


def _wishes_of(programme: Programme, person: str) -> tuple[str, ...]:
    rows: tuple[Any, ...] = ()
    if isinstance(programme, MentoringProgramme):
        rows = programme.mentees
    elif isinstance(programme, PeerProgramme | CommunitiesProgramme):
        rows = programme.people
    return next((row.wishes for row in rows if row.person == person), ())


def _places(problem: Problem, programme: Programme, person: str) -> Iterator[Narrowing]:
    for name, word, count in places_of(programme, person):
        for fewer in sorted({count - 1, 1}, reverse=True):
            if 0 < fewer < count:
                change = partial(_enrolled, problem, programme, person, (name,), **{word: fewer})
                yield Narrowing(
                    kind=NarrowingKind.FEWER_PLACES, what=str(fewer), change=change, places=(name, fewer)
                )


def places_of(programme: Programme, person: str) -> Iterator[tuple[str, str, int]]:
    """Yield each list in which a person stands with places, the word for them there, and how many."""
    if isinstance(programme, MentoringProgramme):
        yield from (("mentees", "places", row.places) for row in programme.mentees if row.person == person)
        yield from (
            ("mentors", "capacity", row.capacity) for row in programme.mentors if row.person == person
        )
    elif isinstance(programme, CommunitiesProgramme):
        yield from (("people", "places", row.places) for row in programme.people if row.person == person)


def _enrolled(
    problem: Problem, programme: Programme, person: str, lists: tuple[str, ...], **changes: Any
) -> Problem:
    """Return the problem with a person's enrolment changed wherever it stands in the lists."""
    made: dict[str, Any] = {}
    for name in lists:
        rows = getattr(programme, name, ())
        made[name] = tuple(replace(row, **changes) if row.person == person else row for row in rows)
    changed = replace(programme, **{name: rows for name, rows in made.items() if hasattr(programme, name)})
    others = (changed if row.id == programme.id else row for row in problem.programmes)
    return replace(problem, programmes=tuple(others))


def with_bans(problem: Problem, programme: Programme, person: str, partners: list[str]) -> Problem:
    """Return the problem in which a person may not be with these partners."""
    bans = tuple(Ban(programme=programme.id, members=(person, partner)) for partner in partners)
    return replace(problem, bans=problem.bans + bans)
