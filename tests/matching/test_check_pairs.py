"""The check looks at pairs mentee by mentee, mentor by mentor, and pair by pair: what it finds is always the same."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings

from matching.check import ViolationKind, fit, grid
from matching.check.grid import Grid, RuledGrid, grid_of
from matching.check.hours import offsets, overlap
from matching.check.sheet import ALL, Sheet, among
from matching.check.skills import closeness
from matching.problem import (
    Chat,
    Criterion,
    MentoringProgramme,
    Person,
    Problem,
    ProblemError,
    Rule,
    RuleName,
)
from tests.matching.problems import one_pair, read
from tests.matching.test_check_random import QUIET, SEEDS, random_candidates, random_problem, random_rules


def sheet_of(seed: int, *, ruled: bool) -> Sheet | None:
    """Return the sheet of a random problem with rated chats, by rules or candidates; nothing when it is none."""
    draw = Random(seed)
    try:
        problem = random_problem(draw)
        first = problem.programmes[0]
        assert isinstance(first, MentoringProgramme)
        pairs = product((row.person for row in first.mentees), (row.person for row in first.mentors))
        rating = (None, 1, 2, 3, 4, 5)
        chats = {
            frozenset(pair): Chat(
                programme="g0", members=pair, ratings=(draw.choice(rating), draw.choice(rating))
            )
            for pair in pairs
            if pair[0] != pair[1] and draw.random() < 0.2
        }
        programme = replace(first, candidates=random_candidates(draw, first), rules=(), criteria={})
        if ruled:
            criteria = {name: draw.choice((0, 7, 40)) for name in Criterion}
            programme = replace(programme, candidates=None, rules=random_rules(draw), criteria=criteria)
        changed = replace(
            problem, chats=tuple(chats.values()), programmes=(programme, *problem.programmes[1:])
        )
    except ProblemError:
        return None
    return Sheet(changed, programme)


@dataclass
class Plain:
    """What holds of two people, as the documentation says it, without any array."""

    problem: Problem
    programme: MentoringProgramme

    def minutes(self, mentee: Person, mentor: Person) -> int:
        """Return the minutes shared on the worst day of the round."""
        if not (mentee.time_zone and mentor.time_zone and mentee.working_hours and mentor.working_hours):
            return 0
        first, last = self.problem.dates
        days = tuple(first + timedelta(days=day) for day in range((last - first).days + 1))
        apart = {
            a - b
            for a, b in zip(offsets(mentee.time_zone, days), offsets(mentor.time_zone, days), strict=True)
        }
        return min(overlap(mentee.working_hours, mentor.working_hours, shift) for shift in apart)

    def share(self, mentee: Person, mentor: Person, worth) -> int:
        """Return the average by importance of what the mentor's best skill is worth for each want."""
        total = sum(
            want.importance
            * max(
                (worth(self.near[want.skill].get(h.skill, 0), h.level, want.level) for h in mentor.holds),
                default=0,
            )
            for want in mentee.wants
        )
        return total // max(1, sum(want.importance for want in mentee.wants))

    def covered(self, mentee: Person, mentor: Person) -> int:
        return self.share(mentee, mentor, lambda near, held, wanted: near * min(held, wanted) // wanted)

    def stepped(self, mentee: Person, mentor: Person) -> int:
        rates = {0: 500, 1: 1000, 2: 1000, 3: 600, 4: 600}
        return self.share(
            mentee, mentor, lambda near, held, wanted: near * rates.get(held - wanted, 0) // 1000
        )

    def points(self, mentee: Person, mentor: Person) -> dict[str, int]:
        """Return the parts of the points of two people."""
        history = [row for row in self.problem.history if row.programme == self.programme.id]
        latest = max((row.round for row in history), default="")
        stayed = any(row.round == latest and {mentee.id, mentor.id} <= set(row.members) for row in history)
        (wished,) = (row.wishes for row in self.programme.mentees if row.person == mentee.id)
        wishes = dict(zip(wished, (1000, 800, 600, 400, 200), strict=False))
        chats = [row for row in self.problem.chats if {mentee.id, mentor.id} == set(row.members)]
        ratings = [3 if rating is None else rating for row in chats for rating in row.ratings]
        known = None not in (mentee.grade, mentor.grade)
        shares = {
            Criterion.SKILLS: self.covered(mentee, mentor),
            Criterion.LEVEL_STEP: self.stepped(mentee, mentor),
            Criterion.HOURS: min(self.minutes(mentee, mentor), 240) * 1000 // 240,
            Criterion.VARIETY: 500 * other(mentee.department, mentor.department)
            + 500 * other(mentee.location, mentor.location),
            Criterion.WISHES: wishes.get(mentor.id, 0),
            Criterion.CONTINUITY: 1000 * stayed,
            Criterion.RATINGS: sum(250 * (rating - 1) for rating in ratings) // 2,
            Criterion.LOCATION: 1000
            if same(mentee.location, mentor.location)
            else 500 * same(mentee.time_zone, mentor.time_zone),
            Criterion.GRADE_STEP: {0: 600, 1: 1000, 2: 1000, 3: 600, 4: 300}.get(
                mentor.grade - mentee.grade, 0
            )
            if known
            else 0,
        }
        return {
            str(name): (weight * shares[name] + 500) // 1000
            for name, weight in self.programme.criteria.items()
            if weight > 0
        }

    def breaks(self, rule: Rule, mentee: Person, mentor: Person) -> bool:
        """Tell whether two people break a rule."""
        match rule.rule:
            case RuleName.NOT_IN_REPORTING_LINE:
                return mentor.id in self.above(mentee) or mentee.id in self.above(mentor)
            case RuleName.SHARED_HOURS:
                return self.minutes(mentee, mentor) < rule.minutes
            case RuleName.SHARED_LANGUAGE:
                return not set(mentee.languages) & set(mentor.languages)
            case RuleName.NO_PRIOR_PAIR:
                rows = [row.members for row in self.problem.history if row.programme == self.programme.id]
                both = {mentee.id, mentor.id}
                return len(both) == 2 and any(both <= set(members) for members in rows)
            case RuleName.GRADE_DISTANCE:
                if mentee.grade is None or mentor.grade is None:
                    return True
                apart = mentor.grade - mentee.grade
                return not (rule.min is None or rule.min <= apart) or not (
                    rule.max is None or apart <= rule.max
                )
            case RuleName.OTHER_DEPARTMENT:
                return not other(mentee.department, mentor.department)
            case RuleName.SAME_ATTRIBUTE:
                return not same(mentee.attributes.get(rule.name), mentor.attributes.get(rule.name))
            case RuleName.COVERS_WANTS:
                return bool(mentee.wants) and self.covered(mentee, mentor) < 10 * rule.percent
        raise ValueError(rule)

    def above(self, person: Person) -> Iterator[str]:
        people = {row.id: row for row in self.problem.people}
        while person.manager is not None:
            yield person.manager
            person = people[person.manager]

    @cached_property
    def near(self) -> dict[str, dict[str, int]]:
        return closeness(self.problem)


def same(own: str | None, others: str | None) -> bool:
    return bool(own) and own == others


def other(own: str | None, others: str | None) -> bool:
    return bool(own) and bool(others) and own != others


def pairs_of(sheet: Sheet) -> list[tuple[int, int]]:
    return list(product(range(len(sheet.mentees)), range(len(sheet.mentors))))


def barred(sheet: Sheet, row: int, column: int) -> set[ViolationKind]:
    """Return what always forbids a pair, and the rules it breaks, as the documentation says it."""
    problem, programme = sheet.problem, sheet.programme
    mentee, mentor = sheet.mentees[row], sheet.mentors[column]
    both, plain = {mentee.id, mentor.id}, Plain(problem, programme)
    found = {ViolationKind(rule.rule) for rule in programme.rules if plain.breaks(rule, mentee, mentor)}
    if mentee is mentor:
        found.add(ViolationKind.SELF)
    elif any(both <= set(block) for block in problem.blocks):
        found.add(ViolationKind.BLOCK)
    if mentee is not mentor and any(
        both <= set(b.members) for b in problem.bans if b.programme == programme.id
    ):
        found.add(ViolationKind.BAN)
    return found


def looks(sheet: Sheet, grid: Grid) -> Iterator[dict[tuple[int, int], set[ViolationKind]]]:
    """Yield what forbids each pair, as it is found in each of the ways to look at pairs."""
    pairs = pairs_of(sheet)

    def told(masks):
        return {pair: {kind for kind, mask in masks(*pair) if mask} for pair in pairs}

    by_row = [grid.forbidden(row) for row in range(len(sheet.mentees))]
    yield told(lambda row, column: ((kind, mask[column]) for kind, mask in by_row[row].items()))
    by_column = [grid.forbidden(ALL, column) for column in range(len(sheet.mentors))]
    yield told(lambda row, column: ((kind, mask[row]) for kind, mask in by_column[column].items()))
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    one_by_one = grid.forbidden(rows, columns)
    place = {pair: number for number, pair in enumerate(pairs)}
    yield told(lambda *pair: ((kind, mask[place[pair]]) for kind, mask in one_by_one.items()))


@given(seed=SEEDS)
@settings(QUIET, max_examples=60)
def test_rules_forbid_what_they_say_in_every_way_to_look(seed):
    """A row, a column and a list of pairs show the same, which is what each rule says of two people."""
    sheet = sheet_of(seed, ruled=True)
    assume(sheet)
    expected = {pair: barred(sheet, *pair) for pair in pairs_of(sheet)}
    for found in looks(sheet, grid_of(sheet)):
        assert found == expected


@given(seed=SEEDS)
@settings(QUIET, max_examples=60)
def test_points_are_those_of_two_people_in_every_way_to_look(seed):
    """Every criterion earns in a row, in a column and in a list of pairs what it says of two people."""
    sheet = sheet_of(seed, ruled=True)
    assume(sheet and sheet.mentees and sheet.mentors)
    found, pairs = (
        grid_of(sheet),
        [pair for pair in pairs_of(sheet) if sheet.mentees[pair[0]].id != sheet.mentors[pair[1]].id],
    )
    assert isinstance(found, RuledGrid)
    plain = Plain(sheet.problem, sheet.programme)
    expected = [plain.points(sheet.mentees[row], sheet.mentors[column]) for row, column in pairs]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    assert list(found.worths(rows, columns)) == [(sum(parts.values()), parts) for parts in expected]
    by_row = [found.scores.parts(row) for row in range(len(sheet.mentees))]
    by_column = [found.scores.parts(ALL, column) for column in range(len(sheet.mentors))]
    for (row, column), parts in zip(pairs, expected, strict=True):
        assert {str(name): part[column] for name, part in by_row[row].items()} == parts
        assert {str(name): part[row] for name, part in by_column[column].items()} == parts


@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize(("at_once", "memory"), [(grid.AT_ONCE, fit.MEMORY), (1, 0), (5, 200)])
@given(seed=SEEDS)
@settings(QUIET, max_examples=25)
def test_candidates_are_all_that_nothing_forbids(seed, ruled, at_once, memory):
    """Each eligible pair comes once, with its points, however many come together or are kept in mind."""
    sheet = sheet_of(seed, ruled=ruled)
    assume(sheet)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grid, "AT_ONCE", at_once)
        patch.setattr(fit, "MEMORY", memory)
        found = grid_of(sheet)
        parts = list(found.candidates())
    listed = [
        row
        for part in parts
        for row in zip(*(a.tolist() for a in (part.rows, part.columns, part.points)), strict=True)
    ]
    allowed = {pair for pair in pairs_of(sheet) if pair not in sheet.locked}
    for forbidden in looks(sheet, found):
        allowed = {pair for pair in allowed if not forbidden[pair]}
    rows, columns = np.array(sorted(allowed), dtype=np.int64).reshape(-1, 2).T
    worths = [points for points, _parts in found.worths(rows, columns)]
    assert sorted(listed) == [(*pair, points) for pair, points in zip(sorted(allowed), worths, strict=True)]
    assert len(parts) >= len(listed) // (at_once + len(sheet.mentors))


@pytest.mark.parametrize("importances", [(10, 10, 10, 2), (10, 10, 10, 3), (10,) * 5])
def test_much_that_matters_much_is_still_counted_exactly(importances):
    """Sums beyond 16 bits are exact: who holds all that is wanted covers all of it, whatever it weighs."""
    skills = "abcde"[: len(importances)]
    mentee = {
        "wants": [{"skill": s, "level": 5, "importance": i} for s, i in zip(skills, importances, strict=True)]
    }
    mentor = {"holds": [{"skill": s, "level": 5} for s in skills]}
    nodes = {"nodes": [{"id": s, "label": s} for s in skills], "edges": []}
    problem = read(
        one_pair([], ann=mentee, ben=mentor, skills=nodes, criteria={"skills": 100, "level_step": 100})
    )
    (programme,) = problem.programmes
    (part,) = grid_of(Sheet(problem, programme)).candidates()
    assert part.points.tolist() == [150]


def test_of_pairs_listed_no_other_is_found():
    """Pairs before, between and after those listed are not among them, nor is any among none."""
    listed = np.array([2, 3, 7])
    assert among(np.arange(9), listed).tolist() == [n in (2, 3, 7) for n in range(9)]
    assert not among(np.arange(3), listed[:0]).any()
