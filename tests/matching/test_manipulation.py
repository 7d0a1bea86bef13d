"""Manipulation: what narrowing gains is found, what it cannot gain is proved, and both in points of the truth."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.__main__ import main
from matching.audit.manipulation import enrolled_in, manipulation_of, sample_of
from matching.audit.manipulation_text import ManipulationWords
from matching.audit.narrowings import NarrowingKind
from matching.audit.price_bound import PriceBounds
from matching.contrast.anew import Anew
from matching.errors import ProblemError
from matching.generate import generate
from matching.problem import (
    Ban,
    Criterion,
    GoalName,
    Lock,
    Mentee,
    Mentor,
    MentoringProgramme,
    Person,
    Problem,
    Rule,
    RuleName,
)
from matching.solution import Role, Solution, Status
from matching.solve import solve
from matching.watch import Limits
from tests.matching.problems import bare_problems


def company(*candidates: tuple[str, str, int], **more: object) -> Problem:
    """Return a mentoring problem of these candidates, one place each."""
    mentees, mentors = {row[0] for row in candidates}, {row[1] for row in candidates}
    return Problem(
        round="2026-Q4",
        people=tuple(Person(id=name) for name in sorted(mentees | mentors)),
        programmes=(
            MentoringProgramme(
                id="m",
                mentees=tuple(Mentee(person=name) for name in mentees),
                mentors=tuple(Mentor(person=name) for name in mentors),
                candidates=candidates,
            ),
        ),
        **more,  # type: ignore[arg-type]
    )


def anew_of(problem: Problem, **limits: Limits) -> Anew:
    return Anew(problem, solve(problem), **limits)  # type: ignore[arg-type]


APART = company(("a", "x", 10), ("a", "y", 5), ("b", "x", 9), ("b", "y", 1))


def test_refusing_all_but_the_best_may_gain() -> None:
    """The plan gives up a's first place for the sum; who refuses the second cannot be given it."""
    found = manipulation_of(anew_of(APART), "m", "a")
    assert found.points == 5
    assert found.best is not None
    assert (found.best.kind, found.best.what, found.best.gain) == (NarrowingKind.BEST_PARTNERS_ALONE, "1", 5)
    assert found.at_most == 5
    assert found.finished


def test_who_has_the_best_gains_nothing() -> None:
    """Nothing is tried where nothing could be better, and prices prove that it could not."""
    found = manipulation_of(anew_of(APART), "m", "b")
    assert (found.best, found.at_most) == (None, 0)


def test_who_is_left_out_for_want_of_places_gains_nothing() -> None:
    """One place, and somebody who is worth more in it: prices prove that hiding brings nothing."""
    problem = company(("a", "x", 10), ("b", "x", 9))
    found = manipulation_of(anew_of(problem), "m", "b")
    assert (found.points, found.best, found.at_most) == (0, None, 0)


def test_leaving_out_a_wish_may_gain_in_truth() -> None:
    """The second wish is granted so that the first can go to somebody else; unsaid, the first is."""
    problem = Problem(
        round="2026-Q4",
        people=tuple(Person(id=name) for name in "abxyz"),
        programmes=(
            MentoringProgramme(
                id="m",
                mentees=(Mentee(person="a", wishes=("x", "y")), Mentee(person="b", wishes=("z", "x"))),
                mentors=(Mentor(person="x"), Mentor(person="y")),
                criteria={Criterion.WISHES: 100},
            ),
        ),
    )
    found = manipulation_of(anew_of(problem), "m", "a")
    assert found.points == 80
    gains = {(row.kind, row.what): row.gain for row in found.attempts}
    assert gains[NarrowingKind.ONE_WISH_FEWER, "y"] == 20
    assert gains[NarrowingKind.ONE_WISH_FEWER, "x"] == 0


def bans_of(problem: Problem, person: str) -> Iterator[tuple[str, ...]]:
    """Yield every set of partners that somebody could hide."""
    (programme,) = problem.programmes
    others = sorted(
        {b if a == person else a for a, b, _points in programme.candidates or () if person in (a, b)}
    )
    return chain.from_iterable(combinations(others, size) for size in range(1, len(others) + 1))


