"""The mixes that communities ask of their members: so many different values of an attribute."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.candidates import Candidates
from matching.communities.market import Market
from matching.groups import value_of
from matching.problem import Community
from matching.views import Index


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """A mix: members have at least `needed` different values; `codes` numbers each person's, -1 for none."""

    codes: Index
    needed: int


def demands_of(market: Market, locked: Candidates) -> tuple[tuple[Demand, ...], ...]:
    """Return the mixes of each community; values that locked members bring are met already."""
    people = [market.problem.people[place] for place in market.positions]
    communities = market.programme.communities
    names = sorted({mix.attribute for community in communities for mix in community.mix})
    values = {name: [value_of(person, name) for person in people] for name in names}
    codes = {name: _codes(column) for name, column in values.items()}
    in_it: dict[int, list[int]] = defaultdict(list)
    for row, column in zip(locked.rows.tolist(), locked.columns.tolist(), strict=True):
        in_it[column].append(row)
    return tuple(_demands_of(row, codes, in_it[column]) for column, row in enumerate(communities))


def _demands_of(community: Community, codes: dict[str, Index], locked: list[int]) -> tuple[Demand, ...]:
    found = []
    for mix in community.mix:
        of_all = codes[mix.attribute]
        met = set(of_all[locked].tolist()) - {-1}
        needed = mix.at_least - len(met)
        if needed > 0:
            new = np.where(np.isin(of_all, list(met)), -1, of_all) if met else of_all
            found.append(Demand(new, needed))
    return tuple(found)


def _codes(values: Sequence[str | None]) -> Index:
    number = {value: place for place, value in enumerate(sorted(Counter(v for v in values if v)))}
    return np.array([number[value] if value else -1 for value in values], dtype=np.intp)
