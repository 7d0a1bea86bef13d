"""What an import would do: everything read and checked, and compared with the database; nothing written."""

from dataclasses import dataclass
from pathlib import Path

from app.people.importing.checks import check_people
from app.people.importing.known import KnownPerson, known_people
from app.people.importing.mapping import our_columns, read_mapping
from app.people.importing.places import Places, settle_places
from app.people.importing.problems import Problems
from app.people.importing.rows import Row, Sheet, read_sheet
from app.people.importing.skills import resolve_skills
from app.people.importing.tables import open_table


@dataclass(frozen=True, slots=True)
class Plan:
    """One file, ready to be applied unless it has problems."""

    name: str
    kind: str
    sheet: Sheet
    known: dict[str, KnownPerson]
    places: Places
    problems: Problems

    def new_rows(self) -> list[Row]:
        """Return the rows about people who are not in the database."""
        return [row for row in self.sheet.rows if row.employee_id not in self.known]

    def known_rows(self) -> list[Row]:
        """Return the rows about people who are in the database."""
        return [row for row in self.sheet.rows if row.employee_id in self.known]

    def missing(self) -> list[str]:
        """Return the employee ids of those who work here and are not in the file."""
        present = {row.employee_id for row in self.sheet.rows}
        return sorted(key for key, person in self.known.items() if key not in present and not person.has_left)


def read_plan(path: Path, mapping: Path | None = None) -> Plan:
    """Read a file, with our own column names or a mapping, and find all that is wrong with it.

    The file is read before the database is asked, so that a long read keeps no writer waiting.

    Raises:
        Invalid: when the file as a whole cannot be read, or its columns cannot be understood.
    """
    mapped = read_mapping(mapping) if mapping else None
    table = open_table(path)
    problems = Problems()
    sheet = read_sheet(table, our_columns(table.header) if mapped is None else mapped, problems)
    known = known_people()
    resolve_skills(sheet, problems)
    check_people(sheet, known, problems)
    return Plan(table.name, table.kind, sheet, known, settle_places(sheet), problems)
