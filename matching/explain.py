"""Reasons: why two people are matched, and why somebody is not, as records that `sentences` words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from matching.candidates import Market
from matching.errors import ProblemError
from matching.locks import programme_of
from matching.problem import Criterion, Held, Mentee, Person, Problem, Wanted
from matching.solution import Assignment, Role, Solution, Unmatched
from matching.values import shown
from matching.views import Pairs
from matching.watch import Limits, Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one criterion gives a pair: `points` of at most `weight`, and the facts behind it."""

    criterion: Criterion
    weight: int
    points: int
    facts: Mapping[str, int | str] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """Points the pair does not get."""
        return self.weight - self.points


@dataclass(frozen=True, slots=True, kw_only=True)
class PairReasons:
    """Why two people fit: the parts add up to `points`; `best` speaks for the pair, `worst` against."""

    programme: str
    mentee: str
    mentor: str
    points: int
    most: int
    parts: tuple[Part, ...]
    locked: bool = False

    @property
    def best(self) -> Part | None:
        """The part that gives most, if any gives anything."""
        found = max(self.parts, key=lambda part: (part.points, -part.missing), default=None)
        return found if found is not None and found.points > 0 else None

    @property
    def worst(self) -> Part | None:
        """The part that misses most, if any misses anything.

        One that is about the skill told in favour of the pair comes after all others.
        """
        told = None if self.best is None else self.best.facts.get("best_wanted")

        def repeats(part: Part) -> bool:
            return told is not None and part.facts.get("worst_wanted") == told

        missing = (part for part in self.parts if part.missing > 0)
        return max(missing, key=lambda part: (not repeats(part), part.missing, -part.points), default=None)


@dataclass(frozen=True, slots=True)
class _Match:
    """How a mentor's skill answers a want: `worth` in thousandths."""

    want: Wanted
    held: Held | None
    worth: int


