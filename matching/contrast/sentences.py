"""Words for contrast: why two are not together, what it would cost, and who would move."""

from collections.abc import Iterator, Sequence

from matching.communities.sentences import rule_sentences as rules_of_communities
from matching.contrast.group_sentences import group_change_words, relaxed
from matching.contrast.records import (
    Answer,
    BrokenRule,
    ChangeKind,
    Difference,
    LockPrice,
    Means,
    Move,
    PlaceValue,
    Recruit,
    RulePrice,
    SmallestChange,
    WhyNot,
)
from matching.goals import REQUIRED
from matching.peers.sentences import rule_sentences as rules_of_peers
from matching.problem import CommunitiesProgramme, PeerProgramme, Problem, Programme, Rule, RuleName
from matching.rules import BANNED, BLOCKED, NOT_A_CANDIDATE, SELF, sentence_of
from matching.solution import Role, Status

MINUS = "\N{MINUS SIGN}"
# What nobody has any of, in each role.
_PARTNER = {Role.MENTEE: "mentor", Role.MENTOR: "mentee", Role.PEER: "peer", Role.MEMBER: "community"}


class ContrastSentences:
    """Words what contrast finds about one problem's programmes."""

    def __init__(self, problem: Problem) -> None:
        self._names = {person.id: person.name or person.id for person in problem.people}
        self._labels = {node.id: node.label or node.id for node in problem.skills.nodes}
        self._programmes = {programme.id: programme for programme in problem.programmes}

    def name(self, person: str) -> str:
        """Return a person's name, or their id when they have none; a community's id."""
        return self._names.get(person, person)

    def why_not(self, found: WhyNot) -> Iterator[str]:
        """Say why two are not together: the answer, then a sentence for each rule or person who moves."""
        first, second = (self.name(member) for member in found.members)
        match found.answer:
            case Answer.TOGETHER:
                yield f"{first} and {second} are together."
            case Answer.NOT_ALLOWED:
                yield f"{first} and {second} may not be together."
                yield from self._broken(found)
            case Answer.NO_ROOM:
                yield f"{first} or {second} has no place, or none that is not locked for somebody else."
            case Answer.NOT_SOLVED:
                yield f"The matching stopped before a plan with {first} and {second} together was found."
            case _:
                yield from self._cost(found)

    def _cost(self, found: WhyNot) -> Iterator[str]:
        first, second = (self.name(member) for member in found.members)
        together = f"With {first} and {second} together"
        anew = (
            " The programme was matched anew with the two locked." if found.means is Means.SOLVED_ANEW else ""
        )
        if found.answer is Answer.COSTS_NOTHING:
            yield f"{together} the plan would be as good; lots decided.{anew}"
        elif found.difference is not None:
            role = _role(self._programmes[found.programme])
            yield f"{together} {difference_words(found.difference, role)}.{anew}"
        yield from _unproved(found.status)
        for move in found.moves:
            words = self.move(move)
            if words is not None:
                yield words

    def rule_price(self, price: RulePrice) -> Iterator[str]:
        """Say what the plan would be without a rule, and how many pairs the rule forbids."""
        programme = self._programmes[price.programme]
        rule = _sentence(programme, BrokenRule(rule=price.rule.rule.value, attribute=price.rule.name))
        yield f'Without the rule "{rule.rstrip(".")}" {self._price(programme, price.difference)}.'
        count = price.forbidden
        pairs = "pair" if count.pairs == 1 else "pairs"
        yield (
            f"It forbids {count.pairs:,} {pairs}: {count.first:,} that no rule before it forbids, "
            f"{count.alone:,} that no other rule does."
        )
        yield from _unproved(price.status)

    def lock_price(self, price: LockPrice) -> Iterator[str]:
        """Say what the plan would be without a lock."""
        members = _listed([self.name(member) for member in price.members])
        words = self._price(self._programmes[price.programme], price.difference)
        yield f"Without the lock on {members} {words}."
        yield from _unproved(price.status)

    def recruit(self, recruit: Recruit) -> Iterator[str]:
        """Say what one more mentor would be worth, and who would have a mentor then."""
        mentor = recruit.mentor
        skills = [f"{self._label(held.skill)} at level {held.level}" for held in mentor.holds]
        where = [mentor.time_zone or "any time zone", *mentor.languages]
        where.append("1 place" if recruit.places == 1 else f"{recruit.places} places")
        who = f"One more mentor{f' with {_listed(skills)}' if skills else ''} ({', '.join(where)})"
        yield f"{who}: {difference_words(recruit.difference)}."
        yield from self._newly_matched(recruit.moves)

    def place(self, value: PlaceValue) -> Iterator[str]:
        """Say what one more place with a mentor would be worth, and who would have a mentor then."""
        yield f"One more place with {self.name(value.mentor)}: {difference_words(value.difference)}."
        yield from self._newly_matched(value.moves)

    def change(self, change: SmallestChange) -> str:
        """Say what would match somebody."""
        person, mentor = self.name(change.person), self.name(change.mentor or "")
        others = {move.person for move in change.moves if move.role is Role.MENTEE} - {change.person}
        number = f"{len(others):,} other mentee" + ("" if len(others) == 1 else "s")
        moved = f" {number} would change mentor; nobody would have to lose theirs." if others else ""
        match change.kind:
            case ChangeKind.PLACE:
                lock = " Lock the two, or the place goes to somebody else." if change.needs_lock else ""
                return f"One more place with {mentor} would match {person}.{lock}"
            case ChangeKind.LEVEL:
                (want,) = change.skills
                aim = f"{self._label(want.skill)} at level {want.level} instead of {want.level + 1}"
                return f"If {person} wanted {aim}, {mentor} could be their mentor.{moved}"
            case ChangeKind.HOURS:
                minutes = f"{change.figure} more minutes of working time each day"
                return f"If {person} shared {minutes} with {mentor}, they could be matched.{moved}"
            case ChangeKind.RULE_RELAXED | ChangeKind.RULE_DROPPED if change.rule is not None:
                return (
                    f"{self._other_rule(change, change.rule)} {person} and {mentor} could be matched.{moved}"
                )
            case _:
                skills = [f"{self._label(want.skill)} at level {want.level}" for want in change.skills]
                having = f" with {_listed(skills)}" if skills else ""
                return f"No one change would match {person}; look for a new mentor{having}."

    def group_change(self, change: SmallestChange) -> str:
        """Say what would match somebody among peers, or with a community."""
        return group_change_words(change, self._programmes[change.programme], self.name)

    def _other_rule(self, change: SmallestChange, rule: Rule) -> str:
        if change.kind is ChangeKind.RULE_DROPPED:
            return f'Without the rule "{sentence_of(rule).rstrip(".")}"'
        return f'With the rule "{sentence_of(relaxed(rule, change.figure or 0)).rstrip(".")}"'

    def _newly_matched(self, moves: Sequence[Move]) -> Iterator[str]:
        new = [move.person for move in moves if move.role is Role.MENTEE and move.after and not move.before]
        if new:
            yield f"It would match {_listed([self.name(person) for person in new])}."

    def _label(self, skill: str) -> str:
        return self._labels.get(skill, skill)

    def _price(self, programme: Programme, difference: Difference | None) -> str:
        if difference is None:
            return "the plan is not known: the matching stopped before it"
        return difference_words(difference, _role(programme))

    def _broken(self, found: WhyNot) -> Iterator[str]:
        """Say the rules that are broken; a personal block is known to its author alone, and never told."""
        told = [row for row in found.broken if row.rule != BLOCKED]
        if not told:
            yield "The rules do not allow it."
        for row in told:
            figure = self._figure(row, found.members)
            rule = self._rule(self._programmes[found.programme], row)
            yield f"{figure} {rule}" if figure else rule

    def _rule(self, programme: Programme, row: BrokenRule) -> str:
        if row.rule == BANNED:
            return f"HR has ruled this out{_because(row)}."
        if row.rule == SELF:
            return "Nobody is matched with themselves."
        if row.rule == NOT_A_CANDIDATE:
            return "They are not on the list of candidates."
        return f"The rule: {_sentence(programme, row)}"

    def _figure(self, row: BrokenRule, members: tuple[str, ...]) -> str:
        """Say what the pair has where the rule asks for more; nothing where it is not known."""
        mentee, mentor = (self.name(member) for member in members)
        match row.rule:
            case RuleName.SHARED_HOURS if row.found is not None:
                return f"They share {row.found} minutes of working time each day."
            case RuleName.COVERS_WANTS if row.found is not None:
                return f"{mentor} covers {row.found} % of what {mentee} wants."
            case RuleName.GRADE_DISTANCE if row.found is not None:
                return _grades(row.found, mentee, mentor)
            case RuleName.NOT_IN_REPORTING_LINE if row.values:
                top, bottom = (self.name(person) for person in row.values)
                steps = "directly" if row.found == 1 else f"{row.found} steps up"
                return f"{top} manages {bottom}, {steps}."
            case RuleName.NO_PRIOR_PAIR if any(row.values):
                return f"They were together in {', '.join(filter(None, row.values))}."
            case RuleName.OTHER_DEPARTMENT if row.values:
                return f"Both work in {row.values[0]}."
            case RuleName.SAME_ATTRIBUTE if row.values and all(row.values):
                return f"{mentee} has {row.values[0]}, {mentor} {row.values[1]}."
            case _:
                return ""

    def move(self, move: Move) -> str | None:
        """Say what would change for somebody; nothing where a mentor would only have another mentee."""
        if move.role is Role.MENTOR and len(move.before) == len(move.after):
            return None
        gone = [self.name(person) for person in move.before if person not in move.after]
        come = [self.name(person) for person in move.after if person not in move.before]
        partner = _PARTNER[move.role]
        if come and gone:
            changed = f"would have {_listed(come)} instead of {_listed(gone)}"
        elif come:
            now = " as well" if move.before else f", and has no {partner} now"
            changed = f"would have {_listed(come)}{now}"
        else:
            changed = (
                f"would no longer have {_listed(gone)}{'' if move.after else f', and no other {partner}'}"
            )
        points = f": {_more(move.points, 'point')}" if move.points and move.role is Role.MENTEE else ""
        return f"{self.name(move.person)} {changed}{points}."


