"""Pages at `/rounds/<id>` after a publication: what fell through, matching again, and taking it back."""

from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, guard
from app.db import db
from app.rounds import answers, queries, rematching, tasks, unpublishing
from app.rounds.models import MatchingRound
from app.rounds.routes import bp
from app.web import page, see_other
from app.words import plural


@bp.get("/<int:round_id>/answers")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def fallen(matching_round: MatchingRound) -> ResponseReturnValue:
    """List the matches that fell through, with why people declined: for HR alone, as they were promised."""
    return page(
        "rounds/answers.html",
        matching_round=matching_round,
        pages=answers.fallen_page(matching_round),
        reasons=answers.REASONS,
    )


@bp.post("/<int:round_id>/match-again")
@guard(Permission.ROUND_RUN, load=queries.round_numbered)
def match_again(matching_round: MatchingRound) -> ResponseReturnValue:
    """Ask for a run of those who are free again."""
    requested = rematching.request_rematch(matching_round, by=current_user)
    run_id, round_id = requested.id, matching_round.id
    db.session.commit()
    # Only now: a worker may look for the run at once.
    tasks.hand_over(run_id)
    return see_other("rounds.show_run", round_id=round_id, run_id=run_id)


@bp.get("/<int:round_id>/unpublish")
@guard(Permission.ROUND_PUBLISH, load=queries.round_numbered)
def unpublish(matching_round: MatchingRound) -> ResponseReturnValue:
    """Ask whether to take a publication back, with what will happen."""
    unpublishing.check_may_unpublish(matching_round)
    unpublishing.check_untouched(matching_round)
    return page(
        "rounds/unpublish.html",
        matching_round=matching_round,
        people=unpublishing.people_told(matching_round),
    )


@bp.post("/<int:round_id>/unpublish")
@guard(Permission.ROUND_PUBLISH, load=queries.round_numbered)
def take_back(matching_round: MatchingRound) -> ResponseReturnValue:
    """Take a publication back."""
    taken = unpublishing.unpublish(matching_round, by=current_user)
    db.session.commit()
    message = f"{plural(taken, 'match', 'matches')} taken back. The round waits for review again."
    return see_other("rounds.show", message=message, round_id=matching_round.id)
