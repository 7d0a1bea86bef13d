"""What a solver answers, as `trellis-solution/1`: who with whom, the proof, and who is left out and why."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

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


class CertificateKind(StrEnum):
    """Prices prove an optimum; a bound says how far away it can be; what is forced has no alternative."""

    PRICES = "prices"
    BOUND = "bound"
    FORCED = "forced"


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
class OddSet:
    """People of whom parts of `size` leave somebody over, and the price of a part in a plan."""

    members: tuple[str, ...]
    price: int
    size: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What it would be worth if these two, who are kept apart, could both be in the community."""

    first: str
    second: str
    community: str
    price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The proof of one goal's value in a programme whose goals are not all sums, by prices.

    It is read as a `Certificate` is. For a goal that is a sum it shows that no plan that keeps the terms so
    far is better in the sums up to it; for one that is none, that every plan with a value one higher is worse
    in the sums before it than the plan. Where prices leave a gap, branch and bound found nothing above
    `searched`.
    """

    goal: str
    bound: int
    weights: Mapping[str, int] = field(default_factory=dict)
    least_points: int | None = None
    rate: int | None = None
    mentees: Mapping[str, int] = field(default_factory=dict)
    mentors: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    odd_sets: tuple[OddSet, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    groups: Mapping[str, int] = field(default_factory=dict)
    scale: int = 1
    searched: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A proof of one programme's optimum that anybody can check in one pass over its candidates.

    The plan's worth is ``weights["coverage"] * C + weights["points"] * P``: C the sum of
    ``1 + rounds_waited`` over the mentees with a mentor, P the sum of points. Take away what locks settle: a
    locked pair is no candidate, uses one place of the mentee and one of the mentor, and its mentee has a
    mentor already. For what is left, with places k and bonus B of each mentee, where B is
    ``weights["coverage"] * (1 + rounds_waited)`` (0 for a mentee who has a locked mentor), capacity c of
    each mentor, and any prices u of `mentees` and v >= 0 of `mentors` (0 where none is given), **no** plan is
    worth more than

        sum(c * v) + sum(max(0, u) + (k - 1) * max(0, u - B)  over the mentees with k >= 1)
        + sum(max(0, weights["points"] * points + B - u - v)  over the candidates of mentees with k >= 1)

    The plan is proved best when it is worth exactly this (`bound`, which leaves out what locks are worth).

    Where pairs of an earlier plan count (``weights["same_partners"]``), such a pair is worth so much more.
    With `least_points`, candidates are only those with as many. With `rate`, plans must match F of each group
    of mentees, F being ``ceil(rate * members / 1000)`` less those whom locks match, at least 0; with prices
    q >= 0 of `groups`, B is q more for the free mentees of a group, and ``sum(q * F)`` is taken off the sum
    above: no plan **that matches so many** is worth more. `stages` prove the goals that are no sums.

    Where no two may rather have each other the kind is `forced` when the plan is the only stable one: no
    eligible pair outside it has as many points as the weakest pair, or free place, of both. Otherwise the
    prices are those of plans that need not be stable, and `searched` is as below.

    In a programme of communities only `people` have prices u, and `meetings` of people kept apart prices m,
    both >= 0 and in units of 1 / `scale`; C counts people in at least one community. With r =
    ``scale * (weights["points"] * points + B) - u - (m of the candidate's meetings)`` for each candidate,
    **no** plan is worth more than

        (sum(max(0, u) + (k - 1) * max(0, u - scale * B)  over the people with k >= 1)
         + sum(max(0, its m + the greatest sum of r of members it may open with)  over the communities)
        ) // scale

    where members respect least and most size and each mix taken alone (the least over its mixes), and a
    community with a locked member has no ``max(0, ...)``: it is open. Where this leaves a gap the kind is
    `bound`, and `searched` is the bound that branch and bound found: a plan worth that much is the best on
    the solver's word, which a check cannot repeat; `bound` it can.

    In a programme of peer coaching a plan is worth ``weights["coverage"] * C - weights["triads"] * T +
    weights["points"] * P``, T the number of triads, locked groups and their people left out. With prices
    u >= 0 of `people` and z >= 0 of `odd_sets` B of size s, in units of 1 / `scale`, **no** plan is worth
    more than

        (sum(u) + sum(z * (|B| // s))
         + sum(max(0, scale * worth(g) - sum(u of g's members) - sum(z * (|g & B| // s)))
               over all groups g of the sizes asked for that keep every rule)) // scale

    `searched` is as it is for communities.
    """

    programme: str
    kind: CertificateKind
    bound: int
    weights: Mapping[str, int] = field(default_factory=dict)
    mentees: Mapping[str, int] = field(default_factory=dict)
    mentors: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    odd_sets: tuple[OddSet, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    groups: Mapping[str, int] = field(default_factory=dict)
    least_points: int | None = None
    rate: int | None = None
    stages: tuple[Stage, ...] = ()
    scale: int = 1
    searched: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursPrice:
    """The price of a row of somebody's hours: a sum over their engagements that hours keep within a limit.

    An engagement in a programme counts for what `seeking` says of it as a mentee, a peer or a member, and for
    what `giving` says as a mentor or the lead of an open community.
    """

    person: str
    price: int
    seeking: Mapping[str, int] = field(default_factory=dict)
    giving: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JointStep:
    """One goal of a joint round, in its order, and a proof that no plan as good so far has more of it.

    `goal` is `cover` or `points` of the whole round (`programme` is nothing), or `coverage` or `triads` of
    one programme; `value` is what the plan reaches, and triads count below zero. Let F(n) be what a plan
    reaches in step n beside what locks settle. With `weights` w of this step and each before it, any prices
    p >= 0 of `hours`, any prices c of `cover` between 0 and the weight of the cover times what each person
    counts for in it (0 where locks cover them), and any even prices t >= 0 of `turnout`, **no** plan with
    F(n) at most the bounds of the steps before has a greater sum of w(n) * F(n) than

        sum(p * limit) + sum(w(cover) * count - c) + sum(t * groups) + sum(`bound` of the `certificates`)

    The limit of a row of hours is the most its sum comes to in whole engagements within the hours, places and
    capacity that locks leave. The turnout of a peer programme is how many `groups` there can be: half as
    many, rounded down, as people covered at most, where each counts for the same; its step `coverage` tells
    (by its bound, or by its value where that was `searched`).
    The certificates have the formulas of their kinds of programme, not divided by any scale: a point weighs
    as much as in this step (0 for programmes without that goal), covering somebody adds c to what it is
    worth, each engagement costs what it counts for in a row of hours times p, a group costs t, and the lead
    of a community pays their hours when it opens. So no plan that reaches as much as this one in each step
    before reaches more than `bound` in this one: that sum less the weighted values of the steps before, over
    the last weight and rounded down. `searched` tells that branch and bound has found no plan between `value`
    and `bound`, which a check cannot repeat.
    """

    goal: str
    programme: str | None = None
    value: int
    bound: int
    weights: tuple[int, ...]
    hours: tuple[HoursPrice, ...] = ()
    cover: Mapping[str, int] = field(default_factory=dict)
    turnout: Mapping[str, int] = field(default_factory=dict)
    certificates: tuple[Certificate, ...] = ()
    searched: bool = False


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
