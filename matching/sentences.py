"""Sentences: reasons and causes in the words people read; the only place where they are made."""

from collections.abc import Iterable, Iterator, Mapping

from matching.communities.sentences import cause_of_member
from matching.communities.sentences import rule_sentences as rules_of_communities
from matching.counted import counted
from matching.explain import PairReasons, Reason
from matching.facts import (
    Comparison,
    Cover,
    Fact,
    GradeStep,
    LastRound,
    LevelStep,
    Place,
    SharedTime,
    Shortfall,
    Variety,
    Wish,
    near_skill,
    skill_of,
)
from matching.peers.sentences import cause_of_peer
from matching.peers.sentences import rule_sentences as rules_of_peers
from matching.problem import (
    CommunitiesProgramme,
    Criterion,
    GoalName,
    Held,
    PeerProgramme,
    Problem,
    Programme,
    RuleName,
    Wanted,
)
from matching.rules import BANNED, BLOCKED, sentence_of
from matching.skill_paths import SkillPaths
from matching.solution import CauseKind, Lack, Role, Unmatched

_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
CRITERION_LABELS = {
    Criterion.SKILLS: "Skills wanted",
    Criterion.LEVEL_STEP: "A step above in level",
    Criterion.HOURS: "Shared working hours",
    Criterion.VARIETY: "A new part of the company",
    Criterion.WISHES: "Named wishes",
    Criterion.CONTINUITY: "Continuity",
    Criterion.RATINGS: "Ratings of their chat",
    Criterion.LOCATION: "Same place",
    Criterion.GRADE_STEP: "A step above in grade",
}


