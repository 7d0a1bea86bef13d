"""Whom one person may be matched with by every rule, and for what points, the best first."""

from dataclasses import dataclass

import numpy as np

from matching.audit.matches import CommunityMatches, Matches, MentoringMatches, PeerMatches
from matching.candidates import Candidates
from matching.rules import Mask
from matching.solution import Role
from matching.views import Block, Index
from matching.watch import Watch


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody, or a community, that a person in a role may be matched with; points of the pair."""

    role: Role
    who: str
    points: int


def partners_of(reader: Matches, person: str, watch: Watch) -> list[Partner]:
    """Return everybody a person may be matched with, the most points first, equals by id."""
    found: list[Partner] = []
    if isinstance(reader, MentoringMatches):
        found = _of_mentoring(reader, person)
    elif isinstance(reader, PeerMatches):
        found = _of_peers(reader, person, watch)
    elif isinstance(reader, CommunityMatches):
        found = _of_communities(reader, person)
    return sorted(found, key=lambda row: (-row.points, row.who, row.role))


def _of_mentoring(reader: MentoringMatches, person: str) -> list[Partner]:
    market = reader.market
    row, column = reader.mentee_row.get(person), reader.mentor_row.get(person)
    found: list[Partner] = []
    if row is not None:
        pairs = _pairs(reader, np.array([row]), np.arange(len(market.programme.mentors)))
        others = [market.programme.mentors[place].person for place in pairs.columns.tolist()]
        found += [Partner(Role.MENTEE, *other) for other in zip(others, pairs.points.tolist(), strict=True)]
    if column is not None:
        pairs = _pairs(reader, np.arange(len(market.programme.mentees)), np.array([column]))
        others = [market.programme.mentees[place].person for place in pairs.rows.tolist()]
        found += [Partner(Role.MENTOR, *other) for other in zip(others, pairs.points.tolist(), strict=True)]
    return found


def _pairs(reader: MentoringMatches, rows: Index, columns: Index) -> Candidates:
    """Return the eligible pairs of some mentees with some mentors."""
    market = reader.market
    if market.explicit is not None:
        here = np.isin(market.explicit.rows, rows) & np.isin(market.explicit.columns, columns)
        return market.explicit.only(here)
    block = Block(market.sides, rows, columns)
    eligible: Mask = market.eligible(block)
    row, column = np.nonzero(eligible)
    return Candidates(rows[row], columns[column], market.scorer.points(block)[row, column].astype(np.int64))


def _of_peers(reader: PeerMatches, person: str, watch: Watch) -> list[Partner]:
    market = reader.market
    if not market.eligible.any():
        market.fill(watch)
    row = market.number.get(person)
    if row is None:
        return []
    others = np.flatnonzero(market.eligible[row]).tolist()
    return [Partner(Role.PEER, market.ids[other], int(market.points[row, other])) for other in others]


def _of_communities(reader: CommunityMatches, person: str) -> list[Partner]:
    market = reader.market
    if person not in market.row:
        return []
    found = market.candidates()
    found = found.only(found.rows == market.row[person])
    names = [market.programme.communities[column].id for column in found.columns.tolist()]
    return [Partner(Role.MEMBER, *other) for other in zip(names, found.points.tolist(), strict=True)]