def worth_to(problem: Problem, solution: Solution, person: str) -> int:
    (programme,) = problem.programmes
    points = {(a, b): worth for a, b, worth in programme.candidates or ()}
    pairs = [(row.members[Role.MENTEE], row.members[Role.MENTOR]) for row in solution.assignments]
    return sum(points.get(pair, 0) for pair in pairs if person in pair)


@given(bare_problems(), st.data())
@settings(max_examples=60, deadline=None)
def test_prices_rule_out_no_way_that_gains(problem: Problem, data: st.DataObject) -> None:
    """Where every way is solved the same one is best, and those that were left out gain nothing."""
    everybody = enrolled_in(problem.programmes[0])
    if not everybody:
        return
    person = data.draw(st.sampled_from(everybody))
    anew = anew_of(problem)
    found = manipulation_of(anew, "m", person)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PriceBounds, "of", lambda *_: None)
        plain = manipulation_of(anew, "m", person)
    assert found.best == plain.best
    assert set(found.attempts) <= set(plain.attempts)
    assert all(row.gain <= 0 for row in set(plain.attempts) - set(found.attempts))


def test_ways_that_prices_rule_out_are_counted() -> None:
    """Who has the only mentor has the best there is, with two languages and two spells of hours that nobody need try to hide."""
    hours, languages = ((540, 720), (780, 1020)), ("en", "fr")
    problem = Problem(
        round="2026-Q4",
        people=tuple(
            Person(id=name, time_zone="UTC", working_hours=hours, languages=languages) for name in "ax"
        ),
        programmes=(
            MentoringProgramme(
                id="m",
                mentees=(Mentee(person="a"),),
                mentors=(Mentor(person="x"),),
                rules=(Rule(rule=RuleName.SHARED_LANGUAGE),),
                criteria={Criterion.HOURS: 100},
            ),
        ),
    )
    found = manipulation_of(anew_of(problem), "m", "a")
    assert (found.attempts, found.at_most, found.ruled_out) == ((), 0, 4)
    first = next(ManipulationWords(problem).of_person(found))
    assert first.endswith("0 ways to say less were tried; of 4 others prices prove that they gain nothing.")


@given(bare_problems(), st.data())
@settings(max_examples=40, deadline=None)
def test_no_way_to_hide_partners_gains_more_than_is_proved(problem: Problem, data: st.DataObject) -> None:
    """Every set of partners is hidden in turn; found is no more than the best of them, and that than the bound."""
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    everybody = enrolled_in(programme)
    if not everybody:
        return
    person = data.draw(st.sampled_from(everybody))
    solution = solve(problem)
    found = manipulation_of(Anew(problem, solution), "m", person)
    now = worth_to(problem, solution, person)
    assert found.points == now
    gains = [0]
    for hidden in bans_of(problem, person):
        bans = tuple(Ban(programme="m", members=(person, other)) for other in hidden)
        try:
            changed = solve(replace(problem, bans=problem.bans + bans))
        except ProblemError:
            continue
        gains.append(worth_to(problem, changed, person) - now)
    by_hiding = [row.gain for row in found.attempts if row.kind is NarrowingKind.BEST_PARTNERS_ALONE]
    assert max(by_hiding, default=0) <= max(gains)
    if found.at_most is not None:
        assert max(gains) <= found.at_most
        assert max((row.gain for row in found.attempts), default=0) <= found.at_most


@pytest.mark.parametrize("seed", [3, 8])
def test_the_bound_holds_for_hours_languages_and_places(seed: int) -> None:
    """By criteria: what only lowers one's own points never brings more than is proved."""
    problem = generate(mentees=30, mentors=12, seed=seed)
    sample = sample_of(anew_of(problem), "mentoring", 5)
    bounded = [row for row in sample.people if row.at_most is not None]
    assert len(bounded) == len(sample.people) == 5
    lowering = {
        NarrowingKind.FIRST_WISH_ALONE,
        NarrowingKind.ONE_LANGUAGE_FEWER,
        NarrowingKind.FEWER_HOURS,
        NarrowingKind.FEWER_PLACES,
        NarrowingKind.BEST_PARTNERS_ALONE,
    }
    for row in bounded:
        gains = [attempt.gain for attempt in row.attempts if attempt.kind in lowering]
        assert max(gains, default=0) <= (row.at_most or 0)


