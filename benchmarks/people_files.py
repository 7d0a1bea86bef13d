"""Makes instances of people: the CSV files of mentor-match, and people generated on a real skill graph.

**mentor-match** (Drew, *mentor-match*, github.com/jonodrew/mentor-match) reads a file of mentees and one of
mentors, with the columns `email address`, `grade`, `organisation` and `profession` among others. A profession
becomes a skill that mentors hold and mentees want, an organisation a department, and a grade the place in the
civil service's order. Each mentor takes one mentee, as there.

Such people are scored by the engine, and what it finds are the explicit candidates of the instance: everybody
who is compared solves the same.
"""

import csv
from pathlib import Path

from benchmarks.instances import InstanceError, Reading, problem_of
from matching.generate import generate
from matching.problem import (
    Candidate,
    Criterion,
    Held,
    Mentee,
    Mentor,
    MentoringProgramme,
    Person,
    Problem,
    Rule,
    RuleName,
    Skill,
    SkillRows,
    Wanted,
)
from matching.score_table import rows

GRADES = ("AA", "AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6", "SCS1", "SCS2", "SCS3", "SCS4")
MENTEES, MENTORS = "small-mentees.csv", "small-mentors.csv"
FIELDS = ("email address", "grade", "organisation", "profession")
LEVEL = 3

Row = dict[str, str]


def read_mentor_match(folder: Path) -> Reading:
    """Return mentor-match's small files as an instance.

    Raises
    ------
    InstanceError
        A column is missing, a grade is not one of the civil service, or somebody stands in a file twice.
    OSError
        A file cannot be read.
    """
    mentees, mentors = _rows(folder / MENTEES), _rows(folder / MENTORS)
    professions = sorted({row["profession"] for row in (*mentees.values(), *mentors.values())})
    programme = MentoringProgramme(
        id="mentor-match",
        mentees=tuple(Mentee(person=person) for person in mentees),
        mentors=tuple(Mentor(person=person) for person in mentors),
        rules=(Rule(rule=RuleName.GRADE_DISTANCE, min=1),),
        criteria={Criterion.SKILLS: 60, Criterion.GRADE_STEP: 25, Criterion.VARIETY: 15},
    )
    problem = Problem(
        round="mentor-match",
        skills=SkillRows(nodes=tuple(Skill(id=name) for name in professions)),
        people=tuple(_person(name, mentees.get(name), mentors.get(name)) for name in {**mentees, **mentors}),
        programmes=(programme,),
    )
    kept = (
        "Kept: grade (the mentor's is higher), organisation and profession; each mentor takes one mentee. "
        "Left out: characteristics and biographies."
    )
    return Reading(_as_explicit(problem, None), kept)


def generated_on_esco(folder: Path, mentees: int, mentors: int, best: int, seed: int) -> Reading:
    """Return people with ESCO's skills as an instance of each mentee's `best` candidates.

    Raises
    ------
    ValueError
        A file of ESCO is missing.
    """
    problem = generate(mentees=mentees, mentors=mentors, seed=seed, esco=folder)
    return Reading(_as_explicit(problem, best), "Kept: the best candidates of each mentee by points.")


def _rows(path: Path) -> dict[str, Row]:
    """Return the rows of a file by who they are about."""
    found: dict[str, Row] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        missing = [name for name in FIELDS if name not in (table.fieldnames or ())]
        if missing:
            raise InstanceError(1, f"there is no column {missing[0]!r}.")
        for row in table:
            person = row["email address"]
            if row["grade"] not in GRADES:
                raise InstanceError(table.line_num, f"{row['grade']!r} is no grade of the civil service.")
            if person in found:
                raise InstanceError(table.line_num, f"{row['email address']} stands in the file twice.")
            found[person] = row
    return found


def _person(person: str, mentee: Row | None, mentor: Row | None) -> Person:
    row = mentor or mentee or {}
    return Person(
        id=person,
        department=row["organisation"],
        grade=GRADES.index(row["grade"]),
        holds=() if mentor is None else (Held(mentor["profession"], LEVEL),),
        wants=() if mentee is None else (Wanted(mentee["profession"], LEVEL),),
    )


def _as_explicit(problem: Problem, best: int | None) -> Problem:
    """Return the first programme of a problem with what the engine scores as its explicit candidates."""
    (programme,) = problem.programmes
    if not isinstance(programme, MentoringProgramme):
        raise TypeError("Only mentoring is compared with other solvers.")
    scored: dict[str, list[Candidate]] = {}
    for _programme, mentee, mentor, points, *_parts in rows(problem, programme.id):
        pair = f"mentee {mentee}", f"mentor {mentor}"
        scored.setdefault(pair[0], []).append((*pair, int(points)))
    candidates = [
        row for found in scored.values() for row in sorted(found, key=lambda row: (-row[2], row[1]))[:best]
    ]
    return problem_of(
        problem.round,
        [f"mentee {row.person}" for row in programme.mentees],
        [Mentor(person=f"mentor {row.person}", capacity=row.capacity) for row in programme.mentors],
        candidates,
    )
