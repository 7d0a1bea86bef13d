"""Pages at `/rounds/<id>/enrolment`: each person's own part in a round."""

from collections.abc import Sequence
from functools import partial

from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, guard
from app.db import db
from app.errors import Missing
from app.people.models import Person
from app.programmes.audience import roles_open_to
from app.programmes.kinds import KINDS
from app.rounds import answering, enrolling, enrolment_answers, outlook, queries
from app.rounds.actions import refusal_of
from app.rounds.enrolment_answers import OwnAnswers
from app.rounds.enrolment_forms import EnrolmentForm, enrolment_form
from app.rounds.models import Enrolment, EnrolmentRole, MatchingRound
from app.rounds.results import PARTNERS
from app.rounds.routes import bp
from app.rounds.states import RoundState
from app.web import accepted, page, see_other
from app.words import plural

# Where people see whom they were matched with, or into which community.
FOUND_AT = {
    EnrolmentRole.MENTEE: "mentorships.index",
    EnrolmentRole.MENTOR: "mentorships.index",
    EnrolmentRole.PEER: "peers.index",
    EnrolmentRole.MEMBER: "communities.index",
}


def round_people_know_of(round_id: int) -> MatchingRound:
    """Return a round that employees may know of.

    Raises:
        Missing: when there is none, or it is still being prepared.
    """
    matching_round = queries.round_numbered(round_id)
    if matching_round.state is RoundState.DRAFT:
        raise Missing
    return matching_round


@bp.get("/<int:round_id>/enrolment")
@guard(Permission.ROUND_ENROL, load=round_people_know_of)
def enrolment(matching_round: MatchingRound) -> ResponseReturnValue:
    """Show a person's part in a round, with what they can change and what happens next."""
    own = _own(matching_round)
    return _page(matching_round, _forms(matching_round, own), own)


@bp.post("/<int:round_id>/enrolment/<int:programme_id>")
@guard(Permission.ROUND_ENROL, load=round_people_know_of)
def take_part(matching_round: MatchingRound, programme_id: int) -> ResponseReturnValue:
    """Take part, or change how many places one offers or seeks."""
    own = _own(matching_round)
    forms = _forms(matching_round, own)
    if programme_id not in forms:
        raise Missing
    form = forms[programme_id]
    if form.validate() and accepted(form, lambda: _enrol(matching_round, programme_id, form)):
        db.session.commit()
        return see_other("rounds.enrolment", message=_thanks(form), round_id=matching_round.id)
    return _page(matching_round, forms, _own(matching_round), status=422, refused=form)


@bp.post("/<int:round_id>/enrolment/<int:enrolment_id>/answers")
@guard(Permission.ROUND_ENROL, load=round_people_know_of)
def answer_questions(matching_round: MatchingRound, enrolment_id: int) -> ResponseReturnValue:
    """Answer what a programme asks, in a part one has already."""
    parts = _own(matching_round)
    part = next((row for row in parts if row.id == enrolment_id and row.withdrawn_at is None), None)
    if part is None:
        raise Missing
    forms = _forms(matching_round, parts)
    form = forms[part.programme_id]
    form.role.data = part.role.value

    def command() -> None:
        answering.answer(part, matching_round, form.answers(part.role), by=current_user)

    if form.has_answers(part.role) and accepted(form, command):
        db.session.commit()
        message = "Your answers are saved."
        return see_other("rounds.enrolment", message=message, round_id=matching_round.id)
    return _page(matching_round, forms, parts, status=422, refused=form)


@bp.post("/<int:round_id>/enrolment/<int:enrolment_id>/withdraw")
@guard(Permission.ROUND_ENROL, load=round_people_know_of)
def withdraw(matching_round: MatchingRound, enrolment_id: int) -> ResponseReturnValue:
    """Take one's own part out again."""
    own = {row.id: row for row in _own(matching_round)}
    if enrolment_id not in own:
        raise Missing
    enrolling.withdraw(own[enrolment_id], matching_round, by=current_user)
    db.session.commit()
    return see_other("rounds.enrolment", message="You have withdrawn.", round_id=matching_round.id)


