"""Pages at `/programmes/<key>/weights`: what matters more, in words or numbers, with its share of the fit."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import request
from flask.typing import ResponseReturnValue

from app.access import Permission, guard
from app.programmes import queries, settings
from app.programmes.kinds import KINDS
from app.programmes.models import Programme
from app.programmes.part_forms import WeightsForm, numbers_form, words_form
from app.programmes.part_routes import Part, draft, save_part, show_again, show_part, try_part
from app.programmes.routes import bp
from app.programmes.service import settings_of
from app.programmes.vocabulary import CRITERIA
from app.programmes.weights import can_be_said, plainly, with_word

PART = Part(settings.CRITERIA, "programmes.weights", "The weights are saved. Every run from now on has them.")
IN_NUMBERS = "numbers"


@bp.get("/<key>/weights")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def weights(programme: Programme) -> ResponseReturnValue:
    """Show how much each criterion matters, to be changed."""
    form = _form(programme, draft())
    return _page(programme, form, status=200 if draft() is None or form.validate() else 422)


@bp.post("/<key>/weights")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def save_weights(programme: Programme) -> ResponseReturnValue:
    """Let other things matter in a programme."""
    return save_part(PART, programme, _form(programme, request.form), _page)


@bp.post("/<key>/weights/try")
@guard(Permission.ROUND_TRY, load=queries.programme_keyed)
def try_weights(programme: Programme) -> ResponseReturnValue:
    """Ask what would come of other weights in the last round."""
    return try_part(PART, programme, _form(programme, request.form), _page)


@bp.post("/<key>/weights/shares")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def share_out(programme: Programme) -> ResponseReturnValue:
    """Show which share of the fit each weight would be, which script does at every choice."""
    form = _form(programme, request.form)
    if not form.validate():
        return _page(programme, form, status=422)
    return show_again(PART, programme, form, by=request.form.get("by"))


def _form(programme: Programme, sent: object) -> WeightsForm:
    """Return the form that was sent: that of the words, or that of the numbers."""
    make = numbers_form if _by_numbers() else words_form
    return make(_known(programme), settings_of(programme)["criteria"], sent)


def _known(programme: Programme) -> Mapping[str, str]:
    return KINDS[programme.kind].criteria_known()


def _by_numbers() -> bool:
    return request.values.get("by") == IN_NUMBERS


def _page(programme: Programme, form: WeightsForm, *, status: int = HTTPStatus.OK) -> ResponseReturnValue:
    known = _known(programme)
    saved, by_numbers = settings_of(programme)["criteria"], _by_numbers()
    shares = form.value() if status == HTTPStatus.OK else {}
    words = words_form(known, saved) if by_numbers else form
    numbers = form if by_numbers else numbers_form(known, saved)
    return show_part(
        PART,
        programme,
        form,
        status=status,
        fragments={"shares": "shares"},
        words=words,
        numbers=numbers,
        by_numbers=by_numbers,
        listed_shares=[(CRITERIA[name], share) for name, share in shares.items()],
        most=max(shares.values(), default=0),
        word_shares=_said(words, with_word),
        number_shares=_said(numbers, plainly),
        is_between=not can_be_said(saved),
    )


def _said(form: WeightsForm, say: Callable[[int, int], str]) -> Mapping[str, str]:
    """Say for each criterion which share of the fit it is; nothing where the form cannot be used."""
    shares = {} if form.errors else form.value()
    return {
        criterion: say(field.data, shares.get(criterion, 0)) if shares else ""
        for criterion, field in form.weights()
    }