class Sentences:
    """Words the reasons of one problem's people."""

    def __init__(self, problem: Problem) -> None:
        self._names = {person.id: person.name or person.id for person in problem.people}
        self._paths = SkillPaths(problem)
        self._labels = {node.id: node.label or node.id for node in problem.skills.nodes}
        self._rules = {programme.id: _rule_sentences(programme) for programme in problem.programmes}
        self._first_goals = {programme.id: programme.goals[0] for programme in problem.programmes}

    def name(self, person: str) -> str:
        """Return a person's name, or their id when they have none."""
        return self._names.get(person, person)

    def speaks_for(self, reasons: PairReasons) -> str | None:
        """Say the best thing about a pair."""
        mentee, mentor = self.name(reasons.mentee), self.name(reasons.mentor)
        return None if reasons.best is None else self._in_favour(reasons.best.fact, mentee, mentor)

    def way(self, reason: Reason | None) -> str | None:
        """Say over which skills a near one is close to the wanted one; `None` where no near skill counts."""
        held = near_skill(reason.fact) if reason is not None else None
        if reason is None or held is None:
            return None
        steps = self._paths.path(held.skill, skill_of(reason.fact) or held.skill)
        told = "".join(f" -> {self._label(step.skill)}, {step.relation}" for step in steps)
        return f"{self._label(held.skill)}{told}" if told else None

    def speaks_against(self, reasons: PairReasons) -> str | None:
        """Say the worst thing about a pair."""
        mentee, mentor = self.name(reasons.mentee), self.name(reasons.mentor)
        return None if reasons.worst is None else self._against(reasons.worst.fact, mentee, mentor)

    def _in_favour(self, fact: Fact, mentee: str, mentor: str) -> str:
        match fact:
            case SharedTime():
                return f"They share {_duration(fact.minutes)} of working time each day."
            case Wish():
                return f"{mentee} named {mentor} as {_ORDINALS.get(fact.rank, 'a')} choice."
            case Variety():
                return f"{mentor} works in another {_kinds(fact, Comparison.DIFFERENT)} than {mentee}."
            case Place():
                same = fact.location is Comparison.SAME
                return "They work at the same location." if same else "They work in the same time zone."
            case _:
                return self._plainly(fact, mentee, mentor)

    def _against(self, fact: Fact, mentee: str, mentor: str) -> str:
        match fact:
            case SharedTime():
                return _little_time(fact)
            case Wish():
                return _not_first(fact, mentee, mentor)
            case Variety():
                where = _kinds(fact, Comparison.SAME)
                return (
                    f"They work in the same {where}." if where else "It is not known where both of them work."
                )
            case Place():
                zone = " in the same time zone" if fact.same_time_zone else ""
                return f"They work at different locations{zone}."
            case _:
                return self._plainly(fact, mentee, mentor)

    def _plainly(
        self, fact: Cover | Shortfall | LevelStep | LastRound | GradeStep, mentee: str, mentor: str
    ) -> str:
        """Say a fact that needs no "only" or "another" to speak for a pair or against it."""
        match fact:
            case Cover():
                return self._cover(fact, mentee, mentor)
            case Shortfall():
                return self._shortfall(fact, mentee, mentor)
            case LevelStep():
                return self._step(fact, mentee, mentor)
            case LastRound():
                if fact.together:
                    return "They were matched in the last round and may go on."
                return "They were not matched in the last round."
            case GradeStep():
                return _grade(fact, mentee, mentor)

    def _cover(self, fact: Cover, mentee: str, mentor: str) -> str:
        has = f"{mentor} has {self._held(fact.held)}"
        if fact.held.skill == fact.want.skill:
            return f"{has}; {mentee} wants to reach level {fact.want.level}."
        return f"{has}, close to {self._wanted(fact.want, mentee)}."

    def _shortfall(self, fact: Shortfall, mentee: str, mentor: str) -> str:
        if fact.own is not None:
            return f"{mentor} has {self._held(fact.own)}; {mentee} wants to reach level {fact.want.level}."
        wanted = self._wanted(fact.want, mentee)
        if fact.closest is None:
            return f"{mentor} has no skill close to {wanted}."
        return f"{mentor} does not have {wanted}; {self._held(fact.closest)} comes closest."

    def _step(self, fact: LevelStep, mentee: str, mentor: str) -> str:
        above = fact.held.level - fact.want.level
        level = f"the level {mentee} wants to reach in {self._label(fact.want.skill)}"
        if not above:
            return f"{mentor} is just at {level}."
        return f"{mentor} is {counted(abs(above), 'level')} {'above' if above > 0 else 'below'} {level}."

    def _held(self, held: Held) -> str:
        return f"{self._label(held.skill)} at level {held.level}"

    def _wanted(self, want: Wanted, mentee: str) -> str:
        return f"{self._label(want.skill)}, which {mentee} wants at level {want.level}"

    def _label(self, skill: str) -> str:
        return self._labels.get(skill, skill)

    def cause(self, row: Unmatched) -> str:
        """Say why somebody has no match."""
        person, cause = self.name(row.person), row.cause
        if row.role is Role.PEER:
            return cause_of_peer(row, person, self._rules[row.programme])
        if row.role is Role.MEMBER:
            return cause_of_member(row, person, self._rules[row.programme])
        others = "mentor" if row.role is Role.MENTEE else "mentee"
        match cause.kind:
            case CauseKind.NO_PLACES_ASKED:
                return f"{person} has set the number of places to 0 for this round."
            case CauseKind.NO_ELIGIBLE_PARTNER:
                nobody = f"None of {counted(cause.considered, others)} may be matched with {person}."
                return f"{nobody} {self._what_is_missing(row)}"
            case CauseKind.OWN_CONDITIONS:
                nobody = f"{person}'s own conditions leave none of {counted(cause.considered, others)}."
                return f"{nobody} {self._what_is_missing(row)}"
            case CauseKind.PLACES_RAN_OUT:
                return (
                    f"{counted(cause.eligible, others)} would suit, but every place with them is taken by "
                    f"{counted(cause.rival_count, 'other mentee')}."
                )
            case CauseKind.OWN_HOURS:
                return f"{person}'s hours for this round do not leave enough for one match more."
            case CauseKind.HOURS_RAN_OUT:
                suit = f"{counted(cause.eligible, others)} would suit"
                return f"{suit}, but each of them is full or has no hours left."
            case CauseKind.NO_GAIN:
                if self._first_goals[row.programme] is GoalName.POINTS:
                    return f"No match of {person} would add points, and points come first in this programme."
                return f"No match of {person} would serve the goals of this programme better."
            case CauseKind.NOT_NEEDED:
                could = f"{counted(cause.eligible, others)} could be matched with {person}"
                return f"{could}, but the best plan needs no place there."
            case _:
                return "The matching was stopped before it came to this person."

    def _what_is_missing(self, row: Unmatched) -> str:
        """Say which skills nobody has; where some could help, also what keeps most of those away."""
        cause = row.cause
        if not cause.lacks:
            return self._most_removed(row, cause.rules)
        lacks = " ".join(self.lacks(cause.lacks))
        others = {name: count for name, count in cause.rules.items() if name != RuleName.COVERS_WANTS}
        helpers = sum(others.values())
        if not helpers:
            return lacks
        return f"{lacks} {counted(helpers, 'mentor')} could help; {self._most_removed(row, others)}"

    def lacks(self, lacks: Iterable[Lack]) -> Iterator[str]:
        """Say the skills that no mentor has, or no mentor who may be matched, one sentence each."""
        for lack in lacks:
            if lack.best < lack.level:
                nobody, best = "No mentor offers", lack.best
            else:
                nobody, best = "No mentor whom the other rules allow offers", lack.possible
            skill = self._label(lack.skill)
            level = f" at level {lack.level} or above; the best is level {best}" if best else ""
            yield f"{nobody} {skill}{level}."

    def _most_removed(self, row: Unmatched, removed: Mapping[str, int]) -> str:
        rules = sorted(removed.items(), key=lambda item: (-item[1], item[0]))
        if not rules:
            return "Nobody has enrolled on the other side."
        name, count = rules[0]
        sentence = self._rules[row.programme].get(name, name)
        return f'{count} of them do not fit the rule "{sentence.rstrip(".")}".'


