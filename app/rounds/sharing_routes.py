"""The page at `/rounds/<id>/together`: what the programmes of a round share."""

from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.db import db
from app.rounds import queries, sharing
from app.rounds.actions import refusal_of
from app.rounds.models import MatchingRound
from app.rounds.routes import bp
from app.rounds.sharing_form import SharingForm, sharing_form
from app.rounds.together import Together, together_in
from app.web import accepted, page, see_other


@bp.get("/<int:round_id>/together")
@guard(Permission.ROUND_SEE, load=queries.round_numbered)
def together_page(matching_round: MatchingRound) -> ResponseReturnValue:
    """Show what the programmes of a round share."""
    together = together_in(matching_round)
    return _page(matching_round, together, sharing_form(matching_round.programmes, together))


@bp.post("/<int:round_id>/together")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def share(matching_round: MatchingRound) -> ResponseReturnValue:
    """Settle what the programmes of a round share."""
    together = together_in(matching_round)
    form = sharing_form(matching_round.programmes, together)

    def settle() -> None:
        sharing.share(
            matching_round, shares_hours=form.shares_hours.data, cover=form.cover(), by=current_user
        )

    if not form.validate() or not accepted(form, settle):
        return _page(matching_round, together, form, status=422)
    db.session.commit()
    message = "Saved. It counts from the next run on."
    return see_other("rounds.together_page", message=message, round_id=matching_round.id)


def _page(
    matching_round: MatchingRound, together: Together, form: SharingForm, *, status: int = 200
) -> ResponseReturnValue:
    refusal = refusal_of(lambda: sharing.check_may_share(matching_round))
    return page(
        "rounds/together.html",
        status=status,
        matching_round=matching_round,
        together=together,
        form=form,
        refusal=refusal,
        against=refusal_of(lambda: sharing.check_may_be_matched(matching_round)) if refusal is None else None,
        may_change=refusal is None and access.can(Permission.ROUND_RUN, matching_round),
    )
