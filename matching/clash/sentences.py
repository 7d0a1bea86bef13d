"""Words for clashes: who and what cannot all stand, and what each relaxation would cost."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matching.clash.relaxations import Relaxation
from matching.communities.sentences import sentence_of_community
from matching.contrast.sentences import difference_words
from matching.counted import counted
from matching.peers.sentences import sentence_of_peers
from matching.problem import (
    CommunitiesProgramme,
    MentoringProgramme,
    PeerProgramme,
    Problem,
    Programme,
    Rule,
    RuleName,
)
from matching.rules import sentence_of
from matching.solution import Clash, ClashKind, ClashMember

FEW_NAMED = 10


class ClashSentences:
    """Words the clashes of one problem."""

    def __init__(self, problem: Problem) -> None:
        self._names = {person.id: person.name or person.id for person in problem.people}
        self._problem = problem

    def clash(self, clash: Clash) -> Iterator[str]:
        """Yield who must be matched, and what keeps them from it, a sentence each."""
        of: dict[ClashKind, list[ClashMember]] = {kind: [] for kind in ClashKind}
        for member in clash.members:
            of[member.kind].append(member)
        people, mentors = of[ClashKind.PERSON], of[ClashKind.PLACES]
        programme = self._problem.programme(clash.programme)
        if isinstance(programme, MentoringProgramme):
            yield self._who(people, mentors)
        else:
            yield from self._who_in_groups(programme, of)
        for member in of[ClashKind.RULE]:
            yield f'The rule "{_sentence(programme, member, member.figures)}" allows no others.'
        for member in of[ClashKind.BAN]:
            yield f"HR has ruled out that {self._listed(member.people)} are together."
        for member in of[ClashKind.LOCK]:
            yield f"{self._listed(member.people)} are locked together."
        if clash.smallest:
            yield "No fewer demands clash."

    def _who(self, people: Sequence[ClashMember], mentors: Sequence[ClashMember]) -> str:
        named = self._listed([row.people[0] for row in people])
        who = named if len(people) == 1 else f"{len(people):,} people ({named})"
        places = sum(row.places or 0 for row in mentors)
        if not mentors:
            return f"{who} must be matched, but there is no mentor for {'them' if people[1:] else 'this'}."
        with_whom = self._listed([row.people[0] for row in mentors])
        room = f"{places:,} place" if places == 1 else f"{places:,} places"
        if len(people) == 1:
            return f"{who} must be matched, but {with_whom} has no place left ({room} in all)."
        return f"{who} must be matched, and compete for {room} with {with_whom}."

    def _who_in_groups(
        self, programme: Programme, of: Mapping[ClashKind, Sequence[ClashMember]]
    ) -> Iterator[str]:
        """Yield who must be in a group, or what must open, and how many members communities take."""
        people = [row.people[0] for row in of[ClashKind.PERSON]]
        if people:
            who = (
                self._listed(people)
                if len(people) == 1
                else f"{len(people):,} people ({self._listed(people)})"
            )
            sizes = " or ".join(map(str, getattr(programme, "group_sizes", ())))
            into = f"in a group of {sizes}" if sizes else "in a community"
            yield f"{who} must be {into}, and cannot all be."
        for row in of[ClashKind.COMMUNITY]:
            yield f"{row.people[0]} must open, and cannot."
        for row in of[ClashKind.PLACES]:
            yield f"{row.people[0]} has room for {_members(row.places or 0)}."
        for row in of[ClashKind.NEEDS]:
            mixed = any(
                group.id == row.people[0] and group.mix for group in getattr(programme, "communities", ())
            )
            mix = ", as different as its mix asks" if mixed else ""
            yield f"{row.people[0]} opens with {_members(row.places or 0)} or more{mix}."

    def relaxation(self, row: Relaxation) -> str:
        """Say what is relaxed, whether that is enough, and what it costs."""
        words = difference_words(row.difference)
        enough = "everybody who must be matched would be"
        if row.left_out:
            enough = f"{row.left_out:,} who must be matched would still not be"
        return f"{self._relaxed(row)}, {enough}; {words}."

    def _relaxed(self, row: Relaxation) -> str:
        people = self._listed(row.member.people)
        programme = self._problem.programme(row.programme)
        match row.member.kind:
            case ClashKind.COMMUNITY:
                return f"If {people} need not open"
            case ClashKind.NEEDS if row.places:
                return f"If {people} opened with {_members(row.places)}"
            case ClashKind.NEEDS:
                return f"If {people} opened with any members"
            case ClashKind.PLACES if not self._is_mentor(row):
                return f"With room for {_members(row.places or 0)}, not {row.member.places:,}, in {people}"
            case ClashKind.PERSON:
                return f"If {people} need not be matched"
            case ClashKind.PLACES:
                return f"With {row.places:,} places, not {row.member.places:,}, with {people}"
            case ClashKind.BAN:
                return f"If {people} may be together"
            case ClashKind.LOCK:
                return f"Without the lock on {people}"
            case ClashKind.RULE if row.figures:
                return f'With the rule "{_sentence(programme, row.member, row.figures)}"'
            case ClashKind.RULE:
                return f'Without the rule "{_sentence(programme, row.member, row.member.figures)}"'
            case _:
                raise ValueError(row.member.kind)

    def _is_mentor(self, row: Relaxation) -> bool:
        return isinstance(self._problem.programme(row.programme), MentoringProgramme)

    def _listed(self, people: Sequence[str]) -> str:
        names = [self._names.get(person, person) for person in people[:FEW_NAMED]]
        if len(people) > FEW_NAMED:
            return f"{', '.join(names)} and {len(people) - FEW_NAMED:,} others"
        return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _members(number: int) -> str:
    return counted(number, "member")


def _sentence(programme: Programme, member: ClashMember, figures: Mapping[str, int | str]) -> str:
    """Say a rule with some figures in words."""
    given: dict[str, Any] = dict(figures)
    rule = Rule(rule=RuleName(member.rule or ""), **given)
    if isinstance(programme, PeerProgramme):
        return sentence_of_peers(rule).rstrip(".")
    if isinstance(programme, CommunitiesProgramme):
        return sentence_of_community(rule).rstrip(".")
    return sentence_of(rule).rstrip(".")
