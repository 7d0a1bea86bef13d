"""Files that are not what they should be: each is refused with a sentence and changes nothing."""

import io
import time
import tracemalloc
import zipfile

import openpyxl
import pytest

from tests import factories
from tests.people.hr_files import accepted, person_of, refused, written

HEADER = "employee_id,name,email\n"
ADA = "E1,Ada,ada@example.test\n"


def workbook(*rows, name="Sheet") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(raw: bytes, **parts: bytes) -> bytes:
    """Return the archive with some parts replaced, each named by the end of its name without its suffix."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            stem = part.rsplit("/")[-1].removesuffix(".xml")
            new.writestr(part, parts.get(stem, old.read(part)))
    return file.getvalue()


HOSTILE = {
    "empty": (b"", "people.csv is empty"),
    "blank": (b" \n\n \n", "people.csv is empty"),
    "header only": (HEADER, "has a header and no rows"),
    "binary": (bytes(range(256)) * 40, "is not a text file: line 1 holds a zero byte"),
    "picture": (b"\x89PNG\r\n\x1a\n" + b"\xff\xfe\xfa" * 99, "is not in UTF-8: line 1"),
    "NUL in a cell": (HEADER + "E1,A\0da,ada@example.test\n", "line 2 holds a zero byte"),
    "Latin-1": ((HEADER + ADA + "E2,Zo\xeb,zoe@example.test\n").encode("latin-1"), "line 3 has a letter after “E2,Zo”"),
    "UTF-16 without its mark": ((HEADER + ADA).encode("utf-16-le"), "zero byte"),
    "UTF-16 cut short": ((HEADER + ADA).encode("utf-16")[:-1], "begins as UTF-16 and is damaged at line 2"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old or encrypted Excel file"),
    "open quotation mark": (HEADER + ADA + 'E2,"Bo,bo@example.test\nE3,Cy,cy@example.test\n', "cannot be read on from line 3"),
    "text after a quotation mark": (HEADER + 'E2,"Bo" B,bo@example.test\n', "cannot be read on from line 2"),
    "field of 5 MB": (HEADER + ADA + "E2," + "x" * 5_000_000 + ",\n", "begins at line 3"),
    "no column for ids": ("name\nAda\n", "column employee_id is missing"),
    "misspelt column": ("employee_id,name,manger\nE1,Ada,E2\n", "“manger” is not one of ours. Did you mean manager?"),
    "column twice": ("employee_id,name,name\nE1,Ada,Ada\n", "has the column “name” 2 times"),
    "too many columns": (",".join(f"c{n}" for n in range(300)) + "\n", "300 columns; at most 200"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(app, tmp_path, kind):
    content, sentence = HOSTILE[kind]
    assert sentence in refused(app, written(tmp_path, content))


def test_every_refusal_of_an_encoding_says_how_to_save_the_file(app, tmp_path):
    said = refused(app, written(tmp_path, (HEADER + "E2,Zo\xeb,\n").encode("latin-1")))
    assert "Save it as “CSV UTF-8” or as XLSX" in said


def test_a_file_of_64_mb_is_refused_without_being_read(app, tmp_path):
    path = tmp_path / "people.csv"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    tracemalloc.start()
    said = refused(app, path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "people.csv has 64.0 MB; at most 32 MB can be imported" in said
    assert peak < 8 * 1024 * 1024


def test_a_folder_or_a_missing_file_is_refused(app, tmp_path):
    assert "is a directory" in refused(app, tmp_path)
    assert "does not exist" in refused(app, tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", pytest.param("utf-16-be", id="utf-16 big end first")]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_usual_encodings_and_separators_are_understood(app, tmp_path, encoding, delimiter):
    text = "employee_id,name,email\r\nE1,Zoë 山田,zoe@example.test\r\n".replace(",", delimiter)
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    accepted(app, written(tmp_path, mark + text.encode(encoding)))
    assert person_of("E1").name == "Zoë 山田"


def test_quoted_separators_and_lines_within_a_cell_are_understood(app, tmp_path):
    accepted(
        app, written(tmp_path, 'employee_id,name,bio\nE1,"Diallo, Amara","Likes ""maps"",\nand hills"\n')
    )
    assert (person_of("E1").name, person_of("E1").bio) == ("Diallo, Amara", 'Likes "maps",\nand hills')


def test_a_spreadsheet_is_read_as_it_was_typed(app, tmp_path):
    factories.skill("SQL")
    raw = workbook(
        ["employee_id", "name", "grade", "hours_a_month", "seeks_mentor", "skills", "left_on", None],
        [1001, "Ada", 3.0, 2.5, True, "SQL:4", None],
        [None] * 7,
        ["E2", "Bo", None, None, False, None, None],
    )
    assert "XLSX, sheet “Sheet”" in accepted(app, written(tmp_path, raw, "people.xlsx"))
    ada = person_of("1001")
    assert (ada.grade, ada.hours_a_month, ada.seeks_mentor, ada.left_on) == (3, 2.5, True, None)
    assert person_of("E2").hours_a_month == 2


def test_a_spreadsheet_under_the_name_of_a_csv_file_is_read(app, tmp_path):
    accepted(app, written(tmp_path, workbook(["employee_id", "name"], ["E1", "Ada"]), "people.csv"))
    assert person_of("E1").name == "Ada"


def test_problems_in_a_spreadsheet_name_its_own_row(app, tmp_path):
    raw = workbook(["employee_id", "name"], [None, None], ["E1", "Ada"], ["E1", "Ada again"])
    assert "Line 4, employee_id: “E1” stands in line 3 already." in refused(
        app, written(tmp_path, raw, "people.xlsx")
    )


def test_the_result_of_a_formula_is_imported_and_one_without_result_refused(app, tmp_path):
    raw = workbook(["employee_id", "name"], ["E1", '="A"&"da"'])
    assert "formulas whose results were not saved" in refused(app, written(tmp_path, raw, "people.xlsx"))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    formula = b'<c r="B2"><f>"A"&amp;"da"</f><v /></c>'
    assert formula in sheet
    saved = sheet.replace(formula, b'<c r="B2" t="str"><f>"A"&amp;"da"</f><v>Ada</v></c>')
    accepted(app, written(tmp_path, repacked(raw, sheet1=saved), "people.xlsx"))
    assert person_of("E1").name == "Ada"


def test_an_error_of_the_spreadsheet_is_no_value(app, tmp_path):
    raw = workbook(["employee_id", "name", "job_title"], ["E1", "Ada", "#N/A"])
    assert "holds the error #N/A" in refused(app, written(tmp_path, raw, "people.xlsx"))


def test_what_is_no_workbook_is_refused(app, tmp_path):
    fine = workbook(["employee_id", "name"], ["E1", "Ada"])
    for raw in (
        b"employee_id,name\nE1,Ada\n",
        b"PK\x03\x04 not really",
        fine[: len(fine) // 2],
        repacked(fine, workbook=b"<nothing"),
        repacked(fine, sheet1=b"<worksheet><sheetData><row r='1'>"),
        repacked(fine, sheet1=fine[:100]),
    ):
        assert "is not an XLSX file that can be read" in refused(app, written(tmp_path, raw, "people.xlsx"))


def test_a_row_number_beyond_the_sheet_does_not_keep_us_counting(app, tmp_path):
    rows = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
    far = rows % b'<row r="1"><c t="inlineStr"><is><t>employee_id</t></is></c></row><row r="999999999999"/>'
    raw = repacked(workbook(["employee_id"]), sheet1=far)
    began = time.process_time()
    assert "is not an XLSX file" in refused(app, written(tmp_path, raw, "people.xlsx"))
    assert time.process_time() - began < 10


@pytest.mark.parametrize("part", ["sheet1", "sharedStrings", "styles"])
def test_a_zip_bomb_is_refused_without_unpacking_it(app, tmp_path, part):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open(f"xl/{part}.xml", "w", force_zip64=True) as bomb:
            for _ in range(40):
                bomb.write(b" " * 1024 * 1024)
    assert file.tell() < 1024 * 1024
    tracemalloc.start()
    said = refused(app, written(tmp_path, file.getvalue(), "people.xlsx"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "would unpack to 40 MB" in said
    assert peak < 32 * 1024 * 1024
