"""Closeness of skills: the solver's walks and the check's find the same, and what weighs how much."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import matching.check.skills as checked
import matching.skills as solved
from matching.check.skills import closeness
from matching.problem import EdgeKind, Held, Person, Problem, Skill, SkillEdge, SkillRows, Wanted
from matching.skills import closeness_of

QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = "abcdefghijklmnop"


def company(*profiles: str, edges: tuple[tuple[str, str, str], ...] = (), of: str = NAMES) -> Problem:
    """One person for each profile, a string of skills."""
    return Problem(
        round="2026-Q4",
        skills=SkillRows(
            nodes=tuple(Skill(name) for name in of),
            edges=tuple(SkillEdge(source, EdgeKind(kind), target) for source, kind, target in edges),
        ),
        people=tuple(
            Person(id=f"p{number:03}", holds=tuple(Held(skill, 3) for skill in profile))
            for number, profile in enumerate(profiles)
        ),
    )


def near_of(problem: Problem) -> dict[str, dict[str, int]]:
    """Closeness as the solver finds it, which the check finds too."""
    found = closeness_of(problem)
    near = closeness(problem)
    assert {skill: found.near(skill) for skill in near} == near
    return near


@st.composite
def companies(draw: st.DrawFn) -> Problem:
    """People with any of a few skills, and edges from later to earlier ones."""
    random = Random(draw(st.integers(0, 2**32)))
    of = NAMES[: random.randint(1, len(NAMES))]
    kinds = tuple(EdgeKind)
    edges = {
        (later, random.choice(kinds), earlier)
        for later in of
        for earlier in of
        if earlier < later and random.random() < 0.2
    }
    profiles = [random.sample(of, random.randint(0, min(5, len(of)))) for _ in range(random.randint(0, 30))]
    return company(*("".join(profile) for profile in profiles), edges=tuple(sorted(edges)), of=of)


@given(companies(), st.sampled_from([1, 2, 128]))
@settings(QUIET, max_examples=60)
def test_solver_and_check_find_the_same_closeness(problem: Problem, nearest: int) -> None:
    """Both find the same figures, alike both ways, 1000 for a skill itself and 50 to 900 for others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solved, "NEAREST", nearest)
        patch.setattr(checked, "KEPT", nearest)
        patch.setattr(solved, "CELLS_AT_ONCE", 20)
        near = near_of(problem)
    for skill, others in near.items():
        assert others.pop(skill) == 1000
        assert all(near[other].get(skill) == value and 50 <= value <= 900 for other, value in others.items())


def test_each_skill_keeps_its_nearest_and_those_it_is_nearest_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one place, every leaf of a star keeps the centre, and so the centre keeps every leaf."""
    monkeypatch.setattr(solved, "NEAREST", 1)
    monkeypatch.setattr(checked, "KEPT", 1)
    edges = tuple((leaf, "broader", "a") for leaf in "bcde")
    near = near_of(company("abcde", edges=edges))
    assert set(near["a"]) == set("abcde")
    assert all(set(near[leaf]) == {leaf, "a"} for leaf in "bcde")


def test_what_few_people_have_together_counts_for_less() -> None:
    """Two skills that nobody has one of alone: held by one person a third of the weight, by four two thirds."""
    profiles = [[0, 1], *[[2, 3]] * 4, *[[4]] * 9, []]
    weights = solved._profile_weights(profiles, 5).toarray()
    assert weights[0, 1] == weights[1, 0] == 333
    assert weights[2, 3] == weights[3, 2] == 666
    assert weights.sum() == 2 * (333 + 666)


def test_skills_that_go_together_by_chance_are_not_close() -> None:
    """Half the people have a, half b and a quarter both, as by chance; c and d always come together."""
    near = near_of(company("ab", "a", "b", "", "ab", "a", "b", "", *["cd"] * 2, *["e"] * 4))
    assert "b" not in near["a"]
    assert near["c"]["d"] > 500


def test_profiles_of_more_than_forty_skills_say_nothing() -> None:
    """Somebody who lists everything makes nothing close."""
    of = tuple(f"s{number:02}" for number in range(41))
    people = tuple(
        Person(id=f"p{number}", holds=tuple(Held(skill, 1) for skill in (of if number < 3 else ())))
        for number in range(9)
    )
    problem = replace(company(), skills=SkillRows(nodes=tuple(Skill(skill) for skill in of)), people=people)
    assert all(len(others) == 1 for others in near_of(problem).values())
    shorter = tuple(replace(person, holds=person.holds[:40]) for person in people)
    others = tuple(Person(id=f"q{number}", holds=(Held(of[40], 1),)) for number in range(9))
    assert len(near_of(replace(problem, people=shorter + others))[of[0]]) == 40


def test_nobody_and_no_edges() -> None:
    """Without people nothing is asked; with one skill there is only itself."""
    assert near_of(company()) == {}
    assert near_of(company("a")) == {"a": {"a": 1000}}


def test_wants_belong_to_a_profile_and_the_order_of_rows_does_not_matter() -> None:
    """What people want counts as what they hold does, whatever the order of people and edges."""
    edges = (("a", "broader", "c"), ("b", "related", "a"))
    one = company("ab", "ab", "ab", "c", "c", "c", "d", edges=edges)
    wanting = tuple(
        replace(person, holds=person.holds[:1], wants=tuple(Wanted(row.skill, 2) for row in person.holds[1:]))
        for person in one.people
    )
    other = replace(
        company(edges=edges[::-1]),
        people=tuple(np.random.default_rng(1).permutation(np.array(wanting, dtype=object))),
    )
    assert near_of(one) == near_of(other)
