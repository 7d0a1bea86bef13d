"""Pages at `/rounds/<id>/enrolment/<programme>/wishes`: whom a mentee would like as mentor."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, guard
from app.db import db
from app.errors import Invalid, Missing
from app.fields import options
from app.people.models import Person
from app.programmes.models import Programme
from app.rounds import enrolling, wishing
from app.rounds.actions import refusal_of
from app.rounds.enrolment_routes import round_people_know_of
from app.rounds.forms import WishForm
from app.rounds.models import MOST_WISHES, Enrolment, MatchingRound
from app.rounds.routes import bp
from app.web import accepted, page, see_other, wants_fragment

WISHES = "wishes"


class Own(NamedTuple):
    """A round, one of its programmes, and the reader's wish for a mentor in it."""

    matching_round: MatchingRound
    programme: Programme
    enrolment: Enrolment


def own_wish(round_id: int, programme_id: int) -> Own:
    """Return the reader's own wish for a mentor in a programme of a round.

    Raises:
        Missing: when there is no such round, or the reader seeks no mentor there.
    """
    matching_round = round_people_know_of(round_id)
    programme = next((row for row in matching_round.programmes if row.id == programme_id), None)
    if programme is None or current_user.person_id is None:
        raise Missing
    return Own(
        matching_round,
        programme,
        wishing.wish_enrolment(current_user.person_id, matching_round, programme_id),
    )


@bp.route("/<int:round_id>/enrolment/<int:programme_id>/wishes", methods=["GET", "POST"])
@guard(Permission.ROUND_ENROL, load=own_wish)
def wishes(own: Own) -> ResponseReturnValue:
    """Show whom one has named, in order, and name somebody."""
    form = WishForm(data={"name": request.args.get("name", "")})
    found = wishing.mentors_called(own.enrolment, own.matching_round, request.args.get("name", ""))
    form.found.choices = options((one.id, _words(one)) for one in found)
    if form.find.data:
        return see_other("rounds.wishes", name=form.name.data, **_address(own))
    if request.method == "POST" and form.validate() and accepted(form, lambda: _add(own, form, found)):
        db.session.commit()
        return see_other("rounds.wishes", message="Added to your list.", **_address(own))
    if found:
        form.found.errors, form.name.errors = [*form.found.errors, *form.name.errors], ()
    return page(
        "rounds/enrolment_wishes.html",
        status=422 if request.method == "POST" else 200,
        own=own,
        form=form,
        found=found,
        looked_for=request.args.get("name", ""),
        wishes=wishing.wishes_of(own.enrolment),
        most=MOST_WISHES,
        weighs=any(row.criterion == WISHES for row in own.programme.criteria),
        refusal=refusal_of(lambda: enrolling.check_may_enrol(own.matching_round)),
        suggestions=[],
        address=_address(own),
    )


@bp.get("/<int:round_id>/enrolment/<int:programme_id>/wishes/suggest")
@guard(Permission.ROUND_ENROL, load=own_wish)
def suggest_mentors(own: Own) -> ResponseReturnValue:
    """Suggest mentors for a name half typed; without script this is the list to choose from."""
    name = request.args.get("name", "")
    if not wants_fragment():
        return see_other("rounds.wishes", name=name, **_address(own))
    found = wishing.mentors_called(own.enrolment, own.matching_round, name)
    return page(
        "rounds/enrolment_wishes.html",
        fragment="mentor_suggestions",
        suggestions=[(one.name, _words(one)) for one in found],
    )


@bp.post("/<int:round_id>/enrolment/<int:programme_id>/wishes/<int:mentor_id>/up")
@guard(Permission.ROUND_ENROL, load=own_wish)
def move_wish_up(own: Own, mentor_id: int) -> ResponseReturnValue:
    """Prefer somebody to the one before them."""
    return _change(own, mentor_id, wishing.move_wish_up, "Moved up.")


@bp.post("/<int:round_id>/enrolment/<int:programme_id>/wishes/<int:mentor_id>/down")
@guard(Permission.ROUND_ENROL, load=own_wish)
def move_wish_down(own: Own, mentor_id: int) -> ResponseReturnValue:
    """Prefer the one after somebody."""
    return _change(own, mentor_id, wishing.move_wish_down, "Moved down.")


@bp.post("/<int:round_id>/enrolment/<int:programme_id>/wishes/<int:mentor_id>/remove")
@guard(Permission.ROUND_ENROL, load=own_wish)
def remove_wish(own: Own, mentor_id: int) -> ResponseReturnValue:
    """Take somebody off the list."""
    return _change(own, mentor_id, wishing.remove_wish, "Removed from your list.")


def _change(own: Own, mentor_id: int, command: Callable[..., None], message: str) -> ResponseReturnValue:
    command(own.enrolment, own.matching_round, mentor_id, by=current_user)
    db.session.commit()
    return see_other("rounds.wishes", message=message, **_address(own), _anchor="wishes")


def _add(own: Own, form: WishForm, found: Sequence[Person]) -> None:
    mentor = _chosen(own, form, found)
    if mentor is None:
        raise Invalid("Press Find and choose one of the mentors found.", field="name")
    wishing.add_wish(own.enrolment, own.matching_round, mentor.id, by=current_user)


def _chosen(own: Own, form: WishForm, found: Sequence[Person]) -> Person | None:
    if form.found.data is not None:
        return next((one for one in found if one.id == form.found.data), None)
    return wishing.mentor_named(own.enrolment, own.matching_round, form.name.data or "")


def _words(person: Person) -> str:
    where = person.department.name if person.department else None
    place = " · ".join(filter(None, [person.job_title, where]))
    return f"{person.name} ({place})" if place else person.name


def _address(own: Own) -> dict[str, Any]:
    return {"round_id": own.matching_round.id, "programme_id": own.programme.id}
