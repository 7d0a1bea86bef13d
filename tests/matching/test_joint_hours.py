"""The hours of a joint round: what each engagement takes, and who is asked for more than they have."""

from dataclasses import replace
from typing import Any

import pytest

from matching.check import ViolationKind as Kind
from matching.check import check
from matching.problem import (
    CommunitiesProgramme,
    Community,
    CommunityMember,
    Joint,
    Lock,
    Mentee,
    Mentor,
    MentoringProgramme,
    Peer,
    PeerProgramme,
    Person,
    Problem,
    Programme,
)
from matching.solution import (
    Assignment,
    Certificate,
    CertificateKind,
    GoalValue,
    HoursPrice,
    JointStep,
    Role,
    Solution,
    Status,
)

MENTORING = MentoringProgramme(id="m", mentees=(Mentee(person="a"),), mentors=(Mentor(person="b"),))
PEERS = PeerProgramme(id="p", people=tuple(Peer(person=name) for name in "abc"), group_sizes=(2, 3))
COMMUNITIES = CommunitiesProgramme(
    id="g",
    communities=(Community(id="x", lead="c", min=1, max=2),),
    people=(CommunityMember(person="a"), CommunityMember(person="b")),
)
ENGAGEMENTS: dict[str, tuple[Programme, Assignment, str]] = {
    "a mentee": (MENTORING, Assignment(programme="m", members={Role.MENTEE: "a", Role.MENTOR: "b"}), "a"),
    "a mentor": (MENTORING, Assignment(programme="m", members={Role.MENTEE: "a", Role.MENTOR: "b"}), "b"),
    "one of a pair": (PEERS, Assignment(programme="p", people=("a", "b")), "b"),
    "one of a triad": (PEERS, Assignment(programme="p", people=("a", "b", "c")), "c"),
    "a member": (COMMUNITIES, Assignment(programme="g", people=("a", "b"), community="x"), "b"),
    "a lead": (COMMUNITIES, Assignment(programme="g", people=("a", "b"), community="x"), "c"),
}


def round_of(programme: Programme, hours: dict[str, float | None], **more: Any) -> Problem:
    """Return a round of one programme in which people have these hours."""
    people = tuple(Person(id=name, hours_a_month=hours.get(name)) for name in "abc")
    joint = Joint(hours_budget=True)
    return Problem(round="2026-Q4", people=people, programmes=(programme,), joint=joint, **more)


def short_of_hours(problem: Problem, *plan: Assignment) -> dict[str, str]:
    """Return who is asked for more hours than they have, with the sentence that says so."""
    solution = Solution(
        status=Status.TIMED_OUT,
        problem_sha256=problem.sha256,
        programmes=(problem.programmes[0].id,),
        assignments=plan,
    )
    found = check(problem, solution).violations
    return {row.where: row.message for row in found if row.kind is Kind.HOURS}


@pytest.mark.parametrize(("programme", "plan", "person"), ENGAGEMENTS.values(), ids=ENGAGEMENTS)
def test_every_engagement_takes_its_hours(programme: Programme, plan: Assignment, person: str) -> None:
    """Whoever gives or seeks has hours enough, or is named; unknown hours are no bound, and none are none."""
    lasting = replace(programme, hours_a_month=1.5)
    assert short_of_hours(round_of(lasting, {person: 1.5}), plan) == {}
    assert short_of_hours(round_of(lasting, {person: None}), plan) == {}
    assert short_of_hours(round_of(lasting, {person: 1.49}), plan) == {
        f"people.{person}": f"{person} has 1.49 hours a month; the plan asks for 1.5."
    }
    assert short_of_hours(round_of(replace(programme, hours_a_month=None), {person: 0.0}), plan) == {}
    unbounded = replace(round_of(lasting, {person: 0.0}), joint=Joint(cover_by=(programme.id,)))
    assert short_of_hours(unbounded, plan) == {}


def test_engagements_of_one_person_add_up() -> None:
    """Two mentees take twice the hours of one."""
    programme = replace(
        MENTORING,
        hours_a_month=1.0,
        mentees=(Mentee(person="a"), Mentee(person="c")),
        mentors=(Mentor(person="b", capacity=2),),
    )
    plan = [
        Assignment(programme="m", members={Role.MENTEE: mentee, Role.MENTOR: "b"}) for mentee in ("a", "c")
    ]
    assert short_of_hours(round_of(programme, {"b": 2.0}), *plan) == {}
    assert list(short_of_hours(round_of(programme, {"b": 1.0}), *plan)) == ["people.b"]


def test_locks_beyond_somebody_s_hours_are_told_and_leave_none() -> None:
    """A problem can be written whose locks no solver would take: the check names who has too few hours."""
    locks = (Lock(programme="m", members=("a", "b")),)
    problem = round_of(replace(MENTORING, hours_a_month=2.0), {"a": 1.0}, locks=locks)
    bare = Certificate(programme="m", kind=CertificateKind.BOUND, bound=0)
    row = HoursPrice(person="a", price=3, seeking={"m": 1})
    steps = (
        JointStep(goal="coverage", programme="m", value=0, bound=0, weights=(1,), certificates=(bare,)),
        JointStep(goal="points", value=0, bound=0, weights=(0, 1), certificates=(bare,), hours=(row,)),
    )
    plan = Assignment(programme="m", members={Role.MENTEE: "a", Role.MENTOR: "b"}, locked=True)
    solution = Solution(
        status=Status.TIMED_OUT,
        problem_sha256=problem.sha256,
        programmes=("m",),
        assignments=(plan,),
        joint=steps,
        goals=(
            GoalValue(programme="m", goal="coverage", value=1, bound=1),
            GoalValue(programme="m", goal="points", value=0, bound=0),
        ),
    )
    assert {row.kind for row in check(problem, solution).violations} == {Kind.HOURS}


@pytest.mark.parametrize(("hours", "limit"), [(2.0, 0), (3.5, 0), (4.0, 1), (9.0, 1)])
def test_what_locks_take_is_off_the_limit_of_a_row(hours: float, limit: int) -> None:
    """With one mentor by a lock, two hours of what somebody has are left for the next, or none."""
    two = (Mentor(person="b"), Mentor(person="c"))
    programme = replace(
        MENTORING, hours_a_month=2.0, mentees=(Mentee(person="a", places=2),), mentors=two, goals=("points",)
    )
    problem = round_of(programme, {"a": hours}, locks=(Lock(programme="m", members=("a", "b")),))
    bare = Certificate(programme="m", kind=CertificateKind.BOUND, bound=0)
    row = HoursPrice(person="a", price=3, seeking={"m": 1})
    for bound in (3 * limit, 3 * limit + 1):
        step = JointStep(
            goal="points", value=0, bound=bound, weights=(1,), certificates=(bare,), hours=(row,)
        )
        solution = Solution(
            status=Status.TIMED_OUT, problem_sha256=problem.sha256, programmes=("m",), joint=(step,)
        )
        wrong = "joint[0].bound" in {found.where for found in check(problem, solution).violations}
        assert wrong is (bound != 3 * limit)