def _role(programme: Programme) -> Role:
    if isinstance(programme, PeerProgramme):
        return Role.PEER
    return Role.MEMBER if isinstance(programme, CommunitiesProgramme) else Role.MENTEE


def _unproved(status: Status) -> Iterator[str]:
    if status is Status.FEASIBLE:
        yield "A better plan with this change may exist."


def difference_words(difference: Difference, role: Role = Role.MENTEE) -> str:
    """Say what another plan has more or less: people, their turn, points."""
    said = []
    required = difference.goals.get(REQUIRED, 0)
    if required:
        less = "fewer" if required < 0 else "more"
        said.append(f"{abs(required):,} {less} of those who must be matched would be")
    if difference.people:
        people = "person" if abs(difference.people) == 1 else "people"
        less = "fewer" if difference.people < 0 else "more"
        said.append(f"{abs(difference.people):,} {people} {less} would have a {_PARTNER[role]}")
    elif difference.goals.get("coverage"):
        longer = "less" if difference.goals["coverage"] < 0 else "more"
        said.append(f"people who have waited {longer} long would have a {_PARTNER[role]}")
    if difference.points:
        said.append(f"the plan would have {_more(difference.points, 'point')}")
    return " and ".join(said) if said else "the plan would be as good"


def _sentence(programme: Programme, row: BrokenRule) -> str:
    if isinstance(programme, PeerProgramme):
        return rules_of_peers(programme).get(row.rule, row.rule)
    if isinstance(programme, CommunitiesProgramme):
        return rules_of_communities(programme).get(row.rule, row.rule)
    return sentence_of(_rule_of(programme, row))


def _because(row: BrokenRule) -> str:
    return f": {row.values[0].rstrip('.')}" if row.values else ""


def _rule_of(programme: Programme, row: BrokenRule) -> Rule:
    return next(
        rule
        for rule in programme.rules
        if rule.rule.value == row.rule and (row.attribute is None or rule.name == row.attribute)
    )


def _grades(found: int, mentee: str, mentor: str) -> str:
    if not found:
        return f"{mentor}'s grade is the same as {mentee}'s."
    way = "above" if found > 0 else "below"
    return f"{mentor}'s grade is {abs(found)} {way} {mentee}'s."


def _listed(names: list[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _more(number: int, noun: str) -> str:
    plural = noun if abs(number) == 1 else f"{noun}s"
    return f"{abs(number):,} {plural} {'more' if number > 0 else 'less'}"
