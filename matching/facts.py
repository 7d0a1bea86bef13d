"""Facts: what can be said of a pair on each criterion, found once for all who put it into words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from matching.candidates import Market
from matching.columns import UNKNOWN
from matching.offers import STEP_SHARES
from matching.problem import Criterion, Held, Person, Wanted
from matching.score import FULL, latest_pairs

# The least share of `level_step` that speaks for a pair; being just at the level wanted is less.
GOOD_STEP = 600
_ABOUT_SKILLS = frozenset({Criterion.SKILLS, Criterion.LEVEL_STEP})


class Comparison(StrEnum):
    """How a property of two people compares."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cover:
    """A want that the mentor's skill `held` covers, `worth` thousandths of it."""

    want: Wanted
    held: Held
    worth: int


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A want not wholly covered: the wanted skill as the mentor has it, and what covers best, if any does."""

    want: Wanted
    own: Held | None
    closest: Held | None


@dataclass(frozen=True, slots=True)
class LevelStep:
    """A wanted skill that the mentor has, at `held.level`."""

    want: Wanted
    held: Held


@dataclass(frozen=True, slots=True)
class SharedTime:
    """Working time shared, in minutes a day; `known` tells whether the hours of both are."""

    minutes: int
    known: bool


@dataclass(frozen=True, slots=True)
class Variety:
    """Whether the two come from different parts of the company."""

    department: Comparison
    location: Comparison


@dataclass(frozen=True, slots=True)
class Wish:
    """The rank of the mentor among the mentee's wishes, from 1; 0 when the mentee named others."""

    rank: int


@dataclass(frozen=True, slots=True)
class LastRound:
    """Whether the two were together in the last round."""

    together: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where the two work."""

    location: Comparison
    same_time_zone: bool


@dataclass(frozen=True, slots=True)
class GradeStep:
    """The mentor's grade less the mentee's; `None` when one is not known."""

    above: int | None


Fact = Cover | Shortfall | LevelStep | SharedTime | Variety | Wish | LastRound | Place | GradeStep


@dataclass(frozen=True, slots=True)
class Facts:
    """What explains the points earned on one criterion, and those missed; the weightiest comes first."""

    favour: tuple[Fact, ...] = ()
    against: tuple[Fact, ...] = ()


def near_skill(fact: Fact) -> Held | None:
    """Return the skill that stands in for the wanted one, if the fact is about such a skill."""
    match fact:
        case Cover():
            return fact.held if fact.held.skill != fact.want.skill else None
        case Shortfall():
            return fact.closest if fact.own is None else None
        case _:
            return None


def skill_of(fact: Fact) -> str | None:
    """Return the wanted skill a fact is about, if it is about one."""
    return fact.want.skill if isinstance(fact, Cover | Shortfall | LevelStep) else None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a mentor has to offer for a want.

    `own` is the wanted skill itself, `held` what covers the want best, `worth` thousandths of it; `step` is
    the best share of `level_step` that any skill earns. A skill that is close may do better than the own.
    """

    want: Wanted
    own: Held | None
    held: Held | None
    worth: int
    step: int


