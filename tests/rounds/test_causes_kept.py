"""What is kept of why somebody has no mentor: nothing from which a personal block could be told."""

import pytest

from app.rounds.reasons import cause_details, cause_kind
from app.rounds.results import explain_cause
from matching.solution import Cause, CauseKind


@pytest.mark.parametrize("kind", [CauseKind.OWN_CONDITIONS, CauseKind.NO_ELIGIBLE_PARTNER])
@pytest.mark.parametrize("rules", [{}, {"other_department": 3}, {"shared_hours": 2, "other_department": 1}])
def test_a_block_leaves_no_gap_in_the_counts(kind, rules):
    """Whoever is blocked is told of exactly as if they did not take part."""
    hidden = Cause(kind=kind, considered=sum(rules.values()) + 1, rules={**rules, "not_blocked": 1})
    details = cause_details(hidden, {})
    assert details["considered"] == sum(details["rules"].values()) == sum(rules.values())
    assert "block" not in str(details)


def test_blocks_alone_are_not_told_as_own_conditions():
    hidden = Cause(
        kind=CauseKind.OWN_CONDITIONS, considered=4, rules={"not_blocked": 1, "other_department": 3}
    )
    assert cause_kind(hidden) is CauseKind.NO_ELIGIBLE_PARTNER
    said = explain_cause(cause_kind(hidden), cause_details(hidden, {})).why
    assert said == "None of 3 mentors is possible: 3 from the same department."


def test_own_hours_stay_own_conditions():
    told = Cause(kind=CauseKind.OWN_CONDITIONS, considered=2, rules={"not_blocked": 1, "shared_hours": 1})
    assert cause_kind(told) is CauseKind.OWN_CONDITIONS
