"""Rounds and runs move only along their table, and docs/states.md shows it."""

from itertools import product
from pathlib import Path

import pytest

from app.errors import Conflict
from app.rounds.states import (
    ROUND_TRANSITIONS,
    STATE_WORDS,
    RoundState,
    check_may_follow,
    diagrams,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "states.md"


def test_the_page_of_states_is_current():
    assert PAGE.read_text() == diagrams(), "write it anew: flask --app wsgi rounds states > docs/states.md"


@pytest.mark.parametrize(("before", "after"), list(product(RoundState, RoundState)))
def test_a_round_moves_only_along_the_table(before, after):
    if after in ROUND_TRANSITIONS[before]:
        check_may_follow("Winter", before, after)
        return
    if after is RoundState.DRAFT:
        return  # nothing leads back there, and no command asks for it
    with pytest.raises(Conflict) as refusal:
        check_may_follow("Winter", before, after)
    assert refusal.value.message.startswith(f"Winter is {STATE_WORDS[before]}, so it cannot be ")
