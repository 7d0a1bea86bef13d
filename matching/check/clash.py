"""Verifies a clash with code of its own: that its members cannot all stand, and that none could be spared."""

from collections.abc import Iterator, Sequence

from matching.check.clash_groups import BoardTrial, PeerTrial
from matching.check.exchanges import places_for
from matching.check.fit import Fit
from matching.check.hours import SharedHours
from matching.check.report import Violation, ViolationKind
from matching.check.required import missing
from matching.check.rules import Rules
from matching.check.sheet import Sheet
from matching.check.trial import Trial
from matching.problem import CommunitiesProgramme, MentoringProgramme, PeerProgramme, Problem, Programme
from matching.solution import Clash, ClashKind, ClashMember, Solution


def clash_violations(problem: Problem, solution: Solution) -> Iterator[Violation]:
    """Yield clashes that are none, or have members they do not need or that the problem does not have."""
    for index, clash in enumerate(solution.clashes):
        where = f"clashes[{index}]"
        programme = next((row for row in problem.programmes if row.id == clash.programme), None)
        if programme is None or clash.programme not in solution.programmes:
            sentence = f"{clash.programme} is no programme that was solved."
            yield Violation(ViolationKind.WRONG_CLASH, where, sentence)
        elif any(row.programme == clash.programme for row in solution.clashes[:index]):
            sentence = f"There are two clashes of {clash.programme}."
            yield Violation(ViolationKind.WRONG_CLASH, where, sentence)
        elif not missing(programme, solution):
            sentence = f"Everybody who must be matched in {clash.programme} is; nothing clashes."
            yield Violation(ViolationKind.WRONG_CLASH, where, sentence)
        else:
            yield from _trial_of(problem, programme, clash, where).violations()


def _trial_of(problem: Problem, programme: Programme, clash: Clash, where: str) -> Trial:
    if isinstance(programme, MentoringProgramme):
        return _Trial(Sheet(problem, programme), clash, where)
    if isinstance(programme, PeerProgramme):
        return PeerTrial(problem, programme, clash, where)
    if isinstance(programme, CommunitiesProgramme):
        return BoardTrial(problem, programme, clash, where)
    raise TypeError(programme)


class _Trial(Trial):
    """A clash of one programme of mentoring."""

    def __init__(self, sheet: Sheet, clash: Clash, where: str) -> None:
        super().__init__(sheet.programme, clash, where)
        self.sheet = sheet
        self.locks = {lock.members for lock in sheet.locked.values()}
        programme = sheet.programme
        self.bans = {row.members for row in sheet.problem.bans if row.programme == programme.id}
        self.required = {(row.person,) for row in programme.mentees if row.required}
        self.places = {(row.person,): row.capacity for row in programme.mentors}
        fit, hours = Fit(sheet), SharedHours(sheet)
        self.rules = Rules(sheet, hours, fit)

    def is_known(self, row: ClashMember) -> bool:
        """Tell whether the problem has something like this member."""
        sheet, plain = self.sheet, ClashMember(kind=row.kind, people=row.people)
        match row.kind:
            case ClashKind.PERSON:
                return row == plain and row.people in self.required
            case ClashKind.RULE:
                return not row.people and row.places is None and self.rule_of(row) is not None
            case ClashKind.LOCK:
                return row == plain and row.people in self.locks
            case ClashKind.BAN:
                return row == plain and row.people in self.bans
            case ClashKind.PLACES:
                known = len(row.people) == 1 and row.people[0] in sheet.column
                return (
                    known and row.rule is None and row.places == sheet.capacity[sheet.column[row.people[0]]]
                )
            case _:
                return False

    def can_stand(self, members: Sequence[ClashMember]) -> bool:
        """Tell whether everybody among the members can have a mentor."""
        locks = [row.people for row in members if row.kind is ClashKind.LOCK]
        settled = {mentee for mentee, _mentor in locks}
        places = {
            self.sheet.column[row.people[0]]: (row.places or 0)
            - sum(mentor == row.people[0] for _mentee, mentor in locks)
            for row in members
            if row.kind is ClashKind.PLACES
        }
        people = [row.people[0] for row in members if row.kind is ClashKind.PERSON]
        may = {person: self._mentors_of(person, members) for person in people if person not in settled}
        return places_for(may, places) is not None

    def _mentors_of(self, person: str, members: Sequence[ClashMember]) -> list[int]:
        """Return the columns that the members, and what always holds, allow somebody."""
        row = self.sheet.row[person]
        forbidden = self.rules.always(row)
        bans = [row.people for row in members if row.kind is ClashKind.BAN and person in row.people]
        banned = {other for people in bans for other in people}
        shut = forbidden[ViolationKind.SELF] | forbidden[ViolationKind.BLOCK]
        shut[self.sheet.columns(banned)] = True
        if self.sheet.programme.candidates is not None:
            listed = [
                self.sheet.column[b] for a, b, _points in self.sheet.programme.candidates if a == person
            ]
            return [column for column in listed if not shut[column]]
        for member in members:
            rule = self.rule_of(member) if member.kind is ClashKind.RULE else None
            if rule is not None:
                shut |= self.rules.forbidden_by(rule, row)
        return [int(column) for column in (~shut).nonzero()[0]]
