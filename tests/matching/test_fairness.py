"""Fairness: figures are what they say, chance is counted rightly, and what is hidden cannot be computed."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from math import ceil
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from matching.__main__ import main
from matching.audit.chance import exact_test, permutation_test, wilson_interval
from matching.audit.fairness import Fairness, fairness_of
from matching.audit.fairness_text import decimal, fairness_lines
from matching.audit.hiding import FEWEST, hidden_groups
from matching.audit.parity import price_of_parity
from matching.audit.seekers import Measure
from matching.contrast.anew import Anew
from matching.errors import ProblemError
from matching.generate import generate
from matching.problem import Mentee, Mentor, MentoringProgramme, Person, Problem
from matching.solution import Role, Solution, Status
from matching.solve import solve
from matching.watch import Limits, Stopped, Watch
from tests.matching.problems import shuffled

Tables = list[list[int]]


@st.composite
def drawn_tables(draw: st.DrawFn) -> Tables:
    """Draw the groups of a few people by one to three attributes."""
    people = draw(st.integers(1, 18))
    tables: Tables = []
    for _table in range(draw(st.integers(1, 3))):
        groups = st.integers(0, draw(st.integers(0, 4)))
        if tables and draw(st.booleans()):
            # Nearly the same groups by another name: their differences are small.
            moved = draw(st.dictionaries(st.integers(0, people - 1), groups, max_size=4))
            tables.append([moved.get(place, group) for place, group in enumerate(tables[-1])])
        else:
            tables.append(draw(st.lists(groups, min_size=people, max_size=people)))
    return tables


def sizes_of(tables: Tables) -> Tables:
    return [[table.count(group) for group in range(max(table) + 1)] for table in tables]


def published(tables: Tables, hidden: frozenset[tuple[int, int]]) -> np.ndarray:
    """Return the sums that a reader has, as rows over the people: everybody, and each visible group."""
    rows = [[1] * len(tables[0])]
    for number, table in enumerate(tables):
        rows += [
            [int(own == group) for own in table] for group in set(table) if (number, group) not in hidden
        ]
    return np.array(rows, dtype=float)


@given(drawn_tables())
@example(
    [
        [2, 2, 1, 0, 0, 0, 0, 2, 2, 1, 2, 0, 1, 0, 2, 2, 0, 2],
        [2, 2, 1, 0, 3, 0, 0, 2, 2, 1, 2, 0, 1, 0, 2, 2, 0, 3],
    ]
)
@settings(max_examples=200, deadline=None)
def test_nothing_is_known_of_fewer_than_five_people(tables: Tables) -> None:
    """Whoever solves the published sums for the values of up to four people finds no answer, whoever they are."""
    people = len(tables[0])
    hidden = hidden_groups(tables, sizes_of(tables))
    sums = published(tables, hidden)
    if people < FEWEST:
        assert len(sums) == 1
        return
    onto = np.linalg.pinv(sums) @ sums
    for size in range(1, FEWEST):
        sets = np.array(list(combinations(range(people), size)))
        rows = np.zeros((len(sets), people))
        rows[np.arange(len(sets))[:, None], sets] = 1
        told = abs(rows @ onto - rows).max(axis=1) < 1e-7
        assert not told.any(), (sets[told], hidden)


@given(drawn_tables())
@settings(max_examples=100, deadline=None)
def test_no_difference_of_two_people_is_known(tables: Tables) -> None:
    """Of shares, a difference of 1 would tell both."""
    people = len(tables[0])
    sums = published(tables, hidden_groups(tables, sizes_of(tables)))
    onto = np.linalg.pinv(sums) @ sums
    for first, second in combinations(range(people), 2):
        row = np.zeros(people)
        row[first], row[second] = 1, -1
        assert not np.allclose(row @ onto, row, atol=1e-7)


def test_a_second_group_is_hidden_for_a_small_one() -> None:
    """Three people alone would be everybody less the others; the smallest of the others goes with them."""
    table = [0] * 9 + [1] * 3 + [2] * 6
    assert hidden_groups([table], sizes_of([table])) == {(0, 1), (0, 2)}


def test_small_groups_that_make_five_hide_one_another() -> None:
    """Two groups of three tell of six together and of neither alone."""
    table = [0] * 9 + [1] * 3 + [2] * 3
    assert hidden_groups([table], sizes_of([table])) == {(0, 1), (0, 2)}


def test_large_groups_stay() -> None:
    """Nobody is hidden where every group and every difference of groups is large."""
    tables = [[0] * 10 + [1] * 10, [0] * 5 + [1] * 10 + [0] * 5]
    assert not hidden_groups(tables, sizes_of(tables))


def test_two_tables_tell_nothing_together_either() -> None:
    """A group of nine within one of ten would tell of the tenth."""
    tables = [[0] * 10 + [1] * 10, [0] * 9 + [1] * 11]
    assert hidden_groups(tables, sizes_of(tables))


@given(st.integers(1, 30), st.integers(1, 30), st.data())
@settings(max_examples=100, deadline=None)
def test_the_exact_test_is_that_of_fisher(first: int, second: int, data: st.DataObject) -> None:
    """In whole numbers what SciPy finds in floating point."""
    here, there = data.draw(st.integers(0, first)), data.draw(st.integers(0, second))
    expected = stats.fisher_exact([[here, first - here], [there, second - there]]).pvalue
    found = exact_test((here, first), (there, second), pairs=3)
    assert found == min(1000, ceil(3000 * expected * (1 - 1e-9)))


@pytest.mark.parametrize(("successes", "people"), [(8, 10), (0, 5), (5, 5), (617, 1000)])
def test_the_interval_is_that_of_wilson(successes: int, people: int) -> None:
    """Rounded outwards to thousandths."""
    expected = stats.binomtest(successes, people).proportion_ci(method="wilson")
    low, high = wilson_interval(successes, people)
    assert low / 1000 <= expected.low + 1e-9 < low / 1000 + 0.002
    assert high / 1000 - 0.002 < expected.high - 1e-9 <= high / 1000


def test_the_permutation_test_tells_order_from_chance() -> None:
    """What is sorted into groups is never dealt so again; what is the same everywhere always is."""
    apart = np.repeat(np.array([10, 90]), 12)
    assert permutation_test(apart, [12, 12], seed=1) == 1
    assert permutation_test(np.full(24, 7), [12, 12], seed=1) == 1000
    mixed = np.tile(np.array([10, 90]), 12)
    assert permutation_test(mixed, [12, 12], seed=1) == 1000


def test_the_permutation_test_counts_as_often_as_it_happens() -> None:
    """Of the 20 ways to deal three and three, two put the high ones together: one in ten."""
    found = permutation_test(np.array([9, 9, 9, 1, 1, 1]), [3, 3], seed=4)
    assert 70 <= found <= 130
    assert found == permutation_test(np.array([9, 9, 9, 1, 1, 1]), [3, 3], seed=4)


def by_hand(problem: Problem, solution: Solution, department: str | None) -> dict[Measure, list[int]]:
    """Return the values of each measure for the mentees of a department, from the solution's own points."""
    (programme,) = problem.programmes
    assert isinstance(programme, MentoringProgramme)
    people = {person.id: person for person in problem.people}
    values: dict[Measure, list[int]] = {measure: [] for measure in Measure}
    for mentee in programme.mentees:
        if people[mentee.person].department != department:
            continue
        own = [row for row in solution.assignments if row.members[Role.MENTEE] == mentee.person]
        values[Measure.MATCHED].append(int(bool(own)))
        if own:
            values[Measure.POINTS].append(sum(row.points for row in own) // len(own))
        if mentee.wishes:
            granted = any(row.members[Role.MENTOR] == mentee.wishes[0] for row in own)
            values[Measure.FIRST_WISH].append(int(granted))
        waited = Measure.WAITED_MATCHED if own else Measure.WAITED_UNMATCHED
        values[waited].append(mentee.rounds_waited)
    return values


def test_figures_are_those_of_the_group() -> None:
    """People, sums and medians of every group that is told; a hidden one has fewer than five or hides another."""
    problem = generate(mentees=200, mentors=60, seed=7)
    solution = solve(problem)
    found = fairness_of(problem, "mentoring", solution, by="department")
    (table,) = found.tables
    told = 0
    for measure in Measure:
        unseen = []
        for group in table.groups:
            values = by_hand(problem, solution, group.value)[measure]
            figure = group.figures[measure]
            if figure is None:
                unseen.append(len(values))
                continue
            told += 1
            assert (figure.people, figure.total) == (len(values), sum(values))
            assert not 0 < figure.people < FEWEST
            if measure is Measure.POINTS and values:
                assert figure.middle == 2 * median(values)
        assert len(unseen) != 1
        assert not 0 < sum(unseen) < FEWEST
    assert told > 30


def company(groups: dict[str, tuple[int, int]]) -> tuple[Problem, Solution]:
    """Return departments with so many people, of whom so many have a mentor."""
    rows = [
        (f"{name}{n:02}", name, n < matched)
        for name, (people, matched) in groups.items()
        for n in range(people)
    ]
    problem = Problem(
        round="2026-Q4",
        people=(Person(id="boss"), *(Person(id=person, department=name) for person, name, _one in rows)),
        programmes=(
            MentoringProgramme(
                id="m",
                mentees=tuple(Mentee(person=person) for person, _name, _one in rows),
                mentors=(Mentor(person="boss", capacity=1000),),
                candidates=tuple((person, "boss", 10) for person, _name, matched in rows if matched),
            ),
        ),
    )
    return problem, solve(problem)


def test_a_gap_is_told_with_what_chance_gives() -> None:
    """The same gap is chance among few and none among many."""
    few, many = (
        fairness_of(*(problem, "m", solution)).tables[0].gaps[0]
        for problem, solution in (
            company({"A": (10, 8), "B": (10, 5)}),
            company({"A": (100, 80), "B": (100, 50)}),
        )
    )
    assert (few.best, few.worst, few.greatest - few.least) == ("A", "B", Fraction(3, 10))
    assert few.is_within_chance
    assert not many.is_within_chance


def test_the_table_says_nothing_of_who_is_hidden() -> None:
    """Neither the small group nor the one that would give it away; the others stand as they are."""
    problem, solution = company({"A": (20, 15), "B": (10, 10), "C": (2, 1)})
    lines = list(fairness_lines(fairness_of(problem, "m", solution)))
    assert lines[0] == "m, by department:"
    assert lines[2].split()[:4] == ["A", "20", "75", "%"]
    assert [set(line.split()[1:]) for line in lines[3:5]] == [{"hidden"}, {"hidden"}]
    assert lines[5].split()[:4] == ["everybody", "32", "81.2", "%"] or lines[5].split()[1] == "32"
    assert "There are no two groups that can be compared." in lines[6]
    assert lines[7].startswith("Hidden are figures of fewer than 5 people")


def test_nobody_and_few_people() -> None:
    """Of fewer than five people in all, nothing is told; of nobody, that there is nothing."""
    problem, solution = company({"A": (3, 3)})
    found = fairness_of(problem, "m", solution)
    figures = [*found.everybody.values(), *found.tables[0].groups[0].figures.values()]
    assert all(figure is None or not figure.people for figure in figures)
    empty = Problem(round="2026-Q4", programmes=(MentoringProgramme(id="m"),))
    assert list(fairness_lines(fairness_of(empty, "m", solve(empty)))) == [
        "m: no attribute of anybody who sought a match is known."
    ]


def test_the_order_of_rows_changes_nothing() -> None:
    """The draws of the permutation test neither."""
    problem = generate(mentees=60, mentors=20, seed=2)
    solution = solve(problem)
    found = fairness_of(problem, "mentoring", solution)
    assert fairness_of(shuffled(problem, 4), "mentoring", solution) == found


@pytest.mark.parametrize("kind", ["peers", "communities"])
def test_other_kinds_have_the_same_tables(kind: str) -> None:
    """Peers' points are means over the others; members' points their own."""
    problem = generate(mentees=40, mentors=20, seed=3, kinds=[kind])
    found: Fairness = fairness_of(problem, problem.programmes[0].id, solve(problem))
    matched, points = found.everybody[Measure.MATCHED], found.everybody[Measure.POINTS]
    assert matched is not None
    assert points is not None
    assert points.people == matched.total > 0
    assert found.scale == (2 if kind == "peers" else 1)
    assert len(list(fairness_lines(found))) > 10


def test_it_refuses_what_cannot_be_compared() -> None:
    """An attribute of nobody, and one with too many values."""
    problem, solution = company({f"D{n}": (1, 1) for n in range(201)})
    with pytest.raises(ProblemError, match="more than 200 groups"):
        fairness_of(problem, "m", solution)
    with pytest.raises(ProblemError, match='is the attribute "shoe size" known'):
        fairness_of(problem, "m", solution, by="shoe size")
    small, _solution = company({"A": (9, 9)})
    with pytest.raises(Stopped):
        fairness_of(small, "m", solve(small), watch=Watch(Limits(), should_stop=lambda: True))


@pytest.mark.parametrize(
    ("number", "text"),
    [(Fraction(1, 3), "0.3"), (Fraction(25, 2), "12.5"), (Fraction(-1, 20), "0"), (Fraction(1, 20), "0.1"), (Fraction(5000), "5,000"), (Fraction(-3, 2), "-1.5")],
)  # fmt: skip
def test_numbers_have_one_decimal(number: Fraction, text: str) -> None:
    """Halves go up, and a decimal of 0 is left out."""
    assert decimal(number) == text


def test_the_command_tells_how_groups_fare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All attributes, or one; one that nobody has is a wrong call."""
    problem = generate(mentees=60, mentors=20, seed=2)
    files = str(tmp_path / "problem.json"), str(tmp_path / "solution.json")
    Path(files[0]).write_text(problem.to_json())
    Path(files[1]).write_text(solve(problem).to_json())
    assert main(["explain", *files, "--fairness"]) == 0
    told = capsys.readouterr().out
    assert "mentoring, by department:" in told
    assert "mentoring, by grade:" in told
    assert main(["explain", *files, "--fairness", "--by", "location"]) == 0
    assert "by department" not in capsys.readouterr().out
    assert main(["explain", *files, "--fairness", "--by", "shoe size"]) == 2


def two_departments() -> Problem:
    """Return six of A who are worth more than six of B in the six places that one mentor has."""
    people = [(f"{name}{n}", name, points) for name, points in (("A", 9), ("B", 4)) for n in range(6)]
    return Problem(
        round="2026-Q4",
        people=(Person(id="boss"), *(Person(id=person, department=name) for person, name, _p in people)),
        programmes=(
            MentoringProgramme(
                id="m",
                mentees=tuple(Mentee(person=person) for person, _name, _points in people),
                mentors=(Mentor(person="boss", capacity=6),),
                candidates=tuple((person, "boss", points) for person, _name, points in people),
            ),
        ),
    )


def test_the_price_of_parity_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three places each instead of six and none: as many matched, and five points fewer for each moved."""
    problem = two_departments()
    solution = solve(problem)
    (table,) = fairness_of(problem, "m", solution).tables
    price = price_of_parity(Anew(problem, solution), problem.programmes[0], table)
    assert price is not None
    assert (price.difference.people, price.difference.points) == (0, -15)
    assert price.before is not None
    assert price.after is not None
    assert (price.before.greatest, price.before.least) == (1, 0)
    assert price.after.greatest == price.after.least == Fraction(1, 2)
    files = str(tmp_path / "problem.json"), str(tmp_path / "solution.json")
    Path(files[0]).write_text(problem.to_json())
    Path(files[1]).write_text(solution.to_json())
    assert main(["explain", *files, "--fairness", "--by", "department"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "  Price of parity: seeing first to the group worst off by department means as many people matched and "
        "15 points fewer; the gap goes from 100 to 0 per cent points."
    )


def test_no_price_is_told_where_parity_cannot_be_sought() -> None:
    """Of peers, by grade, and for a plan without a proof."""
    problem = two_departments()
    solution = solve(problem)
    (table,) = fairness_of(problem, "m", solution).tables
    (programme,) = problem.programmes
    assert price_of_parity(Anew(problem, solution), programme, replace(table, attribute="grade")) is None
    stopped = replace(solution, status=Status.TIMED_OUT)
    assert price_of_parity(Anew(problem, stopped), programme, table) is None
    peers = generate(mentees=20, mentors=8, seed=3, kinds=["peers"])
    plan = solve(peers)
    by_place = fairness_of(peers, peers.programmes[0].id, plan, by="location").tables[0]
    assert price_of_parity(Anew(peers, plan), peers.programmes[0], by_place) is None
