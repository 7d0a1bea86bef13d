"""What must hold between the lines of a file, and between the file and the database."""

from collections.abc import Iterator

from app.people.importing.fields import shown
from app.people.importing.known import KnownPerson
from app.people.importing.problems import Problems
from app.people.importing.rows import Sheet
from app.words import plural

LONGEST_CYCLE_SHOWN = 50

Known = dict[str, KnownPerson]


def check_people(sheet: Sheet, known: Known, problems: Problems) -> None:
    """Add every contradiction between the lines, and with the database, to `problems`."""
    lines = _lines_by_employee(sheet, problems)
    _check_new_people_have_names(sheet, known, problems)
    _check_emails(sheet, known, lines, problems)
    _check_goals_exceed_claims(sheet, problems)
    if "manager" in sheet.fields:
        managers = dict(_managers(sheet, known, lines, problems))
        _check_cycles(sheet, managers, lines, problems)


def _lines_by_employee(sheet: Sheet, problems: Problems) -> dict[str, int]:
    """Return the first line of each employee id."""
    lines: dict[str, int] = {}
    for row in sheet.rows:
        if row.employee_id and lines.setdefault(row.employee_id, row.line) != row.line:
            first = lines[row.employee_id]
            reason = f"“{shown(row.employee_id)}” stands in line {first} already."
            problems.add(row.line, sheet.column("employee_id"), reason)
    return lines


def _check_new_people_have_names(sheet: Sheet, known: Known, problems: Problems) -> None:
    if "name" in sheet.fields:
        return
    for row in sheet.rows:
        if row.employee_id and row.employee_id not in known:
            reason = f"“{shown(row.employee_id)}” is new and the file has no column for names."
            problems.add(row.line, sheet.column("employee_id"), reason)


def _check_emails(sheet: Sheet, known: Known, lines: dict[str, int], problems: Problems) -> None:
    if "email" not in sheet.fields:
        return
    elsewhere = {person.email: key for key, person in known.items() if person.email and key not in lines}
    first: dict[str, int] = {}
    for row in sheet.rows:
        email = sheet.value(row, "email")
        if not email:
            continue
        if first.setdefault(email, row.line) != row.line:
            problems.add(
                row.line, sheet.column("email"), f"“{shown(email)}” stands in line {first[email]} already."
            )
        elif email in elsewhere:
            reason = f"“{shown(email)}” belongs to {shown(elsewhere[email])}, who is not in the file."
            problems.add(row.line, sheet.column("email"), reason)


def _check_goals_exceed_claims(sheet: Sheet, problems: Problems) -> None:
    for row in sheet.rows:
        held = dict(sheet.value(row, "skills") or ())
        if any(held.get(skill_id, 0) >= level for skill_id, level in sheet.value(row, "goals") or ()):
            reason = "a goal is not above the level held. Leave it out or write a higher level."
            problems.add(row.line, sheet.column("goals"), reason)


def _managers(
    sheet: Sheet, known: Known, lines: dict[str, int], problems: Problems
) -> Iterator[tuple[str, str]]:
    """Yield who reports to whom after the import; unknown managers are problems."""
    for key, person in known.items():
        if person.manager and key not in lines:
            yield key, person.manager
    for row in sheet.rows:
        manager = sheet.value(row, "manager")
        if not manager:
            continue
        if manager not in lines and manager not in known:
            reason = f"“{shown(manager)}” is neither in the file nor known already."
            problems.add(row.line, sheet.column("manager"), reason)
        elif row.employee_id:
            yield row.employee_id, manager


def _check_cycles(sheet: Sheet, managers: dict[str, str], lines: dict[str, int], problems: Problems) -> None:
    for cycle in _cycles(managers):
        in_file = [person for person in cycle if person in lines]
        if not in_file:
            continue
        first = min(in_file, key=lambda person: lines[person])
        at = cycle.index(first)
        problems.add(lines[first], sheet.column("manager"), _circle(cycle[at:] + cycle[:at], lines))


def _cycles(managers: dict[str, str]) -> Iterator[list[str]]:
    """Yield each circle of people who report to one another; everyone has one manager at most."""
    done: set[str] = set()
    for start in managers:
        path: dict[str, int] = {}
        person: str | None = start
        while person is not None and person not in done and person not in path:
            path[person] = len(path)
            person = managers.get(person)
        if person is not None and person in path:
            yield list(path)[path[person] :]
        done.update(path)


def _circle(cycle: list[str], lines: dict[str, int]) -> str:
    if len(cycle) == 1:
        return f"“{shown(cycle[0])}” reports to themselves."
    said = [
        f"{shown(person)} (line {lines[person]})" if person in lines else f"{shown(person)} (known already)"
        for person in cycle[:LONGEST_CYCLE_SHOWN]
    ]
    if len(cycle) > LONGEST_CYCLE_SHOWN:
        said.append(f"{plural(len(cycle) - LONGEST_CYCLE_SHOWN, 'more person', 'more people')}")
    return f"these people report to one another in a circle: {' → '.join([*said, shown(cycle[0])])}."
