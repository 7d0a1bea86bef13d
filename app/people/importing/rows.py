"""From the cells of a table to what they say about each person."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.errors import Invalid
from app.people.importing.fields import FIELDS, LONGEST_CELL, SKILL_FIELDS, Field, shown
from app.people.importing.mapping import PLACE, Mapped, Source, key
from app.people.importing.problems import Problems
from app.people.importing.tables import Table
from app.text import folded
from app.words import listed

MOST_ROWS = 200_000
CELL_ERRORS = frozenset({"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})
USUAL_SEPARATOR = ";"


class _Unread:
    """Stands for a value that could not be read."""


UNREAD = _Unread()


@dataclass(slots=True)
class Row:
    """What one line says about one person: the values of the imported fields, in their order."""

    line: int
    employee_id: str
    values: tuple[Any, ...]


@dataclass(slots=True)
class Sheet:
    """All lines of a file, read."""

    fields: tuple[str, ...]
    rows: list[Row]
    columns: dict[str, str]

    def value(self, row: Row, name: str) -> Any:
        """Return what the line says; None when the file has no such field or the cell could not be read."""
        if name not in self.fields:
            return None
        value = row.values[self.fields.index(name)]
        return None if value is UNREAD else value

    def column(self, name: str) -> str:
        """Return how the file calls the field."""
        return self.columns.get(name, name)


def read_sheet(table: Table, mapped: Mapped, problems: Problems) -> Sheet:
    """Read every line; what cannot be read is added to `problems`.

    Raises:
        Invalid: when a mapped column is absent or there twice, no line follows the header, or too many do.
    """
    if "employee_id" not in mapped:
        raise Invalid(
            "The column employee_id is missing, by which people are known from one import to the next."
        )
    positions = _positions(table, mapped)
    readers = [(FIELDS[name], _reader(FIELDS[name], source, positions)) for name, source in mapped.items()]
    columns = {name: _called(name, source) for name, source in mapped.items()}
    own = list(mapped).index("employee_id")
    rows: list[Row] = []
    for line, cells in table.rows:
        if len(rows) == MOST_ROWS:
            raise Invalid(f"{table.name} has more than {MOST_ROWS:,} rows. Split it into smaller files.")
        if not _fits(line, cells, table.header, problems):
            cells = [cell if len(cell) <= LONGEST_CELL else "" for cell in cells[: len(table.header)]]
        values = tuple(
            _value(line, cells, columns[field.name], field, read, problems) for field, read in readers
        )
        rows.append(Row(line, values[own] if values[own] is not UNREAD else "", values))
    if not rows:
        raise Invalid(f"{table.name} has a header and no rows below it.")
    return Sheet(fields=tuple(mapped), rows=rows, columns=columns)


def _positions(table: Table, mapped: Mapped) -> dict[str, int]:
    """Return where each needed column is."""
    found: dict[str, list[int]] = {}
    for position, column in enumerate(table.header):
        found.setdefault(key(column), []).append(position)
    positions = {}
    for column in {column for source in mapped.values() for column in source.needed_columns}:
        places = found.get(key(column), [])
        if not places:
            has = listed([f"“{shown(name)}”" for name in table.header[:30] if name.strip()])
            raise Invalid(f"{table.name} has no column “{shown(column)}”. It has {has}.")
        if len(places) > 1:
            raise Invalid(
                f"{table.name} has the column “{shown(column)}” {len(places)} times. Rename all but one."
            )
        positions[column] = places[0]
    return positions


def _called(name: str, source: Source) -> str:
    return " + ".join(source.needed_columns) or name


def _fits(line: int, cells: list[str], header: tuple[str, ...], problems: Problems) -> bool:
    """Tell whether the cells are as many as the header's and short enough to be read."""
    if any(cell.strip() for cell in cells[len(header) :]):
        reason = f"there are {len(cells)} cells and {len(header)} columns."
        problems.add(line, "", f"{reason} A separator within a cell needs quotation marks.")
        return False
    fits = True
    for position, cell in enumerate(cells[: len(header)]):
        if len(cell) > LONGEST_CELL:
            reason = f"the cell has {len(cell):,} characters; at most {LONGEST_CELL:,} can be imported."
            problems.add(line, header[position], reason)
            fits = False
    return fits


def _value(
    line: int,
    cells: list[str],
    column: str,
    field: Field,
    read: Callable[[list[str]], Any],
    problems: Problems,
) -> Any:
    try:
        value = read(cells)
    except ValueError as error:
        problems.add(line, column, str(error))
        return UNREAD
    if field.required and not value:
        problems.add(line, column, "The cell is empty; every person needs one.")
        return UNREAD
    return value


def _reader(field: Field, source: Source, positions: dict[str, int]) -> Callable[[list[str]], Any]:
    """Return the function that reads `field` out of the cells of a line."""
    texts = _texts(source, positions, many=field.is_many)

    def read(cells: list[str]) -> Any:
        parts = []
        for text in texts(cells):
            if text in CELL_ERRORS:
                raise ValueError(f"The cell holds the error {text} of a spreadsheet.")
            part = source.values.get(folded(text), text) if source.values else text
            if part.strip():
                parts.append(_leveled(field, source, field.read(part)))
        if field.gather is not None:
            return field.gather(parts)
        return parts[0] if parts else field.empty

    return read


def _leveled(field: Field, source: Source, value: Any) -> Any:
    if field.name not in SKILL_FIELDS or value[1] is not None:
        return value
    if source.level is None:
        raise ValueError(
            f"{shown(value[0])} has no level. Write {shown(value[0])}:3, from 1 (novice) to 5 (expert)."
        )
    return value[0], source.level


def _texts(source: Source, positions: dict[str, int], *, many: bool) -> Callable[[list[str]], list[str]]:
    """Return the function that finds the texts of a field: one, or as many as a field of several has."""
    places = [positions[column] for column in source.columns]
    separator = source.separator or (USUAL_SEPARATOR if many else "")

    def found(cells: list[str]) -> list[str]:
        if source.constant is not None:
            return source.constant.split(separator) if separator else [source.constant]
        if source.template:
            texts = [_filled(source.template, cells, positions)]
        else:
            texts = [cells[place].strip() if place < len(cells) else "" for place in places]
        texts = texts if many else [" ".join(filter(None, texts))]
        if not any(texts):
            texts = [source.default]
        if separator:
            texts = [part.strip() for text in texts for part in text.split(separator)]
        return texts

    return found


def _filled(template: str, cells: list[str], positions: dict[str, int]) -> str:
    """Fill a template; it stays empty when one of its columns is."""
    parts = {
        column: cells[positions[column]].strip() if positions[column] < len(cells) else ""
        for column in PLACE.findall(template)
    }
    return PLACE.sub(lambda match: parts[match[1]], template) if all(parts.values()) else ""
