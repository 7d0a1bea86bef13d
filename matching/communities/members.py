"""What each membership of a plan earns by itself, criterion by criterion: a solution only has the sums."""

from collections.abc import Iterable, Mapping

import numpy as np

from matching.communities.market import Market
from matching.problem import CommunitiesProgramme, Problem
from matching.watch import Limits, Watch

Membership = tuple[str, str]  # person, community


def parts_of_members(
    problem: Problem, programme: CommunitiesProgramme, memberships: Iterable[Membership]
) -> dict[Membership, Mapping[str, int]]:
    """Return the points that each criterion gives people in communities.

    Parameters
    ----------
    problem, programme
        What was solved; criteria give points, so a programme with explicit candidates has no parts.
    memberships
        Pairs of a person and a community of the programme.

    Returns
    -------
    dict
        For each membership the points, integers from 0 to the weight of the criterion.
    """
    market = Market(problem, programme, Watch(Limits()))
    asked: dict[int, list[Membership]] = {}
    for person, community in memberships:
        asked.setdefault(market.row[person], []).append((person, community))
    found: dict[Membership, Mapping[str, int]] = {}
    for rows in market.blocks_of(np.array(sorted(asked), dtype=np.intp)):
        parts = market.parts(rows)
        for place, row in enumerate(rows.tolist()):
            for member in asked[row]:
                column = market.column[member[1]]
                found[member] = {str(name): int(points[place, column]) for name, points in parts.items()}
    return found
