"""A mentoring programme as arrays of whole numbers: what the compiled loops over all pairs read."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.columns import MINUTES_A_DAY, UNKNOWN, Columns
from matching.offers import SkillFit, Skills
from matching.problem import Criterion, MentoringProgramme, Problem, Rule, RuleName
from matching.rules import Positions
from matching.score import FULL, FULL_SHARED_MINUTES, GRADE_STEP_SHARES, latest_pairs, ratings_of, wishes_of
from matching.views import Index, Matrix, Sides, matrix_of

INELIGIBLE = np.iinfo(np.int16).min
# The numbers of the rules that always hold, and of the first that a programme names.
SELF_NUMBER, BLOCKED_NUMBER, BANNED_NUMBER, FIRST_NAMED = 0, 1, 2, 3
# How the compiled loops know a rule; what is listed pair by pair needs no test.
LISTED, LINE, HOURS, LANGUAGE, GRADE, DEPARTMENT, ATTRIBUTE, COVERS = range(8)
_KINDS = {
    RuleName.NOT_IN_REPORTING_LINE: LINE,
    RuleName.SHARED_HOURS: HOURS,
    RuleName.SHARED_LANGUAGE: LANGUAGE,
    RuleName.NO_PRIOR_PAIR: LISTED,
    RuleName.GRADE_DISTANCE: GRADE,
    RuleName.OTHER_DEPARTMENT: DEPARTMENT,
    RuleName.SAME_ATTRIBUTE: ATTRIBUTE,
    RuleName.COVERS_WANTS: COVERS,
}
# What criteria and rules are about, beside skills; NOTHING for rules that are looked at pair by pair.
TIMES, LANGUAGES, GRADES, PLACES, ATTRIBUTES, NOTHING = range(6)
SUBJECTS = NOTHING
_SUBJECTS = {HOURS: TIMES, LANGUAGE: LANGUAGES, GRADE: GRADES, DEPARTMENT: PLACES, ATTRIBUTE: ATTRIBUTES}
# The most that stands in a figure of `Quick`.
QUICK = np.iinfo(np.uint16).max
# Differences of grades stand in a table from here below to here above.
GRADE_REACH = 100
ANY_GRADE = 1000
ABOVE_POINTS = 1 << 20


class People(NamedTuple):
    """One side of a programme: a number each, or a row of numbers, for every mentee or every mentor."""

    department: NDArray[np.int32]
    location: NDArray[np.int32]
    time_zone: NDArray[np.int32]
    grade: NDArray[np.int32]
    timetable: NDArray[np.int32]
    enters: NDArray[np.int32]
    leaves: NDArray[np.int32]
    languages: NDArray[np.uint64]
    attributes: NDArray[np.int32]


class Exceptions(NamedTuple):
    """Pairs of which something is known one by one: those of mentee i stand from ``first[i]`` on.

    `broken` has a bit for each rule the pair breaks, by the rule's number; `points` come on top of the rest.
    """

    first: NDArray[np.int64]
    column: NDArray[np.int32]
    broken: NDArray[np.int64]
    points: NDArray[np.int32]


class Tables(NamedTuple):
    """Points by figure: by thousandths covered and stepped, minutes shared, and the like."""

    cover: NDArray[np.int32]
    step: NDArray[np.int32]
    hours: NDArray[np.int32]
    variety: NDArray[np.int32]
    location: NDArray[np.int32]
    grade: NDArray[np.int32]


class Quick(NamedTuple):
    """The points for an offer, all criteria about skills together, rounded up and in parts of `each`.

    `rows` and `listed` stand as the offers do in `Skills`.
    """

    rows: NDArray[np.uint16]
    listed: NDArray[np.uint16]
    each: float


class Alike(NamedTuple):
    """What pairs earn besides skills: with mentor j, mentee i the sum of ``table[row[i], j]`` over its rows.

    Forbidden pairs have far less. `rest` is the most that comes on top.
    """

    row: NDArray[np.int32]
    table: NDArray[np.int16]
    rest: int


class Figures(NamedTuple):
    """Everything about a programme's pairs; rules are numbered as `rules_of` lists them.

    `rule_low` and `rule_high` are the figures of a rule, whatever they mean for its kind; `must_cover` is the
    least share of the wants that a mentor covers.
    """

    mentees: People
    mentors: People
    exceptions: Exceptions
    skills: Skills
    tables: Tables
    shared_minutes: NDArray[np.int32]
    rule_kind: NDArray[np.int64]
    rule_low: NDArray[np.int64]
    rule_high: NDArray[np.int64]
    rule_subject: NDArray[np.int64]
    must_cover: int
    quick: Quick


def figures_of(
    problem: Problem,
    programme: MentoringProgramme,
    columns: Columns,
    sides: Sides,
    fit: Callable[[], SkillFit],
) -> Figures:
    """Return the figures of a programme without explicit candidates."""
    names = sorted(columns.attributes)
    rules = [_rule(rule, names) for rule in programme.rules]
    table = np.array([(LISTED, 0, 0)] * FIRST_NAMED + rules, dtype=np.int64)
    criteria = {Criterion.SKILLS, Criterion.LEVEL_STEP} & {
        name for name, w in programme.criteria.items() if w
    }
    about_skills = bool(criteria) or any(rule.rule is RuleName.COVERS_WANTS for rule in programme.rules)
    covers = [
        10 * rule.percent for rule in programme.rules if rule.rule is RuleName.COVERS_WANTS if rule.percent
    ]
    tables = _tables(programme)
    skills = fit().postings() if about_skills else _no_skills(sides)
    return Figures(
        mentees=_people(columns, sides.mentees, names),
        mentors=_people(columns, sides.mentors, names),
        exceptions=_exceptions(problem, programme, columns, sides),
        skills=skills,
        tables=tables,
        shared_minutes=columns.shared_minutes,
        rule_kind=np.ascontiguousarray(table[:, 0]),
        rule_low=np.ascontiguousarray(table[:, 1]),
        rule_high=np.ascontiguousarray(table[:, 2]),
        rule_subject=np.array([_SUBJECTS.get(int(kind), NOTHING) for kind in table[:, 0]], dtype=np.int64),
        must_cover=max(covers, default=0),
        quick=_quick(skills, int(tables.cover[-1]), int(tables.step[-1])),
    )


def _quick(skills: Skills, covered: int, stepped: int) -> Quick:
    """Return offers by points, when all that is wanted is worth `covered` and `stepped`."""
    most = max(1, (covered + stepped) * FULL)

    def parts(cover: NDArray[np.uint16], step: NDArray[np.uint16]) -> NDArray[np.uint16]:
        worth = cover.astype(np.int64) * covered + step.astype(np.int64) * stepped
        return (-(-worth * QUICK // most)).astype(np.uint16)

    return Quick(
        parts(skills.cover, skills.step),
        parts(skills.offer_cover, skills.offer_step),
        most / FULL / QUICK,
    )


def _rule(rule: Rule, names: list[str]) -> tuple[int, int, int]:
    """Return the kind of a rule and its two figures, whatever they mean for that kind."""
    match rule.rule:
        case RuleName.SHARED_HOURS:
            return HOURS, rule.minutes or 0, 0
        case RuleName.GRADE_DISTANCE:
            low = -ANY_GRADE if rule.min is None else rule.min
            return GRADE, low, ANY_GRADE if rule.max is None else rule.max
        case RuleName.SAME_ATTRIBUTE:
            return ATTRIBUTE, names.index(rule.name or ""), 0
        case RuleName.COVERS_WANTS:
            return COVERS, 10 * (rule.percent or 0), 0
        case _:
            return _KINDS[rule.rule], 0, 0


def _people(columns: Columns, positions: Index, names: Iterable[str]) -> People:
    nobody = np.zeros((0, len(columns.index)), dtype=np.int32)
    attributes = np.stack([columns.attributes[name] for name in names]) if columns.attributes else nobody
    timetable = columns.timetable[positions]
    return People(
        department=columns.department[positions],
        location=columns.location[positions],
        time_zone=columns.time_zone[positions],
        grade=columns.grade[positions],
        # The last row of the table of shared minutes is for who has no timetable.
        timetable=np.where(timetable == UNKNOWN, len(columns.shared_minutes) - 1, timetable).astype(np.int32),
        enters=columns.enters[positions],
        leaves=columns.leaves[positions],
        languages=columns.languages[positions],
        attributes=np.ascontiguousarray(attributes[:, positions]),
    )


def _exceptions(
    problem: Problem, programme: MentoringProgramme, columns: Columns, sides: Sides
) -> Exceptions:
    position = Positions(columns, sides)
    weights = programme.criteria
    same, row, column = np.intersect1d(sides.mentees, sides.mentors, return_indices=True)
    bans = [ban.members for ban in problem.bans if ban.programme == programme.id]
    before = [row.members for row in problem.history if row.programme == programme.id]
    latest = FULL * position.matrix(latest_pairs(problem, programme)).astype(np.int32)
    listed = [
        (matrix_of(np.ones(len(same), dtype=np.bool_), row, column, sides.shape), SELF_NUMBER),
        (position.matrix(problem.blocks), BLOCKED_NUMBER),
        (position.matrix(bans), BANNED_NUMBER),
    ]
    for number, rule in enumerate(programme.rules, FIRST_NAMED):
        if rule.rule is RuleName.NO_PRIOR_PAIR:
            listed.append((position.matrix(before), number))
    broken = sum(
        (matrix.astype(np.int64) * (1 << number) for matrix, number in listed[1:]),
        start=listed[0][0].astype(np.int64),
    )
    wished = _earned(wishes_of(programme, position), weights.get(Criterion.WISHES, 0))
    again = _earned(latest, weights.get(Criterion.CONTINUITY, 0))
    rated = _earned(ratings_of(problem, programme, position), weights.get(Criterion.RATINGS, 0))
    # One number for both, so that every pair stands once: bits of rules above, points below.
    both = (broken * ABOVE_POINTS + wished + again + rated).tocsr()
    both.sort_indices()
    return Exceptions(
        first=both.indptr.astype(np.int64),
        column=both.indices.astype(np.int32),
        broken=both.data // ABOVE_POINTS,
        points=(both.data % ABOVE_POINTS).astype(np.int32),
    )


def _earned(shares: Matrix, weight: int) -> Matrix:
    earned = shares.astype(np.int64)
    earned.data = _part(weight, earned.data)
    return earned


def _part(weight: int, shares: NDArray[np.int64]) -> NDArray[np.int64]:
    return (weight * shares + FULL // 2) // FULL


def _no_skills(sides: Sides) -> Skills:
    """Return the skills of a programme that asks for none."""
    none = np.zeros(0, dtype=np.int32)
    first = np.zeros(len(sides.mentees) + 1, dtype=np.int64)
    nothing = np.zeros(len(sides.mentees), dtype=np.int32)
    shares, rows = np.zeros(0, dtype=np.uint16), np.zeros((0, len(sides.mentors)), dtype=np.uint16)
    start = np.zeros(1, dtype=np.int64)
    return Skills(first, none, none, nothing, start, none, shares, shares, start[:0], rows, rows)


def _tables(programme: MentoringProgramme) -> Tables:
    weight = {name: programme.criteria.get(name, 0) for name in Criterion}

    def part(name: Criterion, shares: Any) -> NDArray[np.int32]:
        return _part(weight[name], np.asarray(shares, dtype=np.int64)).astype(np.int32)

    minutes = np.minimum(np.arange(MINUTES_A_DAY + 1), FULL_SHARED_MINUTES)
    steps = range(-GRADE_REACH, GRADE_REACH + 1)
    return Tables(
        cover=part(Criterion.SKILLS, np.arange(FULL + 1)),
        step=part(Criterion.LEVEL_STEP, np.arange(FULL + 1)),
        hours=part(Criterion.HOURS, minutes * FULL // FULL_SHARED_MINUTES),
        variety=part(Criterion.VARIETY, (0, FULL // 2, FULL)),
        location=part(Criterion.LOCATION, (0, FULL // 2, FULL)),
        grade=part(Criterion.GRADE_STEP, [GRADE_STEP_SHARES.get(step, 0) for step in steps]),
    )
