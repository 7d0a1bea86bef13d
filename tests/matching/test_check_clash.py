"""Any members may be said to clash: the check finds which are none of the problem's, and which are not needed."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import assume, given, settings

from matching.check import ViolationKind, check
from matching.problem import MentoringProgramme, Problem
from matching.solution import Clash, ClashKind, ClashMember, Solution, Status
from tests.matching.problems import bare_problems, one_pair, read
from tests.matching.test_check_bounds import SEEDS


def told(problem: Problem, *members: ClashMember) -> set[str]:
    """Return the places of what is wrong with a clash, beside a plan that matches nobody."""
    solution = Solution(
        status=Status.TIMED_OUT,
        problem_sha256=problem.sha256,
        programmes=("m",),
        clashes=(Clash(programme="m", members=members),),
    )
    found = [row for row in check(problem, solution).violations if row.where.startswith("clashes")]
    assert {row.kind for row in found} <= {ViolationKind.WRONG_CLASH}
    return {row.where for row in found}


def members_of(problem: Problem, programme: MentoringProgramme) -> list[ClashMember]:
    """Return all that may clash where candidates are listed."""
    people = [ClashMember(kind=ClashKind.PERSON, people=(m.person,)) for m in programme.mentees if m.required]
    places = [
        ClashMember(kind=ClashKind.PLACES, people=(row.person,), places=row.capacity)
        for row in programme.mentors
    ]
    locks = [ClashMember(kind=ClashKind.LOCK, people=row.members) for row in problem.locks]
    bans = [ClashMember(kind=ClashKind.BAN, people=row.members) for row in problem.bans]
    return people + places + locks + bans


def can_stand(programme: MentoringProgramme, members: list[ClashMember]) -> bool:
    """Tell by trying everything whether these members can all be kept."""
    of = {kind: [row.people for row in members if row.kind is kind] for kind in ClashKind}
    locks, bans = of[ClashKind.LOCK], {frozenset(row) for row in of[ClashKind.BAN]}
    left = {row.people[0]: row.places or 0 for row in members if row.kind is ClashKind.PLACES}
    for _, mentor in locks:
        if mentor in left:
            left[mentor] -= 1
    seeking = [person for (person,) in of[ClashKind.PERSON] if person not in {a for a, _ in locks}]

    def find(number: int, left: dict[str, int]) -> bool:
        if number == len(seeking):
            return True
        return any(
            find(number + 1, {**left, mentor: left.get(mentor, 99) - 1})
            for person, mentor, _points in programme.candidates or ()
            if person == seeking[number]
            and frozenset((person, mentor)) not in bans
            and left.get(mentor, 99) > 0
        )

    return find(0, left)


@given(problem=bare_problems(), seed=SEEDS)
@settings(deadline=None, max_examples=150)
def test_each_member_must_be_needed(problem: Problem, seed: int) -> None:
    """Those without whom the others clash as well are told by number; members that can all stand clash nowhere."""
    random = Random(seed)
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    mentees = tuple(
        replace(row, required=row.places > 0 and random.random() < 0.8) for row in programme.mentees
    )
    programme = replace(programme, mentees=mentees)
    problem = replace(problem, programmes=(programme,))
    assume(any(row.required for row in mentees))
    every = members_of(problem, programme)
    chosen = random.sample(every, random.randint(1, len(every)))
    while random.random() < 0.7 and not can_stand(programme, chosen):
        spare = [row for row in chosen if not can_stand(programme, [one for one in chosen if one is not row])]
        if not spare:
            break
        chosen.remove(random.choice(spare))
    if can_stand(programme, chosen):
        expected = {"clashes[0]"}
    else:
        expected = {
            f"clashes[0].members[{number}]"
            for number in range(len(chosen))
            if not can_stand(programme, chosen[:number] + chosen[number + 1 :])
        }
    assert told(problem, *chosen) == expected


PERSON = ClashMember(kind=ClashKind.PERSON, people=("ann",))
RULE = ClashMember(kind=ClashKind.RULE, rule="shared_hours", figures={"minutes": 60})
PLACES = ClashMember(kind=ClashKind.PLACES, people=("ben",), places=1)
LOCK = ClashMember(kind=ClashKind.LOCK, people=("cat", "ben"))
BAN = ClashMember(kind=ClashKind.BAN, people=("ann", "dan"))
STRANGE = {
    "a person who need not be matched": replace(PERSON, people=("cat",)),
    "a person nobody knows": replace(PERSON, people=("ghost",)),
    "two people as one": replace(PERSON, people=("ann", "cat")),
    "a person with places": replace(PERSON, places=1),
    "a person with a rule": replace(PERSON, rule="shared_hours"),
    "another figure of a rule": replace(RULE, figures={"minutes": 61}),
    "a rule without its figure": replace(RULE, figures={}),
    "a figure too many": replace(RULE, figures={"minutes": 60, "percent": 5}),
    "a rule there is not": replace(RULE, rule="shared_language", figures={}),
    "a rule of somebody": replace(RULE, people=("ann",)),
    "a rule with places": replace(RULE, places=1),
    "more places than there are": replace(PLACES, places=2),
    "places of no mentor": replace(PLACES, people=("ann",)),
    "places of two mentors": replace(PLACES, people=("ben", "dan")),
    "places of nobody": replace(PLACES, people=()),
    "places by a rule": replace(PLACES, rule="shared_hours"),
    "a lock there is not": replace(LOCK, people=("ann", "ben")),
    "a lock with places": replace(LOCK, places=1),
    "a ban there is not": replace(BAN, people=("ann", "ben")),
    "a ban with figures": replace(BAN, figures={"minutes": 60}),
}


def crowded() -> Problem:
    """Return Ann, who must be matched, with Ben, whose only place Cat has, and Dan, with whom she must not be."""
    content = one_pair(
        [{"rule": "shared_hours", "minutes": 60}],
        mentee={"required": True},
        others=[{"id": name} for name in ("cat", "dan")],
        locks=[{"programme": "m", "members": ["cat", "ben"], "override": True, "reason": "Agreed."}],
        bans=[{"programme": "m", "members": ["ann", "dan"]}],
    )
    content["programmes"][0]["mentees"].append({"person": "cat"})
    content["programmes"][0]["mentors"].append({"person": "dan"})
    return read(content)


def test_these_members_clash() -> None:
    """Without hours she shares a minute with nobody; without the rule Ben is full and Dan out of the question."""
    assert told(crowded(), PERSON, RULE) == set()
    assert told(crowded(), PERSON, PLACES, LOCK, BAN) == set()


@pytest.mark.parametrize("member", STRANGE.values(), ids=STRANGE)
def test_a_member_that_is_none_is_told_at_its_place(member: ClashMember) -> None:
    """Whatever a member says must be so of the problem, and it says no more than its kind does."""
    assert told(crowded(), PERSON, RULE, member) == {"clashes[0].members[2]"}
    assert told(crowded(), member, member, PERSON) == {"clashes[0].members[0]", "clashes[0].members[1]"}
