"""Pages at `/rounds/<id>/enrolment/<programme>/communities`: which communities somebody would like."""

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, guard
from app.db import db
from app.errors import Missing
from app.rounds import community_wishing, enrolling
from app.rounds.actions import refusal_of
from app.rounds.enrolment_routes import round_people_know_of
from app.rounds.forms import CommunityWishForm
from app.rounds.routes import bp
from app.rounds.wish_routes import WISHES, Own
from app.web import accepted, page, see_other


def own_part(round_id: int, programme_id: int) -> Own:
    """Return the reader's own wish for communities in a programme of a round.

    Raises:
        Missing: when there is no such round, or the reader seeks none there.
    """
    matching_round = round_people_know_of(round_id)
    programme = next((row for row in matching_round.programmes if row.id == programme_id), None)
    if programme is None or current_user.person_id is None:
        raise Missing
    part = community_wishing.part_in(current_user.person_id, matching_round, programme_id)
    return Own(matching_round, programme, part)


@bp.route("/<int:round_id>/enrolment/<int:programme_id>/communities", methods=["GET", "POST"])
@guard(Permission.ROUND_ENROL, load=own_part)
def community_wishes(own: Own) -> ResponseReturnValue:
    """Show which communities one has named, in order, and name others."""
    choices = community_wishing.choices_of(own.programme)
    names = {row.community_id: row.name for row in choices}
    named = community_wishing.named_by(own.enrolment)
    form = CommunityWishForm(
        choices=[(row.community_id, row.name) for row in choices],
        data={f"place_{place}": community_id for place, community_id in enumerate(named, start=1)},
    )

    def command() -> None:
        community_wishing.name_communities(own.enrolment, own.matching_round, form.ranked(), by=current_user)

    if request.method == "POST" and form.validate() and accepted(form, command):
        db.session.commit()
        return see_other("rounds.enrolment", message="Your list is saved.", round_id=own.matching_round.id)
    return page(
        "rounds/enrolment_communities.html",
        status=422 if request.method == "POST" else 200,
        own=own,
        form=form,
        choices=choices,
        named=[names[community_id] for community_id in named if community_id in names],
        weighs=any(row.criterion == WISHES for row in own.programme.criteria),
        refusal=refusal_of(lambda: enrolling.check_may_enrol(own.matching_round)),
    )
