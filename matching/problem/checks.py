"""What must be true of a problem's people and skills, and of the rows that join people together."""

import datetime
import zoneinfo
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from matching import values
from matching.errors import ProblemError

if TYPE_CHECKING:
    from matching.problem import Joint, Person, Problem, Programme, SkillRows

MINUTES_A_DAY = 1440
LONGEST_ROUND_DAYS = 366
LARGEST_CLOSENESS = 999


def check_problem(problem: "Problem") -> None:
    """Raise `ProblemError` at the first thing that is wrong, with its place in the rows as given."""
    from matching.problem.programme_checks import check_programme
    from matching.problem.restriction_checks import check_restrictions

    values.check_id(problem.round, "$.round")
    _check_dates(problem.starts_on, problem.ends_on)
    for name in ("people", "programmes", "blocks", "history", "previous", "chats", "locks", "bans"):
        values.check_rows(getattr(problem, name), f"$.{name}")
    skills = _check_skills(problem.skills)
    people = _check_people(problem.people, skills)
    values.check_distinct(
        (programme.id for programme in problem.programmes), "$.programmes", "there are two programmes {}."
    )
    each("$.programmes", problem.programmes, lambda row: check_programme(row, people, skills))
    _check_joint(problem.joint, {programme.id for programme in problem.programmes})
    if problem.joint is not None and problem.joint.hours_budget:
        for name in ("people", "programmes"):
            each(f"$.{name}", getattr(problem, name), _check_hundredths)
    check_restrictions(problem, people)


def each(path: str, rows: Iterable[Any], check: Callable[[Any], None]) -> None:
    """Check every row; an error is told with the row's place."""
    index = 0
    try:
        # The counter stands outside the loop's try so that 100,000 rows do not pay for one error's path.
        for row in rows:
            check(row)
            index += 1
    except ProblemError as error:
        raise error.under(f"{path}[{index}]") from None


def _check_dates(starts_on: object, ends_on: object) -> None:
    for name, value in (("starts_on", starts_on), ("ends_on", ends_on)):
        if value is not None and type(value) is not datetime.date:
            raise ProblemError(f"$.{name}", f"must be a date, not {values.shown(value)}.")
    if (starts_on is None) != (ends_on is None):
        raise ProblemError("$.starts_on", "a round has both a first and a last day, or neither.")
    if isinstance(starts_on, datetime.date) and isinstance(ends_on, datetime.date):
        if ends_on < starts_on:
            raise ProblemError("$.ends_on", "the round ends before it starts.")
        if (ends_on - starts_on).days >= LONGEST_ROUND_DAYS:
            raise ProblemError("$.ends_on", f"a round lasts at most {LONGEST_ROUND_DAYS} days.")


def _check_skills(rows: "SkillRows") -> set[str]:
    values.check_rows(rows.nodes, "$.skills.nodes")
    values.check_rows(rows.edges, "$.skills.edges")

    def check_node(node: Any) -> None:
        values.check_id(node.id, ".id")
        values.check_text(node.label, ".label")
        values.check_rows(node.aliases, ".aliases")
        each(".aliases", node.aliases, lambda alias: values.check_text(alias, ""))

    each("$.skills.nodes", rows.nodes, check_node)
    ids = {node.id for node in rows.nodes}
    if len(ids) < len(rows.nodes):
        values.check_distinct((node.id for node in rows.nodes), "$.skills.nodes", "there are two skills {}.")

    def check_edge(edge: Any) -> None:
        values.check_known(edge.source, ids, "[0]", "skill")
        values.check_choice(edge.kind, ("broader", "requires", "related"), "[1]", "kind of edge")
        values.check_known(edge.target, ids, "[2]", "skill")
        if edge.source == edge.target:
            raise ProblemError("", f"skill {values.shown(edge.source)} has an edge to itself.")

    each("$.skills.edges", rows.edges, check_edge)
    if rows.closeness is not None:
        _check_closeness(rows.closeness, ids)
    for kind in ("broader", "requires"):
        _check_acyclic(((edge.source, edge.target) for edge in rows.edges if edge.kind == kind), kind)
    return ids


def _check_closeness(rows: tuple[Any, ...], skills: Collection[str]) -> None:
    values.check_rows(rows, "$.skills.closeness")

    def check(row: Any) -> None:
        if type(row) is not tuple or len(row) != 3:
            raise ProblemError("", "must be a skill, another skill and how close they are in thousandths.")
        values.check_known(row[0], skills, "[0]", "skill")
        values.check_known(row[1], skills, "[1]", "skill")
        values.check_whole(row[2], "[2]", 1, LARGEST_CLOSENESS)
        if row[0] == row[1]:
            raise ProblemError("", f"skill {values.shown(row[0])} is always wholly close to itself.")

    each("$.skills.closeness", rows, check)
    pairs = (" and ".join(sorted(map(repr, row[:2]))) for row in rows)
    values.check_distinct(pairs, "$.skills.closeness", "the skills {} stand here twice.")


def _check_acyclic(edges: Iterable[tuple[str, str]], kind: str) -> None:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for source, target in edges:
        sorter.add(source, target)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = [str(skill) for skill in reversed(error.args[1])]
        more = " ..." if len(circle) > 6 else ""
        raise ProblemError(
            "$.skills.edges", f"the {kind} edges run in a circle: {' -> '.join(circle[:6])}{more}."
        ) from None


