"""Which rules keep two apart, in a programme of any kind."""

import numpy as np

from matching.candidates import Market
from matching.communities.market import Market as CommunitiesMarket
from matching.contrast.broken import broken_rules
from matching.contrast.records import BrokenRule
from matching.peers.market import PeerMarket
from matching.peers.rules import both_ways
from matching.problem import CommunitiesProgramme, MentoringProgramme, PeerProgramme, Problem, Programme
from matching.rules import NOT_A_CANDIDATE
from matching.watch import Limits, Watch


def broken_by(problem: Problem, programme: Programme, members: tuple[str, str]) -> tuple[BrokenRule, ...]:
    """Return the rules that two members of a programme break, in the order in which rules are applied.

    Figures are given for a mentee and a mentor; among peers and in communities only the names of the rules.
    """
    if isinstance(programme, PeerProgramme):
        return _broken_by_peers(problem, programme, members)
    if isinstance(programme, CommunitiesProgramme):
        return _broken_by_member(problem, programme, members)
    assert isinstance(programme, MentoringProgramme)  # noqa: S101 - the kinds are these three
    market = Market(problem, programme, Watch(Limits()))
    mentees, mentors = ([row.person for row in rows] for rows in (programme.mentees, programme.mentors))
    return broken_rules(market, mentees.index(members[0]), mentors.index(members[1]))


def _broken_by_peers(
    problem: Problem, programme: PeerProgramme, members: tuple[str, str]
) -> tuple[BrokenRule, ...]:
    market = PeerMarket(problem, programme, Watch(Limits()))
    first, second = (np.array([market.number[member]], dtype=np.intp) for member in members)
    there, back = market.pairs(first, second)
    names = [rule.name for rule in market.rules if not both_ways(rule, there, back).all()]
    if market.listed is not None and not market.listed[int(first[0]), int(second[0])]:
        names.append(NOT_A_CANDIDATE)
    return tuple(BrokenRule(rule=name) for name in names)


def _broken_by_member(
    problem: Problem, programme: CommunitiesProgramme, members: tuple[str, str]
) -> tuple[BrokenRule, ...]:
    market = CommunitiesMarket(problem, programme, Watch(Limits()))
    row, column = market.row[members[0]], market.column[members[1]]
    rows = np.array([row], dtype=np.intp)
    names = [rule.name for rule in market.conditions if not rule.keeps(rows)[0, column]]
    if programme.candidates is not None and not market.named[row, column]:
        names.append(NOT_A_CANDIDATE)
    return tuple(BrokenRule(rule=name) for name in names)
