"""What a run found is said in words that name the cause and the one thing to do."""

from datetime import timedelta

import pytest

from app.rounds.models import Run
from app.rounds.results import explain_cause, headline, summary
from matching.solution import CauseKind
from tests.conftest import NOW


def lack(**values) -> dict:
    return {"lacks": [{"skill": "SQL", "level": 4, "best": 2, "possible": 2, **values}], "considered": 9}


@pytest.mark.parametrize(
    ("cause", "details", "why", "to_do"),
    [
        ("places_ran_out", {"eligible": 4}, "4 mentors would be possible", "Invite one more mentor"),
        ("no_eligible_partner", {}, "There is no mentor to consider.", "Invite a mentor"),
        (
            "no_eligible_partner",
            {"considered": 17, "rules": {"shared_hours": 12, "not_in_reporting_line": 5}},
            "None of 17 mentors is possible: 12 with too few shared working hours and 5 in the same reporting line.",
            "Invite a mentor in a nearer time zone",
        ),
        ("no_eligible_partner", lack(), "No mentor offers it above level 2.", "Invite a mentor for SQL"),
        ("no_eligible_partner", lack(best=0, possible=0), "No mentor offers it.", "Invite a mentor for SQL"),
        ("no_eligible_partner", lack(best=5), "No mentor who is possible offers it.", "Invite"),
        (
            "own_conditions",
            {**lack(), "rules": {"covers_wants": 7, "shared_hours": 2}},
            "above level 2. Who could help is ruled out: 2 with too few shared working hours.",
            "Invite a mentor for SQL",
        ),
        (
            "own_conditions",
            {"considered": 2, "rules": {"shared_language": 2}},
            "Their own conditions",
            "Ask whether",
        ),
        ("hours_ran_out", {"eligible": 2}, "2 mentors would be possible, and none of them", "for more hours"),
        ("own_hours", {"eligible": 2}, "Their hours a month leave none for one more.", "Ask them whether"),
        ("not_opened", {"eligible": 2}, "No community that suits them opens", "Ask more people to join"),
        ("not_solved", {}, "stopped before their turn", "Run the matching again"),
    ],
)
def test_a_cause_is_said_with_what_to_do(cause, details, why, to_do):
    explanation = explain_cause(cause, details)
    assert why in explanation.why
    assert to_do in explanation.to_do


def test_every_cause_of_the_engine_has_words_of_its_own():
    details = {"considered": 3, "eligible": 1, "rules": {"shared_hours": 3}}
    told = {cause: explain_cause(cause.value, details) for cause in CauseKind}
    assert len({row.why for row in told.values()}) == len(CauseKind)
    assert all(row.why.endswith(".") and row.to_do for row in told.values())


def run(**values) -> Run:
    defaults = {
        "status": "optimal", "mentees": 44, "mentees_matched": 41, "rules_checked": 5, "points": 996, "bound": 1000,
        "started_at": NOW, "finished_at": NOW + timedelta(seconds=38),
    }  # fmt: skip
    return Run(**{**defaults, **values})


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "All 5 rules are kept. The plan is the best possible. It took 38 seconds."),
        ({"status": "feasible"}, "The plan is within 0.4% of the best possible."),
        ({"status": "cancelled"}, "The run was stopped early, so a better plan may exist."),
        ({"finished_at": NOW}, "It took less than a second."),
        ({"finished_at": NOW + timedelta(minutes=3)}, "It took 3 minutes."),
    ],
)
def test_a_summary_says_rules_quality_and_time(values, sentence):
    assert sentence in summary(run(**values))


def test_the_headline_counts_people():
    assert headline(run()) == "41 of 44 people have a mentor"
    assert headline(run(mentees_matched=1)) == "1 of 44 people has a mentor"
