"""Pages at `/rounds/<id>/enrolment`: each person's own part in a round."""

from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, guard
from app.db import db
from app.errors import Missing
from app.people.models import Person
from app.rounds import enrolling, queries
from app.rounds.actions import refusal_of
from app.rounds.forms import EnrolmentForm
from app.rounds.models import Enrolment, EnrolmentRole, MatchingRound
from app.rounds.routes import bp
from app.rounds.states import RoundState
from app.web import accepted, page, see_other


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
    """Show a person's part in a round, with what they can change."""
    return _page(matching_round, _forms(matching_round))


@bp.post("/<int:round_id>/enrolment/<int:programme_id>")
@guard(Permission.ROUND_ENROL, load=round_people_know_of)
def take_part(matching_round: MatchingRound, programme_id: int) -> ResponseReturnValue:
    """Take part, or change how many places one offers."""
    forms = _forms(matching_round)
    if programme_id not in forms:
        raise Missing
    form = forms[programme_id]
    if form.validate() and accepted(form, lambda: _enrol(matching_round, programme_id, form)):
        db.session.commit()
        return see_other("rounds.enrolment", message="You take part.", round_id=matching_round.id)
    return _page(matching_round, forms, status=422, refused=form)


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
    *,
    status: int = 200,
    refused: EnrolmentForm | None = None,
) -> ResponseReturnValue:
    own = {(row.programme_id, row.role): row for row in _own(matching_round)}
    for (programme_id, role), row in own.items():
        if role is EnrolmentRole.MENTOR and forms[programme_id] is not refused:
            forms[programme_id].places.data = row.places
    return page(
        "rounds/enrolment.html",
        status=status,
        matching_round=matching_round,
        forms=forms,
        refused=refused,
        own=own,
        roles=EnrolmentRole,
        refusal=refusal_of(lambda: enrolling.check_may_enrol(matching_round)),
    )


def _forms(matching_round: MatchingRound) -> dict[int, EnrolmentForm]:
    return {row.id: EnrolmentForm(prefix=f"programme-{row.id}") for row in matching_round.programmes}


def _own(matching_round: MatchingRound) -> list[Enrolment]:
    return list(queries.enrolments_of(current_user.person_id, matching_round.id))


def _enrol(matching_round: MatchingRound, programme_id: int, form: EnrolmentForm) -> Enrolment:
    role = EnrolmentRole(form.role.data)
    return enrolling.enrol(
        db.session.get_one(Person, current_user.person_id),
        matching_round,
        programme=next(row for row in matching_round.programmes if row.id == programme_id),
        role=role,
        places=form.places.data if role is EnrolmentRole.MENTOR else 1,
        by=current_user,
    )
