"""Reasons: why two people are matched, and why somebody is not, as records that `sentences` words."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.candidates import Market
from matching.errors import ProblemError
from matching.facts import Fact, FactFinder, Facts, skill_of
from matching.locks import programme_of
from matching.problem import Criterion, Problem
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
    facts: Facts

    @property
    def missing(self) -> int:
        """Points the pair does not get."""
        return self.weight - self.points


@dataclass(frozen=True, slots=True)
class Reason:
    """The one fact that tells best why a criterion speaks for a pair or against it."""

    criterion: Criterion
    fact: Fact


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
    def best(self) -> Reason | None:
        """The weightiest fact of the part that gives most, among those that give anything and have a fact."""
        giving = [part for part in self.parts if part.points > 0 and part.facts.favour]
        found = max(giving, key=lambda part: (part.points, -part.missing), default=None)
        return None if found is None else Reason(found.criterion, found.facts.favour[0])

    @property
    def worst(self) -> Reason | None:
        """The weightiest fact of the part that misses most, among those that miss anything and have a fact.

        The skill told in favour of the pair is never held against it as well.
        """
        best = self.best
        told = None if best is None else skill_of(best.fact)
        against = [
            (part, fact)
            for part in self.parts
            if part.missing > 0
            for fact in part.facts.against
            if told is None or skill_of(fact) != told
        ]
        if not against:
            return None
        # Of the facts of one part `max` returns the first, which is the weightiest.
        part, fact = max(against, key=lambda row: (row[0].missing, -row[0].points))
        return Reason(part.criterion, fact)


class Explainer:
    """Answers questions about one mentoring programme of a problem."""

    def __init__(self, problem: Problem, programme_id: str) -> None:
        self._programme = programme_of(problem, programme_id)
        self._market = Market(problem, self._programme, Watch(Limits()))
        self._finder = FactFinder(self._market)
        self._mentees = {row.person: number for number, row in enumerate(self._programme.mentees)}
        self._mentors = {row.person: number for number, row in enumerate(self._programme.mentors)}

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
        rows = np.array([self._mentees[mentee] for mentee, _mentor in pairs], dtype=np.intp)
        columns = np.array([self._mentors[mentor] for _mentee, mentor in pairs], dtype=np.intp)
        parts = self._market.scorer.parts(Pairs(self._market.sides, rows, columns))
        weights = self._market.scorer.weights
        figures = {name: part.tolist() for name, part in parts.items()}
        points = self._explicit_points() if self._programme.candidates is not None else {}
        for number, (mentee, mentor) in enumerate(pairs):
            facts = self._finder.facts(figures, mentee, mentor)
            made = tuple(
                Part(criterion=name, weight=weights[name], points=given[number], facts=facts[name])
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


def why_unmatched(solution: Solution, person: str) -> tuple[Unmatched, ...]:
    """Return each programme and role that left a person without a match, with its cause."""
    return tuple(row for row in solution.unmatched if row.person == person)


def assignments_of(solution: Solution, person: str) -> tuple[Assignment, ...]:
    """Return a person's matches, in whatever role."""
    return tuple(
        row for row in solution.assignments if person in row.members.values() or person in row.people
    )
