"""What is to be matched: people, skills, programmes, rules, wishes and history, as `trellis-problem/1`.

A `Problem` is validated when it is built and keeps its rows in canonical order, so that two problems with
the same content are equal, write the same bytes and have the same `sha256`, in whatever order rows came.
"""

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from matching.errors import ProblemError as ProblemError
from matching.problem.dates import dates_of
from matching.vocabulary import Criterion as Criterion
from matching.vocabulary import EdgeKind as EdgeKind
from matching.vocabulary import GoalName as GoalName
from matching.vocabulary import Kind as Kind
from matching.vocabulary import RuleName as RuleName

FORMAT = "trellis-problem/1"

# (mentee, mentor, points), (person, person, points) or (person, community, points)
Candidate = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Skill:
    """A node of the skill graph."""

    id: str
    label: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SkillEdge:
    """`source` has `target` as a broader skill, requires it, or is related to it."""

    source: str
    kind: EdgeKind
    target: str


@dataclass(frozen=True, slots=True)
class SkillRows:
    """The skill graph as rows; `matching.skills` makes a graph of them.

    `closeness` has rows (skill, other skill, thousandths from 1 to 999), both ways alike; no other pairs are
    close. Where it is `None`, closeness comes from the graph and the people.
    """

    nodes: tuple[Skill, ...] = ()
    edges: tuple[SkillEdge, ...] = ()
    closeness: tuple[tuple[str, str, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A skill somebody has, at a proficiency level from 1 to 5."""

    skill: str
    level: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A skill somebody wants to reach `level` in; `importance` (1 to 10) weighs it against the others."""

    skill: str
    level: int
    importance: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may be matched, or who only stands in a reporting line.

    `working_hours` are minutes of the local day, `(start, end)` with `0 <= start < end <= 1440`; a night
    shift is two rows. `None` and empty mean *not known*, and a rule is never kept by what is not known.
    """

    id: str
    name: str = ""
    manager: str | None = None
    department: str | None = None
    location: str | None = None
    time_zone: str | None = None
    working_hours: tuple[tuple[int, int], ...] = ()
    languages: tuple[str, ...] = ()
    grade: int | None = None
    hours_a_month: float | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    holds: tuple[Held, ...] = ()
    wants: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A hard rule with its figures: only those the rule uses are set."""

    rule: RuleName
    minutes: int | None = None
    min: int | None = None
    max: int | None = None
    name: str | None = None
    percent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentee:
    """A person who seeks up to `places` mentors; `wishes` are people in order of preference, best first.

    Whoever is `required` must have a mentor, before every goal.
    """

    person: str
    places: int = 1
    wishes: tuple[str, ...] = ()
    rounds_waited: int = 0
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentor:
    """A person who offers to take up to `capacity` mentees."""

    person: str
    capacity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A person who seeks peer coaching; whoever is `required` must be in a group, before every goal."""

    person: str
    wishes: tuple[str, ...] = ()
    rounds_waited: int = 0
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityMember:
    """A person who seeks up to `places` communities or groups; `wishes` are community ids, best first.

    Whoever is `required` must be in one, before every goal.
    """

    person: str
    places: int = 1
    wishes: tuple[str, ...] = ()
    rounds_waited: int = 0
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """A community's members have at least `at_least` different values of `attribute`."""

    attribute: str
    at_least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """A community or group that opens with `min` to `max` members and may have a lead.

    One that is `required` must open, before every goal.
    """

    id: str
    skills: tuple[str, ...] = ()
    lead: str | None = None
    min: int = 1
    max: int
    mix: tuple[Mix, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """Those who seek a match with the same value of `attribute` are a group, whose rate `parity` looks at.

    `department` and `location` are the fields of that name; who has no value is in no group.
    """

    attribute: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What every kind of programme has.

    With explicit `candidates`, exactly these pairs with these points are considered: rules and criteria are
    not used. Blocks, bans and locks hold all the same.
    """

    id: str
    hours_a_month: float | None = None
    rules: tuple[Rule, ...] = ()
    criteria: Mapping[Criterion, int] = field(default_factory=dict)
    goals: tuple[GoalName, ...] = (GoalName.COVERAGE, GoalName.POINTS)
    candidates: tuple[Candidate, ...] | None = None
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class MentoringProgramme(Programme):
    """Each mentee gets up to `places` mentors, each mentor up to `capacity` mentees."""

    mentees: tuple[Mentee, ...] = ()
    mentors: tuple[Mentor, ...] = ()
    parity: Parity | None = None
    kind: Kind = Kind.MENTORING


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerProgramme(Programme):
    """People coach each other in pairs, or in groups of the sizes given."""

    group_sizes: tuple[int, ...] = (2,)
    people: tuple[Peer, ...] = ()
    parity: Parity | None = None
    kind: Kind = Kind.PEER_COACHING


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunitiesProgramme(Programme):
    """People join communities, or mentored groups, that open with a minimum and a maximum of members."""

    communities: tuple[Community, ...] = ()
    people: tuple[CommunityMember, ...] = ()
    parity: Parity | None = None
    kind: Kind = Kind.COMMUNITIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """The programmes are one round: one hours budget a person; cover, in this order, for those left out."""

    hours_budget: bool = False
    cover_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """These people were together in this programme in an earlier round (mentoring: mentee, then mentor)."""

    programme: str
    members: tuple[str, ...]
    round: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """An earlier plan of this round had these people together (members as in a lock; some may have left).

    `accepted` tells that they have agreed to it.
    """

    programme: str
    members: tuple[str, ...]
    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """These two had a trial chat; each rated it 1 to 5, in the order of the members, or not (`None`)."""

    programme: str
    members: tuple[str, ...]
    ratings: tuple[int | None, ...] = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """These people are to be together (mentoring: mentee, mentor); with `override` even against a rule."""

    programme: str
    members: tuple[str, ...]
    reason: str = ""
    override: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """These people are not to be together in this programme, in whatever roles."""

    programme: str
    members: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Everything a round needs to be solved; raises `ProblemError` when any of it is wrong."""

    round: str
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    skills: SkillRows = field(default_factory=SkillRows)
    people: tuple[Person, ...] = ()
    programmes: tuple[Programme, ...] = ()
    joint: Joint | None = None
    blocks: tuple[tuple[str, str], ...] = ()
    history: tuple[History, ...] = ()
    previous: tuple[Previous, ...] = ()
    chats: tuple[Chat, ...] = ()
    locks: tuple[Lock, ...] = ()
    bans: tuple[Ban, ...] = ()

    def __post_init__(self) -> None:
        # Imported here because both modules need the records above.
        from matching.problem.checks import check_problem
        from matching.problem.order import in_order

        check_problem(self)
        for name, rows in in_order(self).items():
            object.__setattr__(self, name, rows)

    @property
    def dates(self) -> tuple[datetime.date, datetime.date]:
        """First and last day of the round: as given, else the quarter or year it is named for."""
        return (self.starts_on, self.ends_on) if self.starts_on and self.ends_on else dates_of(self.round)

    def programme(self, programme_id: str) -> Programme:
        """Return the programme with this id; `KeyError` when there is none."""
        for programme in self.programmes:
            if programme.id == programme_id:
                return programme
        raise KeyError(programme_id)

    def to_json(self) -> str:
        """Return the canonical text of the problem: one line of JSON, the same for the same content."""
        from matching.problem.file import write

        return write(self)

    @classmethod
    def from_json(cls, text: str | bytes) -> "Problem":
        """Build a problem from the text of a file; `ProblemError` says what is wrong with it and where."""
        from matching.problem.file import read

        return read(text)

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the canonical text."""
        kept = self.__dict__.get("_sha256")
        if kept is None:
            kept = hashlib.sha256(self.to_json().encode()).hexdigest()
            object.__setattr__(self, "_sha256", kept)
        return str(kept)
