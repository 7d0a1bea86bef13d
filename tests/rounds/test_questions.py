"""What people ask about a plan is answered by a worker, once for all who ask, and tells no secret."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import audit
from app.db import db
from app.errors import Conflict, Invalid
from app.people.models import Person, PersonalBlock
from app.programmes.models import ProgrammeGoal
from app.rounds import asking, choosing, deciding, question_tasks, service, tasks
from app.rounds.deciding import Override, PairOf
from app.rounds.models import Enrolment, EnrolmentRole
from app.rounds.question_models import PRICES, Question, QuestionKind
from app.rounds.question_words import Answers
from app.rounds.states import RunState
from tests import factories
from tests.conftest import NOW
from tests.rounds.conftest import BY, asked_for_run, company, finished_run, person_called
from tests.rounds.test_deciding import pairs_found, rule_out_everybody

WHY_NOT, ALTERNATIVES = QuestionKind.WHY_NOT, QuestionKind.ALTERNATIVES
TOMORROW = NOW.date() + timedelta(days=1)


def pair(run, mentee: int, mentor: int) -> PairOf:
    return PairOf(
        run.matching_round.programmes[0].id,
        person_called(f"Mentee {mentee}").id,
        person_called(f"Mentor {mentor}").id,
    )


def asked(run, kind: QuestionKind, about: PairOf) -> Question:
    question = asking.ask_about(run, kind, about, by=BY)
    db.session.commit()
    return question


def answered(run, kind: QuestionKind, about: PairOf) -> Question:
    question = asked(run, kind, about)
    question_tasks.answer(question.id)
    db.session.expire_all()
    assert question.state is RunState.FINISHED, question.failure
    return question


def block(one: str, other: str) -> None:
    people = person_called(one), person_called(other)
    db.session.add(PersonalBlock(person_id=people[0].id, blocked_person_id=people[1].id))
    db.session.commit()


def told(question: Question) -> str:
    """Return everything an answer says, but for the names."""
    names = {question.mentee_id: "A", question.mentor_id: "B"}
    option = Answers(question.mentee_id, names, {}).option(question.answer)
    return str([getattr(option, name) for name in option.__slots__ if name != "mentor_id"])


def changed_mentees(one, other) -> set[int]:
    return {person_called(mentee).id for mentee, _mentor in pairs_found(one) ^ pairs_found(other)}


def test_an_answer_says_exactly_what_the_next_run_finds(closed_round):
    run = finished_run(closed_round)
    effect = answered(run, WHY_NOT, pair(run, 0, 1)).answer["effect"]
    deciding.lock(closed_round, pair(run, 0, 1), by=BY)
    db.session.commit()
    again = finished_run(closed_round)
    assert effect["points"] == again.points - run.points < 0
    assert effect["people"] == again.mentees_matched - run.mentees_matched == 0
    assert pair(run, 0, 1).mentee_id in {move["mentee"] for move in effect["moves"]}
    assert len({move["mentee"] for move in effect["moves"]}) == len(changed_mentees(run, again))


def test_two_who_are_together_are_told_so(closed_round):
    run = finished_run(closed_round)
    assert answered(run, WHY_NOT, pair(run, 0, 0)).answer["verdict"] == "together"


def test_a_rule_that_forbids_it_is_named_with_what_breaking_it_would_change(closed_round):
    person_called("Mentee 0").manager_id = person_called("Mentor 1").id
    db.session.commit()
    run = finished_run(closed_round)
    question = answered(run, WHY_NOT, pair(run, 0, 1))
    names = {row.id: row.name for row in db.session.scalars(sa.select(Person))}
    rules = run.settings[closed_round.programmes[0].key]["rules"]
    option = Answers(question.mentee_id, names, rules).option(question.answer)
    assert option.rules == ["Not in the same reporting line. Mentor 1 manages Mentee 0, directly."]
    assert option.may_override
    assert question.answer["effect"]["points"] < 0


def test_alternatives_are_real_and_those_against_a_rule_stand_apart(closed_round):
    person_called("Mentee 0").manager_id = person_called("Mentor 1").id
    db.session.commit()
    run = finished_run(closed_round)
    answer = answered(run, ALTERNATIVES, pair(run, 0, 0)).answer
    assert [row["mentor"] for row in answer["options"]] == [person_called("Mentor 2").id]
    assert [row["mentor"] for row in answer["forbidden"]] == [person_called("Mentor 1").id]


def test_a_locked_mentee_has_alternatives_too(closed_round):
    deciding.lock(closed_round, pair(finished_run(closed_round), 0, 1), by=BY)
    db.session.commit()
    run = finished_run(closed_round)
    answer = answered(run, ALTERNATIVES, pair(run, 0, 1)).answer
    best = answer["options"][0]
    assert (best["mentor"], best["effect"]["points"] > 0) == (person_called("Mentor 0").id, True)


def withdraw(name: str) -> None:
    db.session.execute(
        sa.update(Enrolment).where(Enrolment.person_id == person_called(name).id).values(withdrawn_at=NOW)
    )
    db.session.commit()


def leave(name: str) -> None:
    person_called(name).left_on = NOW.date()
    db.session.commit()


def fill(matching_round, mentor: int) -> None:
    """Lock every place of a mentor for somebody else."""
    programme_id = matching_round.programmes[0].id
    for mentee in (1, 4):
        about = PairOf(
            programme_id, person_called(f"Mentee {mentee}").id, person_called(f"Mentor {mentor}").id
        )
        deciding.lock(matching_round, about, by=BY)
    db.session.commit()


CAUSES = {
    "blocked by the mentee": lambda _round: block("Mentee 0", "Mentor 1"),
    "blocked by the mentor": lambda _round: block("Mentor 1", "Mentee 0"),
    "withdrawn": lambda _round: withdraw("Mentor 1"),
    "gone": lambda _round: leave("Mentor 1"),
    "no room": lambda matching_round: fill(matching_round, 1),
}
SAME = (
    "A and B cannot be matched in this round. One of them may be away or have no place that is not locked, "
    "or have asked for something that stays private."
)


@pytest.mark.parametrize("cause", CAUSES)
def test_a_block_is_answered_word_for_word_as_other_causes(closed_round, cause):
    CAUSES[cause](closed_round)
    run = finished_run(closed_round)
    question = answered(run, WHY_NOT, pair(run, 0, 1))
    assert question.answer == {"mentor": question.mentor_id, "verdict": "private"}
    assert SAME in told(question)


def test_a_block_beside_a_broken_rule_leaves_the_answer_as_it_was(closed_round):
    rule_out_everybody(closed_round)
    open_to_rule = answered(finished_run(closed_round), WHY_NOT, pair_of_first(closed_round)).answer
    block("Mentee 0", "Mentor 1")
    run = finished_run(closed_round)
    assert answered(run, WHY_NOT, pair(run, 0, 1)).answer == open_to_rule
    assert open_to_rule["may_override"]


def pair_of_first(matching_round) -> PairOf:
    programme_id = matching_round.programmes[0].id
    return PairOf(programme_id, person_called("Mentee 0").id, person_called("Mentor 1").id)


def test_whom_a_block_forbids_is_among_no_alternatives(closed_round):
    block("Mentee 0", "Mentor 1")
    run = finished_run(closed_round)
    answer = answered(run, ALTERNATIVES, pair(run, 0, 0)).answer
    assert person_called("Mentor 1").id not in {row["mentor"] for row in answer["options"]}
    assert answer["forbidden"] == []


def test_prices_count_no_pair_that_only_a_block_forbids(closed_round):
    person_called("Mentee 0").manager_id = person_called("Mentor 1").id
    db.session.commit()
    counted = []
    for _ in range(2):
        run = finished_run(closed_round)
        rules, _locks = asking.ask_prices(run, by=BY)
        db.session.commit()
        question_tasks.answer(rules.id)
        db.session.expire_all()
        counted.append([(row["rule"], row["pairs"]) for row in rules.answer["rows"]])
        block("Mentee 0", "Mentor 1" if len(counted) == 1 else "Mentor 2")
    assert counted[0] == counted[1]
    assert ("not_in_reporting_line", 1) in counted[0]


def test_rules_and_locks_have_their_price(closed_round):
    rule_out_everybody(closed_round)
    override = Override(reason="One product", expires_on=TOMORROW)
    deciding.lock(closed_round, pair_of_first(closed_round), by=BY, override=override)
    db.session.commit()
    run = finished_run(closed_round)
    rules, locks = asking.ask_prices(run, by=BY)
    db.session.commit()
    for question in (rules, locks):
        question_tasks.answer(question.id)
    db.session.expire_all()
    assert (rules.state, locks.state) == (RunState.FINISHED, RunState.FINISHED)
    same = next(row for row in rules.answer["rows"] if row["rule"] == "same_attribute")
    assert same["people"] == 5
    assert same["proved"]
    (lock,) = locks.answer["rows"]
    assert (lock["people"], lock["mentee"]) == (-1, person_called("Mentee 0").id)


def test_prices_let_other_work_have_its_turn(closed_round, monkeypatch):
    handed: list[int] = []
    run = finished_run(closed_round)
    rules, _locks = asking.ask_prices(run, by=BY)
    db.session.commit()
    monkeypatch.setattr(question_tasks, "hand_over", handed.append)
    for step in (1, 2):
        question_tasks.answer(rules.id)
        db.session.expire_all()
        assert len(rules.answer["rows"]) == step
    assert rules.state is RunState.FINISHED
    assert handed == [rules.id]


def test_who_asks_the_same_shares_the_answer(closed_round):
    run = finished_run(closed_round)
    first = answered(run, WHY_NOT, pair(run, 0, 1))
    assert asked(run, WHY_NOT, pair(run, 0, 1)) is first
    assert first.state is RunState.FINISHED
    assert asked(run, ALTERNATIVES, pair(run, 0, 1)) is not first


def test_nobody_is_their_own_mentor_and_no_plan_has_no_answers(closed_round):
    run = finished_run(closed_round)
    about = pair(run, 0, 1)
    with pytest.raises(Invalid):
        asking.ask_about(run, WHY_NOT, about._replace(mentor_id=about.mentee_id), by=BY)
    waiting = asked_for_run(closed_round)
    with pytest.raises(Conflict):
        asking.ask_about(waiting, WHY_NOT, about, by=BY)


def test_asking_is_in_the_audit_log(closed_round):
    run = finished_run(closed_round)
    asked(run, WHY_NOT, pair(run, 0, 1))
    actions = db.session.scalars(sa.select(audit.AuditEvent.action)).all()
    assert actions.count("question.asked") == 1


def test_a_question_whose_worker_died_is_asked_again_and_then_given_up(closed_round, frozen_clock):
    run = finished_run(closed_round)
    question = asked(run, WHY_NOT, pair(run, 0, 1))
    for attempt in range(1, 4):
        turn = asking.take_up(question.id)
        assert turn.number == attempt
        frozen_clock(NOW + timedelta(seconds=31 * attempt))
        waiting = asking.recover_silent_questions()
        assert waiting == ([question.id] if attempt < 3 else [])
        assert not asking.finish(turn, {}), "whoever fell silent may no longer write"
    db.session.expire_all()
    assert (question.state, question.failure) == (RunState.FAILED, asking.GAVE_UP)
    assert asked(run, WHY_NOT, pair(run, 0, 1)).state is RunState.QUEUED


def test_workers_find_lost_questions(closed_round, frozen_clock, monkeypatch):
    run = finished_run(closed_round)
    question = asked(run, WHY_NOT, pair(run, 0, 1))
    frozen_clock(NOW + timedelta(seconds=31))
    tasks.recover()
    db.session.expire_all()
    assert question.state is RunState.FINISHED


def test_what_breaks_down_says_so(closed_round, monkeypatch):
    def break_down(*_arguments):
        raise RuntimeError("of no use to anybody")

    monkeypatch.setattr(question_tasks, "plan_of", break_down)
    run = finished_run(closed_round)
    question = asked(run, WHY_NOT, pair(run, 0, 1))
    question_tasks.answer(question.id)
    db.session.expire_all()
    assert (question.state, question.failure) == (RunState.FAILED, question_tasks.BROKE_DOWN)


def test_giving_a_round_up_ends_its_questions(closed_round):
    run = finished_run(closed_round)
    question = asked(run, WHY_NOT, pair(run, 0, 1))
    turn = asking.take_up(question.id)
    service.cancel_round(closed_round, by=BY)
    db.session.commit()
    assert not asking.beat(turn)
    assert not asking.finish(turn, {})
    db.session.expire_all()
    assert question.state is RunState.CANCELLED


def test_a_chosen_mentor_is_in_the_next_run_and_the_choice_can_be_changed(closed_round):
    run = finished_run(closed_round)
    question = answered(run, ALTERNATIVES, pair(run, 0, 0))
    first = choosing.choose(question, person_called("Mentor 1").id, by=BY)
    second = choosing.choose(question, person_called("Mentor 2").id, by=BY)
    db.session.commit()
    assert first.undone_at is not None
    assert second.instead_of_id == person_called("Mentor 0").id
    assert ("Mentee 0", "Mentor 2") in pairs_found(finished_run(closed_round))


def test_only_what_an_answer_offers_is_chosen(closed_round):
    run = finished_run(closed_round)
    question = asked(run, ALTERNATIVES, pair(run, 0, 0))
    with pytest.raises(Conflict):
        choosing.choose(question, person_called("Mentor 1").id, by=BY)
    question = answered(run, ALTERNATIVES, pair(run, 0, 0))
    for other in (person_called("Mentee 1").id, 987_654):
        with pytest.raises(Invalid):
            choosing.choose(question, other, by=BY)


def test_an_override_is_taken_by_the_next_run_and_says_whom_it_replaces(closed_round):
    person_called("Mentee 0").manager_id = person_called("Mentor 1").id
    db.session.commit()
    run = finished_run(closed_round)
    question = answered(run, WHY_NOT, pair(run, 0, 1))
    override = Override(reason="They asked for it", expires_on=TOMORROW)
    with pytest.raises(Invalid):
        choosing.choose(question, question.mentor_id, by=BY)
    row = choosing.choose(question, question.mentor_id, by=BY, override=override)
    db.session.commit()
    assert (row.is_override, row.instead_of_id) == (True, person_called("Mentor 0").id)
    again = finished_run(closed_round)
    assert ("Mentee 0", "Mentor 1") in pairs_found(again)
    assert again.points - run.points == question.answer["effect"]["points"]


@pytest.mark.parametrize("cause", CAUSES)
def test_what_is_private_cannot_be_chosen(closed_round, cause):
    CAUSES[cause](closed_round)
    run = finished_run(closed_round)
    question = answered(run, WHY_NOT, pair(run, 0, 1))
    with pytest.raises(Invalid):
        choosing.choose(
            question, question.mentor_id, by=BY, override=Override(reason="Please", expires_on=TOMORROW)
        )


def test_a_ban_of_hr_is_told_and_not_overridden(closed_round):
    deciding.ban(closed_round, pair_of_first(closed_round), reason="They asked", by=BY)
    db.session.commit()
    run = finished_run(closed_round)
    question = answered(run, WHY_NOT, pair(run, 0, 1))
    assert "HR keeps them apart: They asked" in told(question)
    assert question.answer["may_override"] is False


def test_a_plan_of_other_goals_is_answered_by_matching_anew(closed_round):
    programme_id = closed_round.programmes[0].id
    db.session.add(ProgrammeGoal(programme_id=programme_id, position=3, goal="worst_match"))
    db.session.commit()
    run = finished_run(closed_round)
    answer = answered(run, WHY_NOT, pair(run, 0, 1)).answer
    assert answer["verdict"] == "possible"


def test_both_prices_are_asked_once(closed_round):
    run = finished_run(closed_round)
    for _ in range(2):
        assert [row.kind for row in asking.ask_prices(run, by=BY)] == list(PRICES)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 2


def test_whoever_is_left_out_may_be_asked_about(app):
    run = finished_run(company(mentees=4, mentors=1))
    left = next(
        f"Mentee {number}"
        for number in range(4)
        if not any(f"Mentee {number}" in names for names in pairs_found(run))
    )
    answer = answered(run, WHY_NOT, pair(run, int(left[-1]), 0)).answer
    assert (answer["verdict"], answer["effect"]["people"]) == ("possible", 0)
    newcomer = factories.person(name="Mentee 9")
    factories.enrolment(newcomer, EnrolmentRole.MENTEE, run.matching_round)
    assert answered(run, WHY_NOT, pair(run, 9, 0)).answer["verdict"] == "private"
