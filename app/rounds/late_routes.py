"""Pages at `/rounds/<id>/enrolment/late`: whom HR adds to a round that is closed already."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, guard
from app.db import db
from app.errors import Missing
from app.fields import options
from app.people.models import Person
from app.people.queries import people_called
from app.rounds import late_joining, queries
from app.rounds.forms import LateForm, LateSearchForm
from app.rounds.models import Enrolment, EnrolmentRole, MatchingRound
from app.rounds.routes import bp
from app.web import accepted, page, see_other


@bp.route("/<int:round_id>/enrolment/late", methods=["GET", "POST"])
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def late_joiners(matching_round: MatchingRound) -> ResponseReturnValue:
    """Show who was added late, and add somebody."""
    late_joining.check_may_add(matching_round)
    search = LateSearchForm(request.args)
    found = people_called(search.name.data or "", other_than=0) if search.validate() else []
    form = LateForm(programmes=matching_round.programmes)
    form.person_id.choices = options((one.id, one.name) for one in found)
    if request.method == "POST" and form.validate() and accepted(form, lambda: _add(matching_round, form)):
        db.session.commit()
        return see_other(
            "rounds.late_joiners", message="Added. Their page tells them.", round_id=matching_round.id
        )
    return page(
        "rounds/enrolment_late.html",
        status=422 if request.method == "POST" or search.errors else 200,
        matching_round=matching_round,
        search=search,
        form=form,
        found=found,
        late=late_joining.late_joiners(matching_round.id),
        parts=dict(form.parts),
    )


@bp.post("/<int:round_id>/enrolment/late/<int:enrolment_id>/remove")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def take_out(matching_round: MatchingRound, enrolment_id: int) -> ResponseReturnValue:
    """Take out again whom HR has added."""
    enrolment = db.session.get(Enrolment, enrolment_id)
    if enrolment is None or enrolment.matching_round_id != matching_round.id:
        raise Missing
    late_joining.take_out(enrolment, matching_round, by=current_user)
    db.session.commit()
    return see_other("rounds.late_joiners", message="Taken out again.", round_id=matching_round.id)


def _add(matching_round: MatchingRound, form: LateForm) -> Enrolment:
    programme_id, role = form.part.data.split("-")
    return late_joining.add_late(
        db.session.get(Person, form.person_id.data),
        matching_round,
        programme=next(row for row in matching_round.programmes if row.id == int(programme_id)),
        role=EnrolmentRole(role),
        places=form.places.data,
        by=current_user,
    )
