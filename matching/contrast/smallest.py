"""The smallest change with which a mentee without a mentor can have one, and nobody must lose theirs."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np

from matching.contrast.mentoring import changes, steps_of
from matching.contrast.records import ChangeKind, Move, SmallestChange
from matching.contrast.standing import FAR, Standing
from matching.contrast.ways import Ways
from matching.problem import Person, Rule, RuleName, Wanted
from matching.rules import Mask, grades_above, shared_minutes
from matching.solution import Role
from matching.views import Block, Index

FULL = 1000


class SmallestChanges:
    """Looks for changes in one mentoring programme's plan.

    Notes
    -----
    A mentor can take one more without anybody losing a place when they have a place left, or one of their
    mentees may go to a mentor who can. Only such mentors are worth a relaxed rule, and each change is
    verified: the plan led round with the pair put in has to match the mentee and everybody of before.
    """

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._market = standing.market
        self._mentors = np.arange(len(self._market.programme.mentors))

    def of(self, person: str) -> SmallestChange | None:
        """Return the least change for a mentee without a mentor; `None` for who seeks none or needs none."""
        row = self._standing.mentee_row[person]
        if not self._standing.room.places[row] or self._standing.partners(0, row):
            return None
        block = Block(self._market.sides, np.array([row], dtype=np.intp), self._mentors)
        kept = [rule.keeps(block)[0] for rule in self._market.rules]
        if self._market.explicit is not None:
            kept.append(block.entries(self._market.named_pairs)[0])
        broken = sum((~mask).astype(np.int16) for mask in kept)
        eligible = np.flatnonzero(np.asarray(broken) == 0)
        if len(eligible):
            return self._place(person, row, eligible)
        if self._market.explicit is not None:
            return None
        rules = self._market.programme.rules
        only = {
            rule: np.flatnonzero((broken == 1) & ~mask & self._can_take_one)
            for rule, mask in zip(rules, kept[len(kept) - len(rules) :], strict=True)
        }
        for change in self._changes(row, only, block):
            moves = self._moves(row, change)
            if moves is not None:
                return replace(change, moves=moves)
        return self._recruit(person, row)

    def _place(self, person: str, row: int, eligible: Index) -> SmallestChange | None:
        """Return one more place with a mentor: one where it would be best used so, if there is any."""
        standing = self._standing
        pairs = standing.pairs_of([(row, column) for column in eligible.tolist()])
        if (standing.given[eligible] < standing.room.capacity[eligible]).any():
            # There is a place, and yet the goals do not want the match: no place more would change that.
            return None
        direct = standing.way_out[row] - standing.bonus[row] - standing.gains_of(pairs)
        # Otherwise the place goes to whoever comes the cheapest way, or stays empty at the mentor's price.
        cheapest = self._from_empty_places.cost[standing.shape[0] + eligible]
        rather_others = direct > np.minimum(cheapest, standing.price[eligible])
        best = np.lexsort((eligible, -pairs.points, rather_others))[0]
        _difference, moves = changes(standing, [(row, int(eligible[best]), 1)])
        return SmallestChange(
            programme=self._market.programme.id,
            person=person,
            kind=ChangeKind.PLACE,
            mentor=standing.mentor_ids[eligible[best]],
            needs_lock=bool(rather_others[best]),
            moves=moves,
        )

    @cached_property
    def _from_empty_places(self) -> Ways:
        return Ways(self._standing, sum(self._standing.shape))

    @cached_property
    def _can_take_one(self) -> Mask:
        """Which mentors can take one more without anybody losing a place."""
        standing = self._standing
        can: Mask = np.asarray(standing.given < standing.room.capacity)
        new = can.copy()
        waiting = np.unique(standing.chosen.rows)
        while new.any() and len(waiting):
            movable = self._may_go_to(waiting, new)
            goes = np.isin(standing.chosen.rows, movable)
            new = np.zeros_like(can)
            new[standing.chosen.columns[goes]] = True
            new &= ~can
            can |= new
            waiting = np.setdiff1d(waiting, movable)
        return can

    def _may_go_to(self, rows: Index, columns: Mask) -> Index:
        found = [part[(losses[:, columns] < FAR).any(axis=1)] for part, losses in self._standing.losses(rows)]
        return np.concatenate(found) if found else rows

    def _changes(self, row: int, only: dict[Rule, Index], block: Block) -> Iterator[SmallestChange]:
        """Yield the changes that would allow a pair, the least first."""
        person = self._person(row)
        made = SmallestChange(
            programme=self._market.programme.id, person=person.id, kind=ChangeKind.RULE_DROPPED
        )
        alone = [(rule, columns) for rule, columns in only.items() if len(columns)]
        for rule, columns in alone:
            if rule.rule is RuleName.COVERS_WANTS:
                yield from self._lower_levels(made, person, rule, columns)
        for rule, columns in alone:
            if rule.rule is RuleName.SHARED_HOURS:
                column, minutes = _most(columns, shared_minutes(block, self._market.columns)[0])
                mentor = self._standing.mentor_ids[column]
                lacking = (rule.minutes or 0) - minutes
                yield replace(made, kind=ChangeKind.HOURS, mentor=mentor, figure=lacking)
        # That a mentor can help at all is the last to be asked less of, and never dropped.
        alone.sort(key=lambda row: row[0].rule is RuleName.COVERS_WANTS)
        relaxed = [(rule, *self._figure(rule, columns, block)) for rule, columns in alone]
        for rule, column, figure in relaxed:
            if figure is not None:
                mentor = self._standing.mentor_ids[column]
                yield replace(made, kind=ChangeKind.RULE_RELAXED, rule=rule, figure=figure, mentor=mentor)
        for rule, column, _figure in relaxed:
            if rule.rule is not RuleName.COVERS_WANTS:
                yield replace(made, rule=rule, mentor=self._standing.mentor_ids[column])

    def _figure(self, rule: Rule, columns: Index, block: Block) -> tuple[int, int | None]:
        """Return the mentor for whom a rule needs to be relaxed least, and the figure it would have then."""
        match rule.rule:
            case RuleName.SHARED_HOURS:
                column, minutes = _most(columns, shared_minutes(block, self._market.columns)[0])
                return column, minutes or None
            case RuleName.COVERS_WANTS:
                column, percent = _most(columns, self._market.fit.cover(block)[0] // 10)
                return column, percent or None
            case RuleName.GRADE_DISTANCE:
                above, known = (found[0] for found in grades_above(block, self._market.columns))
                columns_known = columns[known[columns]]
                if len(columns_known):
                    low, high = (-1000 if rule.min is None else rule.min), rule.max
                    beyond = np.where(above < low, low - above, above - (above if high is None else high))
                    column, _nearest = _most(columns_known, -beyond)
                    return column, int(above[column])
        return int(columns[0]), None

    def _lower_levels(
        self, made: SmallestChange, person: Person, rule: Rule, columns: Index
    ) -> Iterator[SmallestChange]:
        """Yield one wanted level lower, where that makes a mentor cover enough: the least important first."""
        for want in sorted(person.wants, key=lambda want: (want.importance, want.skill)):
            if want.level == 1:
                continue
            lower = replace(want, level=want.level - 1)
            wants = [lower if other is want else other for other in person.wants]
            for column in columns.tolist():
                if self._covered(wants, column) >= 10 * (rule.percent or 0):
                    mentor = self._standing.mentor_ids[column]
                    yield replace(made, kind=ChangeKind.LEVEL, mentor=mentor, skills=(lower,))
                    break

    def _covered(self, wants: list[Wanted], column: int) -> int:
        """Return how far a mentor covers these wants, in thousandths, as `matching.offers` does."""
        mentor = self._market.problem.people[self._market.sides.mentors[column]]
        total = 0
        for want in wants:
            near = self._market.closeness.near(want.skill)
            worth = [
                near.get(held.skill, 0) * min(held.level, want.level) // want.level for held in mentor.holds
            ]
            total += want.importance * max(worth, default=0)
        return total // sum(want.importance for want in wants)

    def _moves(self, row: int, change: SmallestChange) -> tuple[Move, ...] | None:
        """Return who would move if the pair were put in; `None` when somebody would lose their mentor."""
        standing = self._standing
        column = standing.mentor_row[change.mentor or ""]
        way = Ways(standing, standing.shape[0] + column, row).way_to(row)
        _difference, moves = changes(standing, [(row, column, 1), *steps_of(standing, way)])
        losers = (move for move in moves if move.role is Role.MENTEE and len(move.after) < len(move.before))
        return None if any(losers) else moves

    def _recruit(self, person: str, row: int) -> SmallestChange:
        """Return a mentor to look for: with the most important wants, as many as the rules ask for."""
        covers = [
            rule.percent or 0 for rule in self._market.programme.rules if rule.rule is RuleName.COVERS_WANTS
        ]
        wants = sorted(self._person(row).wants, key=lambda want: (-want.importance, want.skill))
        everything = sum(want.importance for want in wants)
        needed: list[Wanted] = []
        for want in wants:
            needed.append(want)
            if 100 * sum(row.importance for row in needed) >= max(covers, default=1) * everything:
                break
        return SmallestChange(
            programme=self._market.programme.id,
            person=person,
            kind=ChangeKind.RECRUIT,
            skills=tuple(needed),
        )

    def _person(self, row: int) -> Person:
        place = int(self._market.sides.mentees[row])
        return self._market.problem.people[place]


def _most(columns: Index, figures: Index) -> tuple[int, int]:
    """Return the mentor with the greatest figure, the first of several, and the figure."""
    column = int(columns[np.argmax(figures[columns])])
    return column, int(figures[column])
