"""What contrast finds, as records: `matching.contrast.sentences` puts them into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from matching.problem import Person, Rule, Wanted
from matching.solution import Role, Status


class Answer(StrEnum):
    """Why two people are not together."""

    TOGETHER = "together"
    NOT_ALLOWED = "not_allowed"
    NO_ROOM = "no_room"
    COSTS = "costs"
    COSTS_NOTHING = "costs_nothing"
    BETTER = "better"
    NOT_SOLVED = "not_solved"


class Means(StrEnum):
    """How the plan with two people together was found."""

    CHEAPEST_WAY = "cheapest_way"
    SOLVED_ANEW = "solved_anew"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRule:
    """A rule that a pair breaks: what it asks for (`needed`) and what the pair has (`found`).

    Minutes a day, grades above the mentee, per cent of the wants or steps in the reporting line; `None` where
    the rule has no such figure or nothing is known. `attribute` is what `same_attribute` is about. `values`
    are what the rule is broken by: the department of both, their two values of the attribute, the rounds in
    which they were together, the manager and the report, or HR's reason for a ban.
    """

    rule: str
    attribute: str | None = None
    needed: int | None = None
    found: int | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Somebody who would have other partners: those of now and those of then, with the points that differ."""

    person: str
    role: Role
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    points: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How another plan differs from the one there is: what is gained less what is lost.

    `people` counts those with any match; `goals` has the change of everything that counts, in its order: who
    is `required`, if anybody is, then the programme's goals, with `triads` among them (fewer are better)
    where peers may be in pairs and triads.
    """

    people: int
    points: int
    goals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """Why two members (mentoring: mentee, mentor; communities: person, community) are not together.

    `broken` are the rules they break, in the order in which rules are applied. Where they may be together,
    `difference` is what the best plan with both together has more or less than the plan, exactly, and `moves`
    are all whose partners would change, the two first. `status` tells whether that plan is the best.
    """

    programme: str
    members: tuple[str, ...]
    answer: Answer
    broken: tuple[BrokenRule, ...] = ()
    difference: Difference | None = None
    moves: tuple[Move, ...] = ()
    means: Means = Means.CHEAPEST_WAY
    status: Status = Status.OPTIMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """How many pairs a rule forbids: in all, those that no rule before it forbids, and that no other does.

    In communities a pair is a person and a community.
    """

    pairs: int
    first: int
    alone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePrice:
    """What the best plan without a rule has more or less than the plan.

    `difference` is `None` when the solve was stopped before it, as `status` then says.
    """

    programme: str
    rule: Rule
    forbidden: Forbidden
    difference: Difference | None
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPrice:
    """What the best plan without a lock has more or less than the plan; else as `RulePrice`."""

    programme: str
    members: tuple[str, ...]
    difference: Difference | None
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceValue:
    """What the best plan with one more place with a mentor has more than the plan, and who would move."""

    programme: str
    mentor: str
    difference: Difference
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recruit:
    """What the best plan with one more mentor has more than the plan, and who would move.

    `mentor` describes the recruit: a skill at a level (none where people who want nothing are without a
    mentor), hours, a zone and a language; `places` are theirs.
    """

    programme: str
    mentor: Person
    places: int
    difference: Difference
    moves: tuple[Move, ...]


class ChangeKind(StrEnum):
    """What could be changed to match somebody; what concerns the fewest people comes first."""

    PLACE = "place"
    SIZE = "size"
    TRIADS = "triads"
    LEVEL = "level"
    HOURS = "hours"
    RULE_RELAXED = "rule_relaxed"
    RULE_DROPPED = "rule_dropped"
    RECRUIT = "recruit"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallestChange:
    """The least change with which somebody without a match can have one, and nobody else must lose theirs.

    Among peers `mentor` is a peer, and in communities a community: with `place` it takes `figure` members,
    with `size` it opens with so many; with `triads`, peers may be in groups of three. In mentoring, with
    `place`, `mentor` takes one more; with `level`, the mentee wants the one skill in `skills` at the
    level there, one below; with `hours`, they and `mentor` share `figure` minutes more a day; with the two of
    rules, `rule` asks only for `figure`, or is left out. Then `moves` are all whose partners change. A
    `recruit` has the skills at their levels. `needs_lock` tells that without a lock on the two the best plan
    would rather give the place to somebody else.
    """

    programme: str
    person: str
    kind: ChangeKind
    mentor: str | None = None
    rule: Rule | None = None
    figure: int | None = None
    skills: tuple[Wanted, ...] = ()
    needs_lock: bool = False
    moves: tuple[Move, ...] = ()
