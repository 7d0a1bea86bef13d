"""The records that prove an answer: the prices of every step, and how far the proof reaches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class CertificateKind(StrEnum):
    """Prices prove an optimum; a bound says how far away it can be; what is forced has no alternative."""

    PRICES = "prices"
    BOUND = "bound"
    FORCED = "forced"


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
