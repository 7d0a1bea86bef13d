"""Why somebody is in no community, and why a community stays closed: one cause each."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from matching.candidates import Candidates
from matching.causes import NAMED_RIVALS, OWN_RULES
from matching.communities.market import NOT_A_CANDIDATE, Market
from matching.communities.mixes import Demand, demands_of
from matching.communities.task import pairs_apart
from matching.goals import Amounts
from matching.problem import GoalName
from matching.rules import SELF, Mask
from matching.solution import Cause, CauseKind, Closed, ClosedKind, Role, Unmatched
from matching.views import Index


class Diagnosis:
    """Looks at everybody without a community and every community without members, given the whole plan.

    `finished` tells that the plan is proved: then nothing is as it is only because the solve was stopped.
    Who is `spent`, by place among the problem's people, has no hours left for one community more.
    """

    def __init__(
        self, market: Market, members: Candidates, *, finished: bool, spent: Mask | None = None
    ) -> None:
        people, communities = market.shape
        everybody = market.problem.people
        tired = () if spent is None else np.flatnonzero(spent).tolist()
        self._spent = {everybody[place].id for place in tired}
        self._market = market
        self._finished = finished
        self._joined = np.bincount(members.rows, minlength=people)
        self._sizes = np.bincount(members.columns, minlength=communities)
        self._most = np.array([row.max for row in market.programme.communities], dtype=np.int64)
        self._members: list[set[int]] = [set() for _community in range(communities)]
        for row, column in zip(members.rows.tolist(), members.columns.tolist(), strict=True):
            self._members[column].add(row)
        self._foes: dict[int, set[int]] = {}
        for first, second in pairs_apart(market):
            self._foes.setdefault(first, set()).add(second)
            self._foes.setdefault(second, set()).add(first)

    def people(self) -> Iterator[Unmatched]:
        """Yield everybody without a community, by id."""
        programme = self._market.programme
        for rows in self._market.blocks_of(np.flatnonzero(self._joined == 0)):
            seen = _look(self._market, rows)
            for number, row in enumerate(rows.tolist()):
                cause = self._cause(row, seen, number)
                person = programme.people[row].person
                yield Unmatched(programme=programme.id, person=person, role=Role.MEMBER, cause=cause)

    def _cause(self, row: int, seen: "_Look", number: int) -> Cause:
        eligible = np.flatnonzero(seen.eligible[number])
        rivals: list[int] = []
        if self._market.programme.people[row].places == 0:
            kind = CauseKind.NO_PLACES_ASKED
        elif not len(eligible):
            kind = CauseKind.OWN_CONDITIONS if seen.narrow[number] else CauseKind.NO_ELIGIBLE_PARTNER
        elif self._market.programme.people[row].person in self._spent:
            kind = CauseKind.OWN_HOURS
        else:
            kind, full = self._kept_out(row, eligible)
            rivals = sorted(set().union(*(self._members[column] for column in full)))
        removed = {name: int(count[number]) for name, count in seen.removed.items() if count[number]}
        return Cause(
            kind=kind,
            # Nobody counts the communities that they lead.
            considered=len(self._most) - removed.pop(SELF, 0),
            eligible=len(eligible),
            rules=removed,
            rivals=tuple(self._market.programme.people[rival].person for rival in rivals[:NAMED_RIVALS]),
            rival_count=len(rivals),
        )

    def _kept_out(self, row: int, eligible: Index) -> tuple[CauseKind, list[int]]:
        """Return why none of these communities has somebody among its members, and which of them are full."""
        opened = [column for column in eligible.tolist() if self._sizes[column]]
        full = [column for column in opened if self._sizes[column] >= self._most[column]]
        foes = self._foes.get(row, set())
        welcome = [c for c in opened if c not in full and foes.isdisjoint(self._members[c])]
        if welcome:
            # With coverage first nobody is left out of a proved plan beside a free place.
            later = self._market.programme.goals[0] is not GoalName.COVERAGE
            return (CauseKind.NO_GAIN if self._finished and later else CauseKind.NOT_SOLVED), []
        if full:
            return CauseKind.PLACES_RAN_OUT, full
        if len(opened) < len(eligible):
            return (CauseKind.NOT_OPENED if self._finished else CauseKind.NOT_SOLVED), []
        return CauseKind.OWN_CONDITIONS, []

    def communities(self, eligible: Candidates | None) -> Iterator[Closed]:
        """Yield every community without members; `eligible` is not known when the solve was stopped."""
        programme = self._market.programme
        demands = demands_of(self._market, NOBODY)
        if eligible is None:
            eligible = self._market.unwatched().candidates()
        seeking = np.array([row.places > 0 for row in programme.people], dtype=np.bool_)
        asked = eligible.only(seeking[eligible.rows]) if len(eligible) else eligible
        order = np.argsort(asked.columns, kind="stable")
        first = np.searchsorted(asked.columns[order], np.arange(len(self._most) + 1))
        for column, community in enumerate(programme.communities):
            if not self._sizes[column]:
                people = asked.rows[order[first[column] : first[column + 1]]]
                kind, needed, values = self._closed(people, column, demands[column])
                yield Closed(
                    programme=programme.id,
                    community=community.id,
                    kind=kind,
                    eligible=len(people),
                    needed=needed,
                    values=values,
                )

    def _closed(self, people: Index, column: int, demands: tuple[Demand, ...]) -> tuple[ClosedKind, int, int]:
        least = max(1, self._market.programme.communities[column].min)
        if self._most[column] == 0:
            return ClosedKind.NO_ROOM, least, 0
        if len(people) < least:
            return ClosedKind.TOO_FEW, least, 0
        for demand in demands:
            values = len(set(demand.codes[people].tolist()) - {-1})
            if min(values, int(self._most[column])) < demand.needed:
                return ClosedKind.TOO_ALIKE, demand.needed, values
        if self._market.programme.communities[column].lead in self._spent:
            return ClosedKind.LEAD_HOURS, least, 0
        return (ClosedKind.NOT_BEST if self._finished else ClosedKind.NOT_SOLVED), least, 0


NOBODY = Candidates(*(np.zeros(0, dtype=np.int64) for _column in range(3)))


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """What a look at some people found: what they may join, would but for people's own rules, and why."""

    eligible: Mask
    narrow: Mask
    removed: dict[str, Amounts]


def _look(market: Market, rows: Index) -> _Look:
    eligible: Mask = np.ones((len(rows), market.shape[1]), dtype=np.bool_)
    by_others = eligible.copy()
    removed: dict[str, Amounts] = {}
    for condition in market.conditions:
        kept = condition.keeps(rows)
        removed[condition.name] = removed.get(condition.name, 0) + (eligible & ~kept).sum(axis=1)
        eligible &= kept
        if condition.name not in OWN_RULES:
            by_others &= kept
    if market.programme.candidates is not None:
        named = market.named[rows]
        removed[NOT_A_CANDIDATE] = (eligible & ~named).sum(axis=1)
        eligible &= named
        by_others &= named
    return _Look(eligible, np.asarray(by_others.any(axis=1)), removed)
