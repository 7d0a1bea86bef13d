"""What the demo's mentoring programme asks whoever joins, and what people answer."""

from collections.abc import Iterator
from random import Random
from typing import Any

import sqlalchemy as sa

from app import audit
from app.db import db
from app.programmes import asking
from app.programmes.models import Programme
from app.rounds.answer_models import EnrolmentAnswer
from app.rounds.enrolment_answers import NO, YES, asked_in
from app.rounds.models import Enrolment, MatchingRound

# Of a hundred who join, how many leave a question for later.
LEFT_OPEN = 3
ASKED: tuple[dict[str, Any], ...] = (
    {
        "words": "How would you like to meet?",
        "type": "one_choice",
        "options": ["Online", "In person", "Either"],
        "asked_of": "everyone",
        "required": True,
    },
    {
        "words": "What should this bring you?",
        "type": "several_choices",
        "options": ["Grow in my role", "Prepare for the next role", "Change field", "Know more people"],
        "asked_of": "mentee",
        "required": False,
    },
    {
        "words": "Have you mentored somebody before?",
        "type": "yes_no",
        "options": [],
        "asked_of": "mentor",
        "required": False,
    },
)


def ask(programme: Programme) -> None:
    """Let a programme ask the questions."""
    for question in ASKED:
        asking.ask_question(programme, question, by=audit.COMMAND_LINE)


def answer(matching_round: MatchingRound) -> None:
    """Let most people of a round answer, each always the same."""
    rows = list(_answers(matching_round))
    if rows:
        db.session.execute(sa.insert(EnrolmentAnswer), rows)


def _answers(matching_round: MatchingRound) -> Iterator[dict[str, Any]]:
    asked = asked_in(matching_round.programmes)
    query = sa.select(Enrolment.id, Enrolment.programme_id, Enrolment.role, Enrolment.person_id)
    joined = query.filter_by(matching_round_id=matching_round.id).order_by(Enrolment.id)
    for enrolment_id, programme_id, role, person_id in db.session.execute(joined):
        for row in asked.get((programme_id, role.value), ()):
            # A person has one answer, in whichever part they are asked.
            drawn = Random(f"{person_id} {row.question.key}")
            options = [option.words for option in row.question.options] or [YES, NO]
            several = row.question.answer_type == "several_choices"
            chosen = drawn.sample(range(len(options)), drawn.randint(1, 2) if several else 1)
            if drawn.randrange(100) < LEFT_OPEN:
                continue
            for place, option in enumerate(sorted(chosen), start=1):
                keys = {"enrolment_id": enrolment_id, "question_id": row.question_id}
                yield {**keys, "position": place, "answer": options[option]}
