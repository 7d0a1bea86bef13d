"""Reading the first sheet of an XLSX file without trusting its size, its structure or its formulas."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl

from app.errors import Invalid

MEGABYTE = 1024 * 1024
LARGEST_UNPACKED = 300 * MEGABYTE
LARGEST_STRINGS = 64 * MEGABYTE
HIGHEST_RATIO = 200
ALWAYS_FINE = MEGABYTE  # small parts may be packed as tightly as they like
MOST_PARTS = 2_000
LAST_ROW = 1_048_576
BLOCK = MEGABYTE
ROWS_AT_ONCE = 500
LONGEST_CELL_MARKUP = 64 * 1024
OPEN_AND_SAVE = "Open it in your spreadsheet program, save it as XLSX and import that file."
# A formula whose result was not saved reads as an empty cell, and an empty cell clears a value. Cells of
# type "str" are left out: there an empty result is a result.
FORMULA_WITHOUT_RESULT = re.compile(
    rb'<(?:\w+:)?c(?![^>]*t="str")[^>]*>\s*<(?:\w+:)?f(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
# What openpyxl and the libraries below it raise on damaged files.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    EOFError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Workbook:
    """An open file and the name of the sheet that is read."""

    name: str
    book: Any
    sheet: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and the cells of each row that is not blank.

        Raises:
            Invalid: when the sheet is damaged.
        """
        rows = enumerate(self.book[self.sheet].iter_rows(values_only=True), start=1)
        while part := self._next_part(rows):
            for number, values in part:
                if number > LAST_ROW:
                    raise Invalid(_damaged(self.name))
                cells = _without_tail([_text(value) for value in values])
                if cells:
                    yield number, cells

    def _next_part(self, rows: Iterator[tuple[int, Any]]) -> list[tuple[int, Any]]:
        """Read some rows, deaf to warnings about dates, styles and extensions that are not ours to mend."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            try:
                return list(islice(rows, ROWS_AT_ONCE))
            except DAMAGE:
                raise Invalid(_damaged(self.name)) from None


def open_workbook(name: str, raw: bytes) -> Workbook:
    """Open the first sheet of a workbook after bounding what it unpacks to.

    Raises:
        Invalid: when it is no workbook, would unpack to too much, or holds formulas without results.
    """
    try:
        _check_size(name, zipfile.ZipFile(io.BytesIO(raw)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the stated size is whatever the writing program claimed
        _check_formulas(name, sheet)
    except DAMAGE:
        raise Invalid(_damaged(name)) from None
    return Workbook(name=name, book=book, sheet=sheet.title)


def _damaged(name: str) -> str:
    return f"{name} is not an XLSX file that can be read. {OPEN_AND_SAVE}"


def _check_size(name: str, archive: zipfile.ZipFile) -> None:
    """Refuse an archive that would unpack to too much; reading never goes beyond the stated sizes."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    tight = any(
        part.file_size > ALWAYS_FINE and part.file_size > HIGHEST_RATIO * max(1, part.compress_size)
        for part in parts
    )
    if tight or unpacked > LARGEST_UNPACKED or strings > LARGEST_STRINGS or len(parts) > MOST_PARTS:
        raise Invalid(
            f"{name} would unpack to {unpacked / MEGABYTE:,.0f} MB, too much for a list of people. "
            "Save the list alone, as CSV UTF-8, and import that file."
        )


def _check_formulas(name: str, sheet: Any) -> None:
    """Refuse a sheet with formulas whose results were not saved."""
    tail = b""
    with sheet._get_source() as source:
        while block := source.read(BLOCK):
            if FORMULA_WITHOUT_RESULT.search(tail + block):
                raise Invalid(f"{name} holds formulas whose results were not saved. {OPEN_AND_SAVE}")
            tail = (tail + block)[-LONGEST_CELL_MARKUP:]


def _text(value: Any) -> str:
    """Write a cell as a person would type it into a CSV file."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if (value.hour, value.minute, value.second) == (0, 0, 0):
            return value.date().isoformat()
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec="minutes")
    return str(value)


def _without_tail(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    return cells
