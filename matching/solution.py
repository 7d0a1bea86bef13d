"""What a solver answers, as `trellis-solution/1`: who with whom, the proof, and who is left out and why."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# Whoever reads an answer reads its proof: both are had from here.
from matching.certificate import Certificate as Certificate
from matching.certificate import CertificateKind as CertificateKind
from matching.certificate import HoursPrice as HoursPrice
from matching.certificate import JointStep as JointStep
from matching.certificate import Meeting as Meeting
from matching.certificate import OddSet as OddSet
from matching.certificate import Stage as Stage

FORMAT = "trellis-solution/1"


class Status(StrEnum):
    """How the solve ended; `optimal` only with a proof."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


class Role(StrEnum):
    """What a member is in an assignment."""

    MENTEE = "mentee"
    MENTOR = "mentor"
    PEER = "peer"
    MEMBER = "member"


class CauseKind(StrEnum):
    """Why somebody has no match: exactly one, verified against the problem."""

    NO_PLACES_ASKED = "no_places_asked"
    NO_ELIGIBLE_PARTNER = "no_eligible_partner"
    PLACES_RAN_OUT = "places_ran_out"
    OWN_CONDITIONS = "own_conditions"
    NO_GAIN = "no_gain"
    NOT_NEEDED = "not_needed"
    NOT_OPENED = "not_opened"
    OWN_HOURS = "own_hours"
    HOURS_RAN_OUT = "hours_ran_out"
    NOT_SOLVED = "not_solved"


class ClosedKind(StrEnum):
    """Why a community stays closed: exactly one, verified against the problem."""

    NO_ROOM = "no_room"
    TOO_FEW = "too_few"
    TOO_ALIKE = "too_alike"
    LEAD_HOURS = "lead_hours"
    NOT_BEST = "not_best"
    NOT_SOLVED = "not_solved"


class ClashKind(StrEnum):
    """What can stand in a clash: who must be matched, and what keeps them from it.

    A community must open, or `needs` so many members and different values.
    """

    PERSON = "person"
    COMMUNITY = "community"
    RULE = "rule"
    LOCK = "lock"
    BAN = "ban"
    PLACES = "places"
    NEEDS = "needs"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalValue:
    """What was reached for one goal of one programme, and the most that could be."""

    programme: str
    goal: str
    value: int
    bound: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Two people (`members`: role to person), or a group (`people`, and the community's id).

    `parts` are the points of each criterion and add up to `points`; explicit candidates have no parts.
    """

    programme: str
    members: Mapping[Role, str] = field(default_factory=dict)
    people: tuple[str, ...] = ()
    community: str | None = None
    points: int = 0
    parts: Mapping[str, int] = field(default_factory=dict)
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """A skill wanted at a level that no mentor who keeps every other rule has.

    `best` is the highest level at which any other mentor of the programme has the skill, `possible` the
    highest among those who keep every rule but `covers_wants`; 0 means that nobody has it.
    """

    skill: str
    level: int
    best: int
    possible: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a person has no match.

    `rules` says how many of the partners considered each rule removed (`considered` in all, `eligible` left);
    a partner is counted under the first rule that removes them. `rivals` are people matched to the eligible
    partners (at most twenty are named; `rival_count` counts them all). Where `covers_wants` has left a mentee
    without any eligible mentor, `lacks` are the skills to find a mentor for, the greatest loss first.
    """

    kind: CauseKind
    considered: int = 0
    eligible: int = 0
    rules: Mapping[str, int] = field(default_factory=dict)
    rivals: tuple[str, ...] = ()
    rival_count: int = 0
    lacks: tuple[Lack, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """A person whom a programme leaves without any match."""

    programme: str
    person: str
    role: Role
    cause: Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A community that stays closed, and why.

    `eligible` people with places could join it, of whom it needs `needed`; where they are `too_alike`, they
    have `values` different values of an attribute in its mix, of which it needs `needed`.
    """

    programme: str
    community: str
    kind: ClosedKind
    eligible: int
    needed: int
    values: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClashMember:
    """One member of a clash.

    `people` are the person who must be matched, the mentor whose `places` are all there are, or the people
    of the lock or ban; a rule has its name and its `figures`, as the problem gives them. A community stands
    there by its id: it must open, has `places` at most, or needs that many members and the mix of its own.
    """

    kind: ClashKind
    people: tuple[str, ...] = ()
    rule: str | None = None
    figures: Mapping[str, int | str] = field(default_factory=dict)
    places: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Members that cannot all stand, of which none could be spared: without any one of them the others can.

    No rule, lock, ban or number of places counts but those that are members; blocks count always, and are
    not told. `smallest` says that the programme has no clash of fewer members.
    """

    programme: str
    members: tuple[ClashMember, ...]
    smallest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What the solve took; not part of what must be the same each time."""

    candidates: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    peak_memory_mib: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """An answer to the problem whose hash is `problem_sha256`.

    One that is `infeasible` has the plan that leaves out fewest of those who must be matched, and a clash of
    each programme in which somebody is left out, where one was found.

    A joint round has no `certificates` of its programmes: its steps in `joint` prove the whole.
    """

    status: Status
    problem_sha256: str
    programmes: tuple[str, ...] = ()
    goals: tuple[GoalValue, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    unmatched: tuple[Unmatched, ...] = ()
    closed: tuple[Closed, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    clashes: tuple[Clash, ...] = ()
    joint: tuple[JointStep, ...] = ()
    seed: int = 0
    engine: Mapping[str, str] = field(default_factory=dict)
    statistics: Statistics = field(default_factory=Statistics)

    def to_json(self) -> str:
        """Return the text of the solution: one line of JSON."""
        from matching.solution_file import write

        return write(self)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Solution":
        """Build a solution from the text of a file; `ProblemError` says what is wrong with it and where."""
        from matching.solution_file import read

        return read(text)

    def without_statistics(self) -> "Solution":
        """Return the part that is the same each time the same problem is solved."""
        return dataclasses.replace(self, statistics=Statistics())
