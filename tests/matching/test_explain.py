"""Reasons: the facts give the points they explain, one is told for a pair and one against, and all are true."""

from typing import Any

import pytest

from matching.explain import Explainer, PairReasons
from matching.facts import Cover, LevelStep, SharedTime, Shortfall
from matching.generate import generate
from matching.problem import Criterion, Held, Wanted
from matching.score import FULL
from matching.sentences import Sentences
from matching.solve import solve
from tests.matching.problems import one_pair, read

NODES = [{"id": "sql", "label": "SQL"}, {"id": "my", "label": "MySQL"}, {"id": "law", "label": "Law"}]
SKILLS = {"skills": {"nodes": NODES, "edges": [["sql", "related", "my"]]}}
DAY = {"time_zone": "Europe/Paris", "working_hours": [[540, 855]]}
PARIS = {"time_zone": "Europe/Paris", "location": "Paris"}


def wants(*rows: tuple[str, int, int]) -> dict[str, Any]:
    return {
        "wants": [{"skill": skill, "level": level, "importance": weight} for skill, level, weight in rows]
    }


def holds(**levels: int) -> dict[str, Any]:
    return {"holds": [{"skill": skill, "level": level} for skill, level in levels.items()]}


WANTS_3 = wants(("sql", 3, 1))


def pair(criteria: dict[str, int], **more: Any) -> tuple[PairReasons, Sentences]:
    problem = read(one_pair(criteria=criteria, **SKILLS, **more))
    return Explainer(problem, "m").why("ann", "ben"), Sentences(problem)


def sentences(criteria: dict[str, int], **more: Any) -> tuple[str | None, str | None]:
    reasons, words = pair(criteria, **more)
    return words.speaks_for(reasons), words.speaks_against(reasons)


def test_every_pair_has_a_reason_for_and_nearly_every_one_against() -> None:
    """Parts add up; nothing is said against a pair only where what misses points is no news."""
    problem = generate(mentees=60, mentors=25, seed=9)
    solution = solve(problem)
    words = Sentences(problem)
    reasons = list(Explainer(problem, "mentoring").why_all(solution))
    assert len(reasons) == len(solution.assignments)
    silent = {Criterion.SKILLS, Criterion.LEVEL_STEP, Criterion.WISHES}
    for row, match in zip(reasons, solution.assignments, strict=True):
        assert row.points == match.points == sum(part.points for part in row.parts)
        assert {part.criterion.value: part.points for part in row.parts} == match.parts
        assert (words.speaks_for(row) is not None) == (row.points > 0)
        missing = {part.criterion for part in row.parts if part.missing}
        assert words.speaks_against(row) is not None or missing <= silent
    assert sum(words.speaks_against(row) is not None for row in reasons) > len(reasons) / 2
    assert all(words.cause(row).endswith(".") for row in solution.unmatched)


