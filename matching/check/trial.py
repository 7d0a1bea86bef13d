"""Tries a clash member by member, whatever the kind of its programme."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from matching.check.report import Violation, ViolationKind
from matching.problem import Programme, Rule
from matching.solution import Clash, ClashMember

FIGURES = ("minutes", "min", "max", "name", "percent")


class Undecided(Exception):
    """Whether the members of a clash can stand could not be found out."""


class Trial(ABC):
    """One clash; each kind of programme knows its members and what can stand."""

    def __init__(self, programme: Programme, clash: Clash, where: str) -> None:
        self.clash, self.where = clash, where
        self._programme = programme

    @abstractmethod
    def is_known(self, row: ClashMember) -> bool:
        """Tell whether the problem has something like this member."""

    @abstractmethod
    def can_stand(self, members: Sequence[ClashMember]) -> bool:
        """Tell whether everybody, and everything, among the members can be matched.

        Raises
        ------
        Undecided
            When that could not be found out.
        """

    def stands_plainly(self, _members: Sequence[ClashMember]) -> bool | None:
        """Tell it at once where exchanges of places show it; `None` where it takes more than that."""
        return None

    def _stands(self, members: Sequence[ClashMember]) -> bool:
        plainly = self.stands_plainly(members)
        return self.can_stand(members) if plainly is None else plainly

    def violations(self) -> Iterator[Violation]:
        """Yield what is wrong with the clash, or that it could not be checked."""
        try:
            yield from self._violations()
        except Undecided:
            sentence = "Whether the members of the clash clash could not be found out."
            yield Violation(ViolationKind.WRONG_CLASH, self.where, sentence)

    def _violations(self) -> Iterator[Violation]:
        strange = [number for number, row in enumerate(self.clash.members) if not self.is_known(row)]
        for number in strange:
            sentence = "The problem has nothing like this member of the clash."
            yield Violation(ViolationKind.WRONG_CLASH, f"{self.where}.members[{number}]", sentence)
        members = self.clash.members
        if strange or any(row in members[:number] for number, row in enumerate(members)):
            if not strange:
                yield Violation(ViolationKind.WRONG_CLASH, self.where, "A member of the clash stands twice.")
            return
        if self._stands(members):
            sentence = "The members of the clash do not clash: everybody among them could be matched."
            yield Violation(ViolationKind.WRONG_CLASH, self.where, sentence)
            return
        for number in range(len(members)):
            if not self._stands((*members[:number], *members[number + 1 :])):
                sentence = "The clash does not need this member: without it the others clash as well."
                yield Violation(ViolationKind.WRONG_CLASH, f"{self.where}.members[{number}]", sentence)

    def rule_of(self, row: ClashMember) -> Rule | None:
        """Return the rule of the programme that a member stands for."""
        for rule in self._programme.rules if self._programme.candidates is None else ():
            figures = {name: getattr(rule, name) for name in FIGURES if getattr(rule, name) is not None}
            if rule.rule == row.rule and figures == dict(row.figures):
                return rule
        return None
