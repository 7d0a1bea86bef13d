"""Reading a table out of a CSV or XLSX file that nobody has checked yet."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import Invalid
from app.people.importing import spreadsheets

MEGABYTE = 1024 * 1024
LARGEST_FILE = 32 * MEGABYTE
MOST_COLUMNS = 200
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
UTF_8_MARK = b"\xef\xbb\xbf"
SAVE_AS = "Save it as “CSV UTF-8” or as XLSX and import that file."

Rows = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Table:
    """A header, the rows below it with their line numbers, and a phrase on what kind of file it is."""

    name: str
    kind: str
    header: tuple[str, ...]
    rows: Rows


def open_table(path: Path) -> Table:
    """Read the header of a file and prepare to read its rows.

    Raises:
        Invalid: when the file is too large, empty, binary, damaged or in an unknown encoding.
    """
    if not path.is_file():
        raise Invalid(f"{path.name} is not a file.")
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise Invalid(
            f"{path.name} has {size / MEGABYTE:.1f} MB; at most {LARGEST_FILE // MEGABYTE} MB can be "
            "imported. Split it into smaller files."
        )
    raw = path.read_bytes()
    if not raw.strip():
        raise Invalid(f"{path.name} is empty.")
    kind, rows = _spreadsheet(path, raw) if _is_spreadsheet(path, raw) else _text(path, raw)
    _, header = next(rows, (0, []))
    if not header:
        raise Invalid(f"{path.name} holds no table: its first sheet or line is empty.")
    if len(header) > MOST_COLUMNS:
        raise Invalid(f"{path.name} has {len(header):,} columns; at most {MOST_COLUMNS} can be read.")
    return Table(name=path.name, kind=kind, header=tuple(header), rows=rows)


def _is_spreadsheet(path: Path, raw: bytes) -> bool:
    if raw.startswith(OLD_EXCEL):
        raise Invalid(f"{path.name} is an old or encrypted Excel file. {SAVE_AS}")
    return raw.startswith(b"PK") or path.suffix.casefold() in (".xlsx", ".xlsm")


def _spreadsheet(path: Path, raw: bytes) -> tuple[str, Rows]:
    workbook = spreadsheets.open_workbook(path.name, raw)
    return f"XLSX, sheet “{workbook.sheet}”", workbook.rows()


def _text(path: Path, raw: bytes) -> tuple[str, Rows]:
    encoding = _encoding(path.name, raw)
    delimiter = _delimiter(raw, encoding)
    said = "UTF-16" if encoding == "utf-16" else "UTF-8"
    return f"CSV in {said}, separated by {DELIMITERS[delimiter]}", _csv_rows(
        path.name, raw, encoding, delimiter
    )


def _encoding(name: str, raw: bytes) -> str:
    """Return how the bytes are to be read, after making sure that all of them can be."""
    if raw.startswith(UTF_16):
        _check_utf_16(name, raw)
        return "utf-16"
    for line, content in enumerate(io.BytesIO(raw), start=1):
        if b"\0" in content:
            raise Invalid(f"{name} is not a text file: line {line} holds a zero byte. {SAVE_AS}")
        try:
            content.decode()
        except UnicodeDecodeError as error:
            near = content[max(0, error.start - 12) : error.start].decode("ascii", "replace").strip()
            after = f" after “{near}”" if near.isprintable() and near else ""
            raise Invalid(
                f"{name} is not in UTF-8: line {line} has a letter{after} in another encoding. {SAVE_AS}"
            ) from None
    return "utf-8-sig" if raw.startswith(UTF_8_MARK) else "utf-8"


def _check_utf_16(name: str, raw: bytes) -> None:
    try:
        text = raw.decode("utf-16")
    except UnicodeDecodeError as error:
        line = raw[: error.start].decode("utf-16", "ignore").count("\n") + 1
        raise Invalid(f"{name} begins as UTF-16 and is damaged at line {line}. {SAVE_AS}") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise Invalid(f"{name} is not a text file: line {line} holds a zero character. {SAVE_AS}")


def _lines(raw: bytes, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(raw), encoding=encoding, newline="")


def _delimiter(raw: bytes, encoding: str) -> str:
    """Return the separator that occurs most often, outside quotes, in the first line that is not blank."""
    first = next((line for line in _lines(raw, encoding) if line.strip()), "")
    outside = "".join(first.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _csv_rows(name: str, raw: bytes, encoding: str, delimiter: str) -> Rows:
    reader = csv.reader(_lines(raw, encoding), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Invalid(_unreadable(name, line, str(error))) from None
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _unreadable(name: str, line: int, error: str) -> str:
    if "field limit" in error:
        return (
            f"{name} has a cell of more than {csv.field_size_limit():,} characters in the row that begins at "
            f"line {line}. Usually a closing quotation mark is missing there."
        )
    return (
        f"{name} cannot be read on from line {line}: a quotation mark is opened there and not closed, or "
        "text follows a closed one. Write a quotation mark inside a cell twice."
    )