class Explainer:
    """Answers questions about one mentoring programme of a problem."""

    def __init__(self, problem: Problem, programme_id: str) -> None:
        self._programme = programme_of(problem, programme_id)
        self._market = Market(problem, self._programme, Watch(Limits()))
        self._people = {person.id: person for person in problem.people}
        self._labels = {node.id: node.label or node.id for node in problem.skills.nodes}
        self._mentees = {row.person: (number, row) for number, row in enumerate(self._programme.mentees)}
        self._mentors = {row.person: number for number, row in enumerate(self._programme.mentors)}
        self._near = lru_cache(maxsize=None)(lambda skill: self._market.closeness.near(skill))

    def why_all(self, solution: Solution) -> Iterator[PairReasons]:
        """Yield the reasons for every assignment of the programme, in their order."""
        assignments = [row for row in solution.assignments if row.programme == self._programme.id]
        locked = [row.locked for row in assignments]
        pairs = [(row.members[Role.MENTEE], row.members[Role.MENTOR]) for row in assignments]
        yield from self._reasons(pairs, locked)

    def why(self, mentee: str, mentor: str) -> PairReasons:
        """Return the reasons for one pair, matched or not; `ProblemError` for people not in the programme."""
        for person, listed, role in ((mentee, self._mentees, "mentee"), (mentor, self._mentors, "mentor")):
            if person not in listed:
                raise ProblemError("$", f"{shown(person)} is no {role} of programme {self._programme.id}.")
        return next(self._reasons([(mentee, mentor)], [False]))

    def _reasons(self, pairs: list[tuple[str, str]], locked: list[bool]) -> Iterator[PairReasons]:
        rows = np.array([self._mentees[mentee][0] for mentee, _mentor in pairs], dtype=np.intp)
        columns = np.array([self._mentors[mentor] for _mentee, mentor in pairs], dtype=np.intp)
        parts = self._market.scorer.parts(Pairs(self._market.sides, rows, columns))
        figures = {name: part.tolist() for name, part in parts.items()}
        points = self._explicit_points() if self._programme.candidates is not None else {}
        for number, (mentee, mentor) in enumerate(pairs):
            made = tuple(
                self._part(name, self._market.scorer.weights[name], given[number], mentee, mentor)
                for name, given in figures.items()
            )
            yield PairReasons(
                programme=self._programme.id,
                mentee=mentee,
                mentor=mentor,
                points=points.get((mentee, mentor), sum(part.points for part in made)),
                most=sum(part.weight for part in made),
                parts=made,
                locked=locked[number],
            )

    def _explicit_points(self) -> dict[tuple[str, str], int]:
        return {(mentee, mentor): points for mentee, mentor, points in self._programme.candidates or ()}

    def _part(self, criterion: Criterion, weight: int, points: int, mentee: str, mentor: str) -> Part:
        facts = self._facts(criterion, self._mentees[mentee][1], self._people[mentee], self._people[mentor])
        return Part(criterion=criterion, weight=weight, points=points, facts=facts)

    def _facts(
        self, criterion: Criterion, enrolled: Mentee, mentee: Person, mentor: Person
    ) -> Mapping[str, int | str]:
        match criterion:
            case Criterion.SKILLS | Criterion.LEVEL_STEP:
                return self._skill_facts(mentee, mentor)
            case Criterion.HOURS:
                return {"minutes": self._shared_minutes(mentee.id, mentor.id)}
            case Criterion.WISHES:
                wished = mentor.id in enrolled.wishes
                return {
                    "rank": enrolled.wishes.index(mentor.id) + 1 if wished else 0,
                    "wishes": len(enrolled.wishes),
                }
            case Criterion.GRADE_STEP:
                known = mentee.grade is not None and mentor.grade is not None
                return {"above": (mentor.grade or 0) - (mentee.grade or 0)} if known else {}
            case Criterion.VARIETY | Criterion.LOCATION:
                return {
                    "departments": _compared(mentee.department, mentor.department),
                    "locations": _compared(mentee.location, mentor.location),
                }
            case Criterion.CONTINUITY:
                return {}

    def _shared_minutes(self, mentee: str, mentor: str) -> int:
        columns = self._market.columns
        a, b = columns.index[mentee], columns.index[mentor]
        return int(columns.shared_minutes[columns.timetable[a], columns.timetable[b]])

    def _skill_facts(self, mentee: Person, mentor: Person) -> Mapping[str, int | str]:
        """Return the want that is answered best and the one answered worst, weighed by importance."""
        found = [self._match(want, mentor) for want in mentee.wants]
        if not found:
            return {}
        best = max(found, key=lambda match: match.worth * match.want.importance)
        worst = max(found, key=lambda match: (1000 - match.worth) * match.want.importance)
        return self._match_facts(best, "best") | self._match_facts(worst, "worst")

    def _match(self, want: Wanted, mentor: Person) -> _Match:
        near = self._near(want.skill)
        best = _Match(want, None, 0)
        for held in mentor.holds:
            worth = near.get(held.skill, 0) * min(held.level, want.level) // want.level
            if worth > best.worth or (worth == best.worth > 0 and best.held and held.level > best.held.level):
                best = _Match(want, held, worth)
        return best

    def _match_facts(self, match: _Match, name: str) -> dict[str, int | str]:
        facts: dict[str, int | str] = {
            f"{name}_wanted": self._labels[match.want.skill],
            f"{name}_wanted_level": match.want.level,
            f"{name}_worth": match.worth,
        }
        if match.held is not None:
            facts |= {f"{name}_held": self._labels[match.held.skill], f"{name}_held_level": match.held.level}
        return facts


def _compared(mentee: str | None, mentor: str | None) -> str:
    if not mentee or not mentor:
        return "unknown"
    return "same" if mentee == mentor else "different"


def why_unmatched(solution: Solution, person: str) -> tuple[Unmatched, ...]:
    """Return each programme and role that left a person without a match, with its cause."""
    return tuple(row for row in solution.unmatched if row.person == person)


def assignments_of(solution: Solution, person: str) -> tuple[Assignment, ...]:
    """Return a person's matches, in whatever role."""
    return tuple(
        row for row in solution.assignments if person in row.members.values() or person in row.people
    )
