"""What one more place and one more mentor are worth: exactly what a whole solve with them finds."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings

from matching.__main__ import main
from matching.contrast.anew import Anew
from matching.contrast.places import place_values
from matching.contrast.question import Contrast
from matching.contrast.recruits import recruits
from matching.contrast.sentences import ContrastSentences
from matching.contrast.standing import Standing
from matching.generate import generate
from matching.problem import Mentor, MentoringProgramme, Problem
from matching.skills import closeness_of
from matching.solution import Solution
from matching.solve import Limits, solve
from matching.watch import Stopped, Watch
from tests.matching.problems import bare_problems, one_pair, read


def standing_of(problem: Problem, solution: Solution) -> Standing:
    (programme,) = problem.programmes
    found = Contrast(Anew(problem, solution), programme.id).standing
    assert found is not None
    return found


def with_mentors(problem: Problem, mentors: tuple[Mentor, ...], **more: Any) -> Problem:
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    changed = dataclasses.replace(programme, mentors=mentors)
    return dataclasses.replace(problem, programmes=(changed,), **more)


def gained(before: Solution, after: Solution) -> list[int]:
    return [then.value - now.value for now, then in zip(before.goals, after.goals, strict=True)]


@settings(max_examples=60, deadline=None)
@given(bare_problems())
def test_one_more_place_is_worth_what_a_whole_solve_with_it_gains(problem: Problem) -> None:
    """Of every mentor, also those whose place would help nobody, who are left out; the most comes first."""
    solution = solve(problem)
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    values = {row.mentor: row for row in place_values(standing_of(problem, solution))}
    for number, mentor in enumerate(programme.mentors):
        wider = dataclasses.replace(mentor, capacity=mentor.capacity + 1)
        mentors = (*programme.mentors[:number], wider, *programme.mentors[number + 1 :])
        change = gained(solution, solve(with_mentors(problem, mentors)))
        if mentor.person in values:
            assert list(values[mentor.person].difference.goals.values()) == change
        else:
            assert not any(change)
    worth = [list(row.difference.goals.values()) for row in values.values()]
    assert worth == sorted(worth, reverse=True)


def with_its_closeness(problem: Problem) -> Problem:
    """Return the problem with closeness written down, which one more person then does not change."""
    found = closeness_of(problem)
    near = found.matrix.tocoo()
    row, column = near.coords
    pairs = {
        (min(a, b), max(a, b)): int(value)
        for a, b, value in zip(row.tolist(), column.tolist(), near.data.tolist(), strict=True)
        if a != b
    }
    rows = tuple((found.ids[a], found.ids[b], value) for (a, b), value in sorted(pairs.items()))
    return dataclasses.replace(problem, skills=dataclasses.replace(problem.skills, closeness=rows))


@pytest.mark.parametrize("places", [1, 3])
def test_a_recruit_is_worth_what_a_whole_solve_with_them_gains(places: int) -> None:
    """The best recruits put among the people gain just what is told, and no other skill's recruit gains more."""
    problem = with_its_closeness(generate(mentees=40, mentors=8, seed=6))
    solution = solve(problem)
    standing = standing_of(problem, solution)
    found = list(recruits(standing, places=places, shown=4, watch=Watch(Limits())))
    assert len({row.mentor.holds[0].skill for row in found}) == len(found) == 4
    worth = [list(row.difference.goals.values()) for row in found]
    assert worth == sorted(worth, reverse=True)
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    for row in found:
        mentors = (*programme.mentors, Mentor(person=row.mentor.id, capacity=places))
        wider = with_mentors(problem, mentors, people=(*problem.people, row.mentor))
        assert list(row.difference.goals.values()) == gained(solution, solve(wider))


def test_the_search_by_bounds_misses_no_recruit() -> None:
    """Asked for everybody, no skill has a recruit who is worth more than those told when few are asked for."""
    problem = generate(mentees=16, mentors=4, seed=8)
    standing = standing_of(problem, solve(problem))
    few = list(recruits(standing, places=2, shown=3, watch=Watch(Limits())))
    every = list(recruits(standing, places=2, shown=1000, watch=Watch(Limits())))
    assert len(every) > 3
    worth = [[list(row.difference.goals.values()) for row in rows] for rows in (few, every)]
    assert worth[0] == worth[1][:3]


def test_a_search_for_recruits_can_be_stopped() -> None:
    """Between recruits the watch is asked."""
    problem = generate(mentees=16, mentors=4, seed=8)
    standing = standing_of(problem, solve(problem))
    with pytest.raises(Stopped):
        list(recruits(standing, places=2, shown=3, watch=Watch(Limits(), should_stop=lambda: True)))


def scarce() -> dict[str, Any]:
    content = one_pair(
        [{"rule": "covers_wants", "percent": 50}],
        skills={"nodes": [{"id": "sql", "label": "SQL"}]},
        ann={"wants": [{"skill": "sql", "level": 3}], "languages": ["fr"], "time_zone": "Europe/Paris"},
        ben={"holds": [{"skill": "sql", "level": 4}]},
        others=[{"id": "cleo", "wants": [{"skill": "sql", "level": 2}]}],
        criteria={"skills": 10},
    )
    content["programmes"][0]["mentees"].append({"person": "cleo", "rounds_waited": 1})
    return content


def test_the_words_name_the_skill_and_the_people() -> None:
    """The recruit has the highest level that is missed, and the sentence says whom they would match."""
    problem = read(scarce())
    standing = standing_of(problem, solve(problem))
    (recruit,) = recruits(standing, places=1, shown=5, watch=Watch(Limits()))
    words = ContrastSentences(problem)
    assert list(words.recruit(recruit)) == [
        "One more mentor with SQL at level 3 (Europe/Paris, fr, 1 place): 1 person more would have a mentor "
        "and the plan would have 10 points more.",
        "It would match ann.",
    ]
    (place,) = place_values(standing)
    assert next(words.place(place)).startswith("One more place with ben: 1 person more would have a mentor")


def test_the_command_tells_recruits(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """The number of places may be given; a plan that needs nobody says so, and one without prices too."""
    enough = scarce()
    enough["programmes"][0]["mentors"][0]["capacity"] = 2
    for content, said in (
        (scarce(), "m: One more mentor with SQL at level 3 (Europe/Paris, fr, 1 place)"),
        (enough, "m: No recruit and no further place would make the plan better."),
    ):
        problem = read(content)
        files = tmp_path / "problem.json", tmp_path / "solution.json"
        for file, text in zip(files, (problem.to_json(), solve(problem).to_json()), strict=True):
            file.write_text(text)
        assert main(["explain", *map(str, files), "--recruit"]) == 0
        assert capsys.readouterr().out.startswith(said)
    files[1].write_text(solve(problem, limits=Limits(seconds=0)).to_json())
    assert main(["explain", *map(str, files), "--recruit", "2"]) == 0
    assert "there is none" in capsys.readouterr().out
