"""Files for spreadsheets carry no formulas and leave nobody out."""

import csv
import io

import pytest

from app.cells import safe_cell
from app.db import db
from app.rounds.export import csv_of
from tests.rounds.conftest import company, finished_run, person_called


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", "  =1", "\u00a0=1"],
)
def test_a_cell_that_begins_like_a_formula_is_made_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Ada", "", "a=b", "3-4", 5, -5, None])
def test_other_cells_stay_as_they_are(value):
    assert safe_cell(value) == value


def test_the_file_has_a_row_for_each_pair_and_each_person_left_out(app):
    matching_round = company(mentees=3, mentors=1)
    person_called("Mentee 0").name = '=HYPERLINK("x")'
    db.session.commit()
    rows = list(csv.DictReader(io.StringIO(csv_of(finished_run(matching_round)))))
    pairs = [row for row in rows if row["mentor"] and row["mentee"]]
    assert len(pairs) == 2
    for row in pairs:
        parts = [row[name] for name in ("skills", "level_step", "hours", "variety")]
        assert sum(map(int, parts)) == int(row["fit"])
        assert row["for"]
    assert [row["without a match because"] for row in rows if row not in pairs] == [
        "1 mentor would be possible, and every place went to others."
    ]
    assert '\'=HYPERLINK("x")' in {row["mentee"] for row in rows}