def _check_people(people: tuple["Person", ...], skills: Collection[str]) -> set[str]:
    each("$.people", people, lambda person: _check_person(person, skills))
    ids = {person.id for person in people}
    if len(ids) < len(people):
        values.check_distinct((person.id for person in people), "$.people", "there are two people {}.")
    _check_managers(people, ids)
    return ids


def _check_person(person: "Person", skills: Collection[str]) -> None:
    values.check_id(person.id, ".id")
    values.check_text(person.name, ".name")
    for name in ("department", "location", "manager"):
        values.check_optional_text(getattr(person, name), f".{name}")
    _check_working_hours(person)
    if person.grade is not None:
        values.check_whole(person.grade, ".grade", 0, 100)
    values.check_hours(person.hours_a_month, ".hours_a_month")
    values.check_rows(person.languages, ".languages")
    for language in person.languages:
        values.check_id(language, ".languages")
    if not isinstance(person.attributes, dict):
        raise ProblemError(".attributes", f"must be an object, not {values.shown(person.attributes)}.")
    for key, value in person.attributes.items():
        values.check_id(key, ".attributes")
        values.check_text(value, f".attributes.{key}")
    _check_levels(person.holds, ".holds", skills, wanted=False)
    _check_levels(person.wants, ".wants", skills, wanted=True)


def _check_levels(rows: tuple[Any, ...], path: str, skills: Collection[str], *, wanted: bool) -> None:
    values.check_rows(rows, path)

    def check(row: Any) -> None:
        # The common case in one comparison; the named checks only word the complaint.
        if type(row.skill) is not str or row.skill not in skills:
            values.check_known(row.skill, skills, ".skill", "skill")
        if type(row.level) is not int or not 1 <= row.level <= 5:
            values.check_whole(row.level, ".level", 1, 5)
        if wanted:
            values.check_whole(row.importance, ".importance", 1, 10)

    each(path, rows, check)
    if len(rows) > 1 and len({row.skill for row in rows}) < len(rows):
        values.check_distinct((row.skill for row in rows), path, "skill {} stands here twice.")


def _check_working_hours(person: "Person") -> None:
    zone, hours = person.time_zone, person.working_hours
    if zone is not None:
        values.check_id(zone, ".time_zone")
        if not _is_time_zone(zone):
            raise ProblemError(".time_zone", f"there is no time zone {values.shown(zone)}.")
    values.check_rows(hours, ".working_hours")
    end_before = 0
    for index, row in enumerate(hours if len(hours) < 2 else sorted(hours, key=_start_or_zero)):
        path = f".working_hours[{index}]"
        if type(row) is not tuple or len(row) != 2:
            raise ProblemError(path, "must be a start and an end in minutes of the day.")
        values.check_whole(row[0], f"{path}[0]", 0, MINUTES_A_DAY)
        values.check_whole(row[1], f"{path}[1]", 0, MINUTES_A_DAY)
        if row[1] <= row[0]:
            raise ProblemError(
                path, "must end after it starts; a night shift is two rows, before and after midnight."
            )
        if row[0] < end_before:
            raise ProblemError(path, "overlaps another row of working hours.")
        end_before = row[1]
    if hours and zone is None:
        raise ProblemError(".time_zone", "working hours need a time zone.")


def _start_or_zero(row: object) -> int:
    return row[0] if isinstance(row, tuple) and row and type(row[0]) is int else 0


@lru_cache(maxsize=2048)
def _is_time_zone(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _check_managers(people: tuple["Person", ...], ids: Collection[str]) -> None:
    manager_of: dict[str, str] = {}
    for index, person in enumerate(people):
        if person.manager is not None:
            values.check_known(person.manager, ids, f"$.people[{index}].manager", "person")
            manager_of[person.id] = person.manager
    done: set[str] = set()
    for index, person in enumerate(people):
        line: list[str] = []
        on_line: set[str] = set()
        above: str | None = person.id
        while above is not None and above not in done:
            if above in on_line:
                circle = [*line[line.index(above) :], above]
                more = " ..." if len(circle) > 6 else ""
                sentence = f"the managers run in a circle: {' -> '.join(circle[:6])}{more}."
                raise ProblemError(f"$.people[{index}].manager", sentence)
            line.append(above)
            on_line.add(above)
            above = manager_of.get(above)
        done |= on_line


def _check_joint(joint: "Joint | None", programmes: Collection[str]) -> None:
    if joint is None:
        return
    values.check_flag(joint.hours_budget, "$.joint.hours_budget")
    values.check_rows(joint.cover_by, "$.joint.cover_by")
    each("$.joint.cover_by", joint.cover_by, lambda row: values.check_known(row, programmes, "", "programme"))
    values.check_distinct(joint.cover_by, "$.joint.cover_by", "programme {} stands here twice.")


def _check_hundredths(row: "Person | Programme") -> None:
    """Raise unless hours that are added up are whole in hundredths."""
    hours = row.hours_a_month
    if hours is not None and round(hours * 100) / 100 != hours:
        raise ProblemError(
            ".hours_a_month",
            f"must be whole in hundredths of an hour where hours are a budget, not {values.shown(hours)}.",
        )