class FactFinder:
    """Finds the facts about pairs of one mentoring programme."""

    def __init__(self, market: Market) -> None:
        # Lists: a figure of an array by itself takes many times as long.
        self._index = market.columns.index
        self._timetable: list[int] = market.columns.timetable.tolist()
        self._shared_minutes: list[list[int]] = market.columns.shared_minutes.tolist()
        self._people = {person.id: person for person in market.problem.people}
        self._wishes = {row.person: row.wishes for row in market.programme.mentees}
        latest = latest_pairs(market.problem, market.programme)
        self._pairs_before = {frozenset(members) for members in latest}
        self._mentees_before = frozenset(members[0] for members in latest)
        self._near = lru_cache(maxsize=None)(lambda skill: market.closeness.near(skill))

    def facts(self, criteria: Iterable[Criterion], mentee: str, mentor: str) -> dict[Criterion, Facts]:
        """Return what can be said of a pair on each criterion."""
        one, other = self._people[mentee], self._people[mentor]
        asked = tuple(criteria)
        wants = one.wants if not _ABOUT_SKILLS.isdisjoint(asked) else ()
        answers = [self._answer(want, other) for want in wants]
        return {criterion: self._on(criterion, one, other, answers) for criterion in asked}

    def _on(self, criterion: Criterion, mentee: Person, mentor: Person, answers: list[_Answer]) -> Facts:
        match criterion:
            case Criterion.SKILLS:
                return _covers(answers)
            case Criterion.LEVEL_STEP:
                return _level_steps(answers)
            case Criterion.HOURS:
                return _either_way(self._shared_time(mentee, mentor))
            case Criterion.VARIETY:
                return _either_way(_variety(mentee, mentor))
            case Criterion.WISHES:
                return self._wish(mentee, mentor)
            case Criterion.CONTINUITY:
                return self._last_round(mentee, mentor)
            case Criterion.RATINGS:
                # What one thought of a chat is not for the other to read.
                return Facts()
            case Criterion.LOCATION:
                return _place(mentee, mentor)
            case Criterion.GRADE_STEP:
                return _either_way(_grade_step(mentee, mentor))

    def _answer(self, want: Wanted, mentor: Person) -> _Answer:
        near: Mapping[str, int] = self._near(want.skill)
        own, best, worth, step = None, None, 0, 0
        for held in mentor.holds:
            closeness = near.get(held.skill)
            if closeness is None:
                continue
            if held.skill == want.skill:
                own = held
            cover = closeness * min(held.level, want.level) // want.level
            if cover > worth or (cover == worth and best is not None and _is_told_before(held, best, want)):
                best, worth = held, cover
            step = max(step, closeness * _step_share(held, want) // FULL)
        return _Answer(want, own, best, worth, step)

    def _shared_time(self, mentee: Person, mentor: Person) -> SharedTime:
        index, timetable = self._index, self._timetable
        one, other = timetable[index[mentee.id]], timetable[index[mentor.id]]
        return SharedTime(self._shared_minutes[one][other], one != UNKNOWN and other != UNKNOWN)

    def _wish(self, mentee: Person, mentor: Person) -> Facts:
        wishes = self._wishes[mentee.id]
        if not wishes:
            return Facts()
        return _either_way(Wish(wishes.index(mentor.id) + 1 if mentor.id in wishes else 0))

    def _last_round(self, mentee: Person, mentor: Person) -> Facts:
        if frozenset((mentee.id, mentor.id)) in self._pairs_before:
            return Facts(favour=(LastRound(together=True),))
        # Who had no mentor in the last round has none to go on with.
        return Facts(against=(LastRound(together=False),)) if mentee.id in self._mentees_before else Facts()


def _is_told_before(held: Held, best: Held, want: Wanted) -> bool:
    """Tell which of two skills that cover a want alike is told: the wanted one, then the higher level."""
    if best.skill == want.skill or held.skill == want.skill:
        return held.skill == want.skill
    return held.level > best.level


def _step_share(held: Held, want: Wanted) -> int:
    return STEP_SHARES.get(held.level - want.level, 0)


def _either_way(fact: Fact) -> Facts:
    """Return a fact that says as well what was earned as what was missed."""
    return Facts((fact,), (fact,))


def _covers(answers: Iterable[_Answer]) -> Facts:
    covers: list[tuple[int, Fact]] = []
    short: list[tuple[int, Fact]] = []
    # Of two wants that weigh the same, the one that is answered better comes first.
    for row in sorted(answers, key=lambda row: -row.worth):
        if row.held is not None:
            covers.append((row.worth * row.want.importance, Cover(row.want, row.held, row.worth)))
        if row.worth < FULL:
            short.append(((FULL - row.worth) * row.want.importance, Shortfall(row.want, row.own, row.held)))
    return Facts(_weightiest_first(covers), _weightiest_first(short))


def _level_steps(answers: Iterable[_Answer]) -> Facts:
    """Return good steps in wanted skills the mentor has, and poor ones that no close skill makes up for."""
    good: list[tuple[int, Fact]] = []
    poor: list[tuple[int, Fact]] = []
    for row in answers:
        if row.own is None:
            continue
        share = _step_share(row.own, row.want)
        if share >= GOOD_STEP:
            good.append((share * row.want.importance, LevelStep(row.want, row.own)))
        elif row.step < GOOD_STEP:
            poor.append(((FULL - share) * row.want.importance, LevelStep(row.want, row.own)))
    return Facts(_weightiest_first(good), _weightiest_first(poor))


def _weightiest_first(weighed: list[tuple[int, Fact]]) -> tuple[Fact, ...]:
    if len(weighed) < 2:
        return tuple(fact for _weight, fact in weighed)
    return tuple(fact for _weight, fact in sorted(weighed, key=lambda row: -row[0]))


def _variety(mentee: Person, mentor: Person) -> Variety:
    return Variety(
        department=_compared(mentee.department, mentor.department),
        location=_compared(mentee.location, mentor.location),
    )


def _place(mentee: Person, mentor: Person) -> Facts:
    same_time_zone = _compared(mentee.time_zone, mentor.time_zone) is Comparison.SAME
    place = Place(_compared(mentee.location, mentor.location), same_time_zone)
    # Where it is not known where they work, nobody can say that they are apart.
    return Facts((place,), () if place.location is Comparison.UNKNOWN else (place,))


def _grade_step(mentee: Person, mentor: Person) -> GradeStep:
    if mentee.grade is None or mentor.grade is None:
        return GradeStep(None)
    return GradeStep(mentor.grade - mentee.grade)


def _compared(mentee: str | None, mentor: str | None) -> Comparison:
    if not mentee or not mentor:
        return Comparison.UNKNOWN
    return Comparison.SAME if mentee == mentor else Comparison.DIFFERENT