def _page(
    matching_round: MatchingRound,
    forms: dict[int, EnrolmentForm],
    parts: Sequence[Enrolment],
    *,
    status: int = 200,
    refused: EnrolmentForm | None = None,
) -> ResponseReturnValue:
    own = {(row.programme_id, row.role): row for row in parts}
    answered = _fill_in(matching_round, forms, own, refused)
    for row in own.values():
        form = forms[row.programme_id]
        field = form.counted_by(row.role)
        if field is not None and (form is not refused or form.role.data != row.role):
            field.data = row.places
    here = {key: row for key, row in own.items() if row.withdrawn_at is None}
    return page(
        "rounds/enrolment.html",
        status=status,
        matching_round=matching_round,
        programmes=[row for row in matching_round.programmes if row.id in forms],
        forms=forms,
        open_parts={(row_id, role) for row_id, form in forms.items() for role in form.open_to},
        kinds=KINDS,
        refused=refused,
        own=here,
        answered=answered,
        asks_anything=any(rows for form in forms.values() for rows in form.questions.values()),
        answer_words=enrolment_answers.in_words,
        gone={key: row for key, row in own.items() if key not in here},
        roles=EnrolmentRole,
        partners=PARTNERS,
        found_at=FOUND_AT,
        standing=outlook.standing(matching_round),
        coming=outlook.coming(matching_round),
        met=queries.parts_with_match(current_user.person_id, matching_round.id),
        is_published=matching_round.published_at is not None,
        refusal=refusal_of(lambda: enrolling.check_may_enrol(matching_round)),
        may_answer=refusal_of(lambda: answering.check_may_answer(matching_round)) is None,
        may_leave={
            row.id
            for row in here.values()
            if refusal_of(lambda row=row: enrolling.check_may_withdraw(row, matching_round)) is None  # type: ignore[misc]
        },
    )


def _forms(matching_round: MatchingRound, own: Sequence[Enrolment]) -> dict[int, EnrolmentForm]:
    """Return a form for each programme that is open to the reader, or in which they take part already.

    Raises:
        Missing: when the round is for others.
    """
    open_parts = roles_open_to(current_user.person_id, [row.id for row in matching_round.programmes])
    taken = {row.programme_id for row in own}
    asked = enrolment_answers.asked_in(matching_round.programmes)
    forms = {}
    for row in matching_round.programmes:
        roles = {role for programme_id, role in open_parts if programme_id == row.id}
        if roles or row.id in taken:
            places = {"places": KINDS[row.kind].usual_places}
            forms[row.id] = enrolment_form(
                {role: asked.get((row.id, role), []) for role in EnrolmentRole},
                open_to=roles,
                prefix=f"programme-{row.id}",
                data=places,
            )
    if not forms:
        raise Missing
    return forms


def _fill_in(
    matching_round: MatchingRound,
    forms: dict[int, EnrolmentForm],
    own: dict[tuple[int, EnrolmentRole], Enrolment],
    refused: EnrolmentForm | None,
) -> OwnAnswers:
    """Fill in what the reader has answered, but for the form that was refused; return the answers."""
    asked = {row.question_id for form in forms.values() for rows in form.questions.values() for row in rows}
    answered = enrolment_answers.own_answers(current_user.person_id, matching_round.id, asked)
    for programme_id, form in forms.items():
        for role in form.questions:
            if form is not refused or form.role.data != role:
                part = own.get((programme_id, EnrolmentRole(role)))
                form.show(role, partial(answered.to_show, part))
    return answered


def _own(matching_round: MatchingRound) -> list[Enrolment]:
    return list(queries.parts_of(current_user.person_id, matching_round.id))


def _enrol(matching_round: MatchingRound, programme_id: int, form: EnrolmentForm) -> Enrolment:
    return enrolling.enrol(
        db.session.get_one(Person, current_user.person_id),
        matching_round,
        programme=next(row for row in matching_round.programmes if row.id == programme_id),
        role=EnrolmentRole(form.role.data),
        places=form.number(),
        answers=form.answers(form.role.data),
        by=current_user,
    )


def _communities(number: int) -> str:
    return "a community" if number == 1 else plural(number, "community", "communities")


def _thanks(form: EnrolmentForm) -> str:
    if form.role.data == EnrolmentRole.PEER:
        return "You are on the list for a peer coach."
    if form.role.data == EnrolmentRole.MEMBER:
        return f"You are on the list for {_communities(form.number())}."
    if form.role.data == EnrolmentRole.MENTOR:
        return f"You offer {plural(form.number(), 'place')}."
    return "You are on the list for a mentor."
