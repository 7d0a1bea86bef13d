"""The pairs of a run, and those it left out, as CSV."""

import csv
import io
from collections.abc import Iterator

from app.cells import safe_cell
from app.engagements.reasons import CRITERIA
from app.rounds.match_words import told_of
from app.rounds.models import EnrolmentRole, Run
from app.rounds.results import PARTNERS, explain_cause
from app.rounds.run_queries import all_left_out, all_matches

PAIR = ("programme", "mentee", "mentee id", "mentor", "mentor id", "fit", "for", "against")
HEADING = (*PAIR, *CRITERIA, "without a match because")


def csv_of(run: Run) -> str:
    """Return a row for each pair of a run, then one for each person it left out."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(HEADING)
    for row in (*_pair_rows(run), *_left_out_rows(run)):
        writer.writerow([safe_cell(value) for value in row])
    return lines.getvalue()


def _pair_rows(run: Run) -> Iterator[list[object]]:
    for row in all_matches(run):
        reasons = told_of(row)
        points = {part["criterion"]: part["points"] for part in row.parts}
        yield [
            row.programme,
            row.mentee,
            row.mentee_id,
            row.mentor,
            row.mentor_id,
            row.points,
            "; ".join(reason.in_a_line for reason in reasons.plus),
            "; ".join(reason.in_a_line for reason in reasons.minus),
            *(points.get(criterion, "") for criterion in CRITERIA),
            "",
        ]


def _left_out_rows(run: Run) -> Iterator[list[object]]:
    for row in all_left_out(run):
        person: list[object] = [row.name, row.person_id]
        sides = ["", "", *person] if row.role is EnrolmentRole.MENTOR else [*person, "", ""]
        why = explain_cause(row.cause, row.details, partner=PARTNERS[row.role]).why
        yield [row.programme, *sides, "", "", "", *("" for _ in CRITERIA), why]