def test_what_a_lock_needs_is_not_left_unsaid() -> None:
    """A narrowing that would break a lock is no way; nor is anything proved of who is locked."""
    people = (Person(id="a", languages=("en", "fr")), Person(id="x", languages=("fr",)))
    programme = MentoringProgramme(
        id="m",
        mentees=(Mentee(person="a"),),
        mentors=(Mentor(person="x"),),
        rules=(Rule(rule=RuleName.SHARED_LANGUAGE),),
    )
    lock = Lock(programme="m", members=("a", "x"))
    problem = Problem(round="2026-Q4", people=people, programmes=(programme,), locks=(lock,))
    found = manipulation_of(anew_of(problem), "m", "a")
    assert [(row.kind, row.what) for row in found.attempts] == [(NarrowingKind.ONE_LANGUAGE_FEWER, "en")]
    assert found.at_most is None


def test_nothing_is_proved_where_other_goals_count() -> None:
    """The weakest match comes first there, and prices of points say nothing of it."""
    (programme,) = APART.programmes
    goals = (GoalName.COVERAGE, GoalName.WORST_MATCH, GoalName.POINTS)
    problem = replace(APART, programmes=(replace(programme, goals=goals),))
    found = manipulation_of(anew_of(problem), "m", "a")
    assert found.at_most is None


def test_it_stops_with_what_was_found() -> None:
    """A search that is stopped says so; a plan that was stopped is no measure."""
    found = manipulation_of(anew_of(APART, limits=Limits(seconds=0)), "m", "a")
    assert (found.finished, found.attempts, found.at_most) == (False, (), None)
    stopped = replace(solve(APART), status=Status.TIMED_OUT)
    with pytest.raises(ProblemError, match="was stopped"):
        manipulation_of(Anew(APART, stopped), "m", "a")
    with pytest.raises(ProblemError, match='"nobody" has no place in programme m'):
        manipulation_of(anew_of(APART), "m", "nobody")


def test_the_seed_draws_the_sample() -> None:
    """The same seed, the same people; as many as there are where more are asked for."""
    first, second = (sample_of(anew_of(APART), "m", 2) for _run in range(2))
    assert first == second
    assert (len(first.people), first.enrolled) == (2, 4)
    every = sample_of(anew_of(APART), "m", 99)
    assert sorted(row.person for row in every.people) == ["a", "b", "x", "y"]
    row, best = every.gaining[0]
    assert (row.person, best.gain) == ("a", 5)


@pytest.mark.parametrize(("kind", "size"), [("peers", 12), ("communities", 15)])
def test_other_kinds_are_searched_too(kind: str, size: int) -> None:
    """Without a bound by prices, which say nothing of one person's pairs there."""
    problem = generate(mentees=size, mentors=6, seed=3, kinds=[kind])
    (programme,) = problem.programmes
    sample = sample_of(anew_of(problem), programme.id, 2)
    assert all(row.attempts and row.at_most is None and row.finished for row in sample.people)
    assert list(ManipulationWords(problem).of_sample(sample))


def test_the_command_tells_what_is_found_and_what_is_proved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of one person each way that gains; of a sample the best way of each."""
    files = str(tmp_path / "problem.json"), str(tmp_path / "solution.json")
    Path(files[0]).write_text(APART.to_json())
    Path(files[1]).write_text(solve(APART).to_json())
    proved = "hiding partners, hours, languages, places or all wishes but the first brings"
    assert main(["explain", *files, "--manipulation", "a"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "m: a has 5 points now. 1 way to say less was tried.",
        "  Found: 5 points more by refusing all but the best 1.",
        f"  Proved: {proved} at most 5 points more.",
    ]
    assert main(["explain", *files, "--manipulation", "--sample", "4"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("m: of 4 people drawn from 4, ")
    assert told[1].startswith("  a: 5 points by refusing")
    assert main(["explain", *files, "--manipulation", "nobody"]) == 2