def _rule_sentences(programme: Programme) -> Mapping[str, str]:
    """Return what each name in a cause's `rules` means, in words."""
    if isinstance(programme, PeerProgramme):
        return rules_of_peers(programme)
    if isinstance(programme, CommunitiesProgramme):
        return rules_of_communities(programme)
    always = {
        BLOCKED: "Neither person has blocked the other.",
        BANNED: "HR has not ruled the pair out.",
        "candidate": "The pair is on the list of candidates.",
    }
    return always | {rule.rule.value: sentence_of(rule) for rule in programme.rules}


def _little_time(fact: SharedTime) -> str:
    if not fact.known:
        return "It is not known when both of them work."
    if not fact.minutes:
        return "They share no working time."
    return f"They share only {_duration(fact.minutes)} of working time each day."


def _not_first(fact: Wish, mentee: str, mentor: str) -> str:
    if not fact.rank:
        return f"{mentee} did not name {mentor}."
    return f"{mentee} named {mentor} only as {_ORDINALS.get(fact.rank, 'a later')} choice."


def _kinds(fact: Variety, comparison: Comparison) -> str:
    compared = {"department": fact.department, "location": fact.location}
    return " and ".join(word for word, found in compared.items() if found is comparison)


def _grade(fact: GradeStep, mentee: str, mentor: str) -> str:
    if fact.above is None:
        return "The grade of one of them is not known."
    if not fact.above:
        return f"{mentor}'s grade is the same as {mentee}'s."
    way = "above" if fact.above > 0 else "below"
    return f"{mentor}'s grade is {counted(abs(fact.above), 'step')} {way} {mentee}'s."


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return counted(rest, "minute")
    return counted(hours, "hour") if not rest else f"{counted(hours, 'hour')} and {counted(rest, 'minute')}"
