"""The people and communities of a programme: which may come together by the rules, and for what points."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.candidates import BLOCK_CELLS, Candidates
from matching.columns import Columns
from matching.communities.topics import Shares, Topics
from matching.offers import SkillFit
from matching.problem import (
    CommunitiesProgramme,
    Criterion,
    Kind,
    Mentee,
    Mentor,
    MentoringProgramme,
    Problem,
    Rule,
    RuleName,
)
from matching.rules import BANNED, HardRule, Mask, rules_of, shared_minutes
from matching.score import FULL, WISH_SHARES, scorer_of
from matching.skills import Closeness, closeness_of
from matching.views import Block, Index, Sides
from matching.watch import Limits, Watch

NOT_A_CANDIDATE = "candidate"
# What only a lead can answer: without one it earns nothing.
OF_THE_LEAD = (
    Criterion.LEVEL_STEP,
    Criterion.HOURS,
    Criterion.VARIETY,
    Criterion.RATINGS,
    Criterion.LOCATION,
    Criterion.GRADE_STEP,
)


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """A rule of the programme: `keeps` tells of some people, with every community, who keep it."""

    name: str
    sentence: str
    keeps: Callable[[Index], Mask]


class Market:
    """A programme's people (rows) and communities (columns), ready to look at any of them.

    Between a member and a lead everything is as between a mentee and a mentor, so leads stand as the mentors
    of a mentoring programme, each once whatever the number of communities they lead.
    """

    def __init__(self, problem: Problem, programme: CommunitiesProgramme, watch: Watch) -> None:
        self._watch = watch
        self.problem = problem
        self.programme = programme
        self.row = {row.person: number for number, row in enumerate(programme.people)}
        self.column = {row.id: number for number, row in enumerate(programme.communities)}
        self._columns = Columns.of(problem)
        leads = sorted({row.lead for row in programme.communities if row.lead is not None})
        number_of = {lead: number for number, lead in enumerate(leads)}
        # The lead's number of each community; the last column of a lead's answers stands for none.
        self._lead = np.array(
            [len(leads) if row.lead is None else number_of[row.lead] for row in programme.communities],
            dtype=np.intp,
        )
        index = self._columns.index
        self._sides = Sides(
            np.array([index[row.person] for row in programme.people], dtype=np.intp),
            np.array([index[lead] for lead in leads], dtype=np.intp),
        )
        self._led = _led_programme(programme, leads)
        asked = problem, self._led, self._columns, self._sides
        self._lead_rules = rules_of(*asked, lambda: self._fit)
        self._scorer = scorer_of(*asked, lambda: self._fit)
        self.conditions = tuple(self._conditions())
        self.weights = {name: weight for name, weight in programme.criteria.items() if weight > 0}

    def unwatched(self) -> "Market":
        """Return the same market for what is to be known even when the solve is to stop."""
        return Market(self.problem, self.programme, Watch(Limits()))

    @property
    def shape(self) -> tuple[int, int]:
        """Number of people and of communities."""
        return len(self.programme.people), len(self.programme.communities)

    @property
    def positions(self) -> Index:
        """The place of each of the programme's people among all people."""
        return self._sides.mentees

    @cached_property
    def _closeness(self) -> Closeness:
        return closeness_of(self.problem)

    @cached_property
    def _fit(self) -> SkillFit:
        return SkillFit(self.problem, self._sides, self._closeness)

    @cached_property
    def _topics(self) -> Topics:
        return Topics(self.problem, self.programme, self._sides.mentees, self._closeness)

    def blocks_of(self, rows: Index) -> Iterator[Index]:
        """Yield some people in blocks that are looked at together."""
        step = max(1, BLOCK_CELLS // max(1, self.shape[1]))
        for start in range(0, len(rows), step):
            yield rows[start : start + step]

    def candidates(self) -> Candidates:
        """Return everybody with every community that the rules allow them, with points."""
        everybody = np.arange(self.shape[0])
        if self.programme.candidates is not None:
            found = _explicit(self.programme, self.row, self.column)
            allowed = self._allowed_everywhere()
            return found.only(allowed[found.rows, found.columns])
        parts = []
        for rows in self.blocks_of(everybody):
            self._watch.reached(int(rows[0]), len(everybody))
            allowed = self.allowed(rows)
            points = sum(self.parts(rows).values(), np.zeros(allowed.shape, dtype=np.int32))
            row, column = np.nonzero(allowed)
            parts.append(Candidates(rows[row], column, points[row, column].astype(np.int64)))
        if not parts:
            nobody = np.zeros(0, dtype=np.intp)
            return Candidates(nobody, nobody, nobody.astype(np.int64))
        return Candidates(
            np.concatenate([part.rows for part in parts]),
            np.concatenate([part.columns for part in parts]),
            np.concatenate([part.points for part in parts]),
        )

    def allowed(self, rows: Index) -> Mask:
        """Tell which communities the conditions allow some people; shape (rows, communities)."""
        allowed: Mask = np.ones((len(rows), self.shape[1]), dtype=np.bool_)
        for condition in self.conditions:
            allowed &= condition.keeps(rows)
        return allowed

    def _allowed_everywhere(self) -> Mask:
        blocks = [self.allowed(rows) for rows in self.blocks_of(np.arange(self.shape[0]))]
        return np.concatenate(blocks) if blocks else np.ones(self.shape, dtype=np.bool_)

    def parts(self, rows: Index) -> Mapping[Criterion, Shares]:
        """Return the points of each criterion for some people with every community."""
        found = {name: self._shares(name, rows) for name in self.weights}
        return {name: (self.weights[name] * share + 500) // FULL for name, share in found.items()}

    def _shares(self, name: Criterion, rows: Index) -> Shares:
        match name:
            case Criterion.SKILLS:
                return self._skills(rows)
            case Criterion.WISHES:
                return self._wishes[rows]
            case Criterion.CONTINUITY:
                return FULL * self._stayed[rows].astype(np.int32)
            case _:
                return self._of_leads(self._scorer.shares[name], rows, 0).astype(np.int32)

    def _skills(self, rows: Index) -> Shares:
        """Return how a mentor covers what is wanted, and where there is none how near the community is."""
        if self.programme.kind is not Kind.GROUP_MENTORING or not len(self._sides.mentors):
            return self._topics.shares(rows)
        covered = self._of_leads(lambda view: self._fit.cover(view), rows, 0)
        return np.where(self._has_lead, covered, self._topics.shares(rows)).astype(np.int32)

    def shared_minutes(self, rows: Index) -> NDArray[np.int32]:
        """Return the minutes of working time a day that some people share with each lead; 0 without one."""
        return self._of_leads(lambda view: shared_minutes(view, self._columns), rows, 0)

    @property
    def _has_lead(self) -> Mask:
        return np.asarray(self._lead < len(self._sides.mentors))

    def _of_leads(
        self, answer: Callable[[Block], NDArray[np.generic]], rows: Index, without: int
    ) -> NDArray[np.int32]:
        """Return what holds between some people and each community's lead; `without` where there is none."""
        leads = len(self._sides.mentors)
        found = np.full((len(rows), leads + 1), without, dtype=np.int32)
        if leads:
            found[:, :leads] = answer(Block(self._sides, rows, np.arange(leads)))
        return found[:, self._lead]

    @cached_property
    def _wishes(self) -> Shares:
        found = np.zeros(self.shape, dtype=np.int32)
        for row, member in enumerate(self.programme.people):
            for rank, wish in enumerate(member.wishes):
                found[row, self.column[wish]] = WISH_SHARES[min(rank, len(WISH_SHARES) - 1)]
        return found

    @cached_property
    def _stayed(self) -> Mask:
        rows = [row for row in self.problem.history if row.programme == self.programme.id]
        latest = max((row.round for row in rows), default="")
        return self._cells(row.members for row in rows if row.round == latest)

    def _cells(self, groups: Iterable[tuple[str, ...]]) -> Mask:
        """Mark the people and communities that are named together."""
        found: Mask = np.zeros(self.shape, dtype=np.bool_)
        for members in groups:
            rows = [self.row[member] for member in members if member in self.row]
            for member in members:
                if member in self.column:
                    column = self.column[member]
                    found[[row for row in rows if self.programme.people[row].person != member], column] = True
        return found

    def _conditions(self) -> Iterator[Condition]:
        """Yield every rule in the order they are applied: those that always hold first."""
        always = len(self._lead_rules) - len(self._led.rules)
        banned = self._cells(ban.members for ban in self.problem.bans if ban.programme == self.programme.id)
        for rule in self._lead_rules[:always]:
            keeps = self._kept_with_lead(rule)
            if rule.name == BANNED:
                keeps = _both(keeps, ~banned)
            yield Condition(rule.name, rule.sentence, keeps)
        if self.programme.candidates is not None:
            return
        for named, rule in zip(self._led.rules, self._lead_rules[always:], strict=True):
            yield Condition(rule.name, rule.sentence, self._test(named, rule))

    def _kept_with_lead(self, rule: HardRule) -> Callable[[Index], Mask]:
        return lambda rows: self._of_leads(rule.keeps, rows, 1) != 0

    def _test(self, named: Rule, rule: HardRule) -> Callable[[Index], Mask]:
        if named.rule is RuleName.NO_PRIOR_PAIR:
            rows = [row.members for row in self.problem.history if row.programme == self.programme.id]
            return _both(self._kept_with_lead(rule), ~self._cells(rows))
        if named.rule is RuleName.COVERS_WANTS:
            percent = named.percent or 0
            return lambda rows: (self._skills(rows) >= 10 * percent) | self._wants_nothing[rows, None]
        return self._kept_with_lead(rule)

    @cached_property
    def _wants_nothing(self) -> Mask:
        wants = [bool(self.problem.people[place].wants) for place in self.positions]
        return ~np.array(wants, dtype=np.bool_)

    @cached_property
    def named(self) -> Mask:
        """Which people and communities the explicit candidates name."""
        found: Mask = np.zeros(self.shape, dtype=np.bool_)
        for person, community, _points in self.programme.candidates or ():
            found[self.row[person], self.column[community]] = True
        return found


def _both(keeps: Callable[[Index], Mask], cells: Mask) -> Callable[[Index], Mask]:
    return lambda rows: keeps(rows) & cells[rows]


def _led_programme(programme: CommunitiesProgramme, leads: Iterable[str]) -> MentoringProgramme:
    """Return the programme as mentoring by its leads, for what holds between each member and a lead."""
    criteria = {name: weight for name, weight in programme.criteria.items() if name in OF_THE_LEAD}
    made = MentoringProgramme(
        id=programme.id,
        mentees=tuple(Mentee(person=row.person) for row in programme.people),
        mentors=tuple(Mentor(person=lead) for lead in leads),
        criteria=criteria,
    )
    if programme.candidates is not None:
        return replace(made, candidates=())
    return replace(made, rules=programme.rules)


def _explicit(
    programme: CommunitiesProgramme, row: Mapping[str, int], column: Mapping[str, int]
) -> Candidates:
    named = programme.candidates or ()
    return Candidates(
        np.array([row[person] for person, _community, _points in named], dtype=np.intp),
        np.array([column[community] for _person, community, _points in named], dtype=np.intp),
        np.array([points for _person, _community, points in named], dtype=np.int64),
    )