def test_the_facts_of_skills_and_hours_give_the_points_they_explain() -> None:
    """Whoever changes how points are given must change the facts with them."""
    problem = generate(mentees=80, mentors=30, seed=4)
    people = {person.id: person for person in problem.people}
    for row in Explainer(problem, "mentoring").why_all(solve(problem)):
        parts = {part.criterion: part for part in row.parts}
        importance = sum(want.importance for want in people[row.mentee].wants)
        covers = [fact for fact in parts[Criterion.SKILLS].facts.favour if isinstance(fact, Cover)]
        covered = sum(fact.worth * fact.want.importance for fact in covers)
        assert parts[Criterion.SKILLS].points == points(covered // importance, parts[Criterion.SKILLS].weight)
        (time,) = parts[Criterion.HOURS].facts.favour
        assert isinstance(time, SharedTime)
        shared = min(time.minutes, 240) * FULL // 240
        assert parts[Criterion.HOURS].points == points(shared, parts[Criterion.HOURS].weight)


def points(share: int, weight: int) -> int:
    return (weight * share + 500) // FULL


@pytest.mark.parametrize(
    ("held", "favour", "against"),
    [(2, 0, 1), (3, 0, 1), (4, 1, 0), (5, 1, 0)],
    ids=["below", "just at it", "one above", "two above"],
)
def test_a_good_step_speaks_for_a_pair_and_a_poor_one_against(held: int, favour: int, against: int) -> None:
    """A step is good from one level above on, and one and the same step never speaks both ways."""
    reasons, _words = pair({"level_step": 100}, ann=WANTS_3, ben=holds(sql=held))
    step = LevelStep(Wanted("sql", 3, 1), Held("sql", held))
    assert reasons.parts[0].facts.favour == (step,) * favour
    assert reasons.parts[0].facts.against == (step,) * against


def test_a_poor_step_is_forgiven_where_a_close_skill_makes_a_good_one() -> None:
    """The points come from the close skill, so the wanted one has not cost them."""
    reasons, _words = pair({"level_step": 100}, ann=WANTS_3, ben=holds(sql=2, my=5))
    assert reasons.parts[0].points >= 60
    assert reasons.best is None
    assert reasons.worst is None


def test_the_weightiest_step_is_told() -> None:
    """Of two poor steps the one in the more important skill speaks against the pair."""
    reasons, _words = pair(
        {"level_step": 100}, ann=wants(("sql", 4, 3), ("law", 4, 1)), ben=holds(sql=2, law=2)
    )
    assert reasons.worst is not None
    assert reasons.worst.fact == LevelStep(Wanted("sql", 4, 3), Held("sql", 2))


def test_the_wanted_skill_is_told_before_a_close_one_that_covers_as_much() -> None:
    """With no difference in points, the mentor's own level in the wanted skill counts."""
    near = pair({"skills": 100}, ann=WANTS_3, ben=holds(my=5))[0].parts[0].facts.favour[0]
    own = pair({"skills": 100}, ann=WANTS_3, ben=holds(sql=3, my=5))[0].parts[0].facts.favour[0]
    assert isinstance(near, Cover)
    assert near.held == Held("my", 5)
    assert own == Cover(Wanted("sql", 3, 1), Held("sql", 3), 1000)


@pytest.mark.parametrize(
    ("criteria", "more", "expected"),
    [
        ({"skills": 60, "level_step": 30}, {"ann": WANTS_3, "ben": holds(sql=3)}, None),
        ({"skills": 60, "hours": 1}, {"ann": WANTS_3 | DAY, "ben": holds(sql=2) | DAY}, None),
        (
            {"skills": 60, "level_step": 30, "location": 10},
            {"ann": WANTS_3 | {"location": "Oslo"}, "ben": holds(sql=3) | {"location": "Paris"}},
            "They work at different locations.",
        ),
        (
            {"skills": 100},
            {"ann": wants(("sql", 4, 3), ("law", 4, 1)), "ben": holds(sql=2)},
            "ben has no skill close to Law, which ann wants at level 4.",
        ),
        (
            {"skills": 60, "level_step": 40},
            {"ann": wants(("sql", 3, 3), ("law", 3, 1)), "ben": holds(sql=3, law=3)},
            "ben is just at the level ann wants to reach in Law.",
        ),
    ],
    ids=["just at the level", "below it", "another place", "another want", "another step"],
)
def test_the_skill_told_in_favour_is_never_held_against_a_pair(
    criteria: dict[str, int], more: dict[str, Any], expected: str | None
) -> None:
    """Another criterion or another want speaks against the pair, even when it misses less, or nothing does."""
    assert sentences(criteria, **more)[1] == expected
    told = pair(criteria, **more)[0].best
    assert told is not None
    assert isinstance(told.fact, Cover)
    assert told.fact.want.skill == "sql"


def test_a_skill_is_held_against_a_pair_when_something_else_was_told_in_favour() -> None:
    """The one want, half covered, is the news where shared time speaks for the pair."""
    told = sentences({"hours": 60, "skills": 50}, ann=wants(("sql", 4, 1)) | DAY, ben=holds(sql=2) | DAY)
    assert told == (
        "They share 5 hours and 15 minutes of working time each day.",
        "ben has SQL at level 2; ann wants to reach level 4.",
    )


BEFORE = {"programme": "m", "round": "2026-Q3"}


@pytest.mark.parametrize(
    ("criterion", "more"),
    [
        ("wishes", {}),
        ("skills", {}),
        ("level_step", {"ann": WANTS_3, "ben": holds(law=3)}),
        ("continuity", {}),
        ("continuity", {"history": [BEFORE | {"members": ["eve", "ben"]}], "others": [{"id": "eve"}]}),
        ("location", {"ann": {"location": "Oslo"}}),
    ],
    ids=["no wishes", "no wants", "no skill of both", "no last round", "new mentee", "unknown place"],
)
def test_a_criterion_with_nothing_to_say_says_nothing(criterion: str, more: dict[str, Any]) -> None:
    """Points nobody could have earned, and what is not known, are not held against a pair."""
    assert sentences({criterion: 100}, **more) == (None, None)


def test_the_next_criterion_speaks_where_one_has_nothing_to_say() -> None:
    """Without wishes the lesser loss is told."""
    against = sentences({"wishes": 60, "grade_step": 10}, ann={"grade": 3}, ben={"grade": 2})[1]
    assert against == "ben's grade is 1 step below ann's."


@pytest.mark.parametrize(
    ("criterion", "more", "sentence"),
    [
        ("skills", {"ann": WANTS_3, "ben": holds(sql=4)}, "ben has SQL at level 4; ann wants to reach level 3."),
        (
            "skills",
            {"ann": WANTS_3, "ben": holds(my=4)},
            "ben has MySQL at level 4, close to SQL, which ann wants at level 3.",
        ),
        (
            "level_step",
            {"ann": WANTS_3, "ben": holds(sql=5)},
            "ben is 2 levels above the level ann wants to reach in SQL.",
        ),
        ("hours", {"ann": DAY, "ben": DAY}, "They share 5 hours and 15 minutes of working time each day."),
        ("variety", {"ann": {"department": "Law"}, "ben": {"department": "Care"}}, "ben works in another department than ann."),
        ("wishes", {"mentee": {"wishes": ["ben"]}}, "ann named ben as first choice."),
        (
            "continuity",
            {"history": [BEFORE | {"members": ["ann", "ben"]}]},
            "They were matched in the last round and may go on.",
        ),
        ("location", {"ann": PARIS, "ben": PARIS}, "They work at the same location."),
        ("location", {"ann": PARIS, "ben": PARIS | {"location": "Lille"}}, "They work in the same time zone."),
        ("grade_step", {"ann": {"grade": 3}, "ben": {"grade": 4}}, "ben's grade is 1 step above ann's."),
    ],
)  # fmt: skip
def test_the_reason_for_says_the_figures(criterion: str, more: dict[str, Any], sentence: str) -> None:
    """The sentence names the people and what counts."""
    assert sentences({criterion: 100}, **more)[0] == sentence


@pytest.mark.parametrize(
    ("criterion", "more", "sentence"),
    [
        ("skills", {"ann": WANTS_3}, "ben has no skill close to SQL, which ann wants at level 3."),
        ("level_step", {"ann": WANTS_3, "ben": holds(sql=3)}, "ben is just at the level ann wants to reach in SQL."),
        ("level_step", {"ann": WANTS_3, "ben": holds(sql=1)}, "ben is 2 levels below the level ann wants to reach in SQL."),
        ("hours", {"ann": DAY}, "It is not known when both of them work."),
        ("hours", {"ann": DAY, "ben": DAY | {"working_hours": [[855, 900]]}}, "They share no working time."),
        ("hours", {"ann": DAY, "ben": DAY | {"working_hours": [[795, 900]]}}, "They share only 1 hour of working time each day."),
        ("variety", {"ann": {"department": "Law"}, "ben": {"department": "Law"}}, "They work in the same department."),
        ("variety", {"ann": {"department": "Law"}}, "It is not known where both of them work."),
        ("wishes", {"mentee": {"wishes": ["eve"]}, "others": [{"id": "eve"}]}, "ann did not name ben."),
        ("continuity", {"history": [BEFORE | {"members": ["ann", "eve"]}], "others": [{"id": "eve"}]}, "They were not matched in the last round."),
        ("location", {"ann": PARIS, "ben": PARIS | {"location": "Lille"}}, "They work at different locations in the same time zone."),
        ("grade_step", {"ann": {"grade": 3}}, "The grade of one of them is not known."),
    ],
)  # fmt: skip
def test_the_reason_against_says_the_figures(criterion: str, more: dict[str, Any], sentence: str) -> None:
    """What is only not known is said to be so."""
    assert sentences({criterion: 100}, **more)[1] == sentence


def test_a_close_skill_is_named_where_the_wanted_one_is_lacking() -> None:
    """The want that speaks against the pair tells what comes closest; the mentor's own level when they have it."""
    day = {"ann": WANTS_3 | DAY, "ben": holds(my=4) | DAY}
    assert sentences({"hours": 200, "skills": 100}, **day)[1] == (
        "ben does not have SQL, which ann wants at level 3; MySQL at level 4 comes closest."
    )
    both = {"ann": wants(("sql", 5, 1)) | DAY, "ben": holds(my=5, sql=1) | DAY}
    reasons, words = pair({"hours": 200, "skills": 100}, **both)
    assert words.speaks_against(reasons) == "ben has SQL at level 1; ann wants to reach level 5."
    assert reasons.worst is not None
    assert reasons.worst.fact == Shortfall(Wanted("sql", 5, 1), Held("sql", 1), Held("my", 5))
