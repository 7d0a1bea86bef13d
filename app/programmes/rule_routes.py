"""Pages at `/programmes/<key>/rules`: what every match keeps, and how many pairs each rule forbids."""

from flask import request
from flask.typing import ResponseReturnValue

from app.access import Permission, guard
from app.db import db
from app.programmes import queries, settings, signals
from app.programmes.models import Programme
from app.programmes.part_forms import RulesForm, rules_form
from app.programmes.part_routes import Part, draft, save_part, show_again, show_part, source, try_part
from app.programmes.routes import bp
from app.programmes.rule_counts import counts_in_words, together_in_words
from app.programmes.service import settings_of
from app.programmes.signals import Asked

PART = Part(settings.RULES, "programmes.rules", "The rules are saved. Every run from now on keeps them.")


@bp.get("/<key>/rules")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def rules(programme: Programme) -> ResponseReturnValue:
    """Show the rules of a programme, to be changed."""
    form = rules_form(settings_of(programme)["rules"], draft(), kind=programme.kind)
    return _page(programme, form, status=200 if draft() is None or form.validate() else 422)


@bp.post("/<key>/rules")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def save_rules(programme: Programme) -> ResponseReturnValue:
    """Give a programme other rules, and have counted what they forbid."""
    form = _posted(programme)
    return save_part(PART, programme, form, _page, afterwards=lambda: _count(programme, form))


@bp.post("/<key>/rules/try")
@guard(Permission.ROUND_TRY, load=queries.programme_keyed)
def try_rules(programme: Programme) -> ResponseReturnValue:
    """Ask what would come of other rules in the last round."""
    return try_part(PART, programme, _posted(programme), _page)


@bp.post("/<key>/rules/count")
@guard(Permission.ROUND_TRY, load=queries.programme_keyed)
def count_rules(programme: Programme) -> ResponseReturnValue:
    """Ask how many pairs the rules forbid, as they stand in the form."""
    form = _posted(programme)
    if not form.validate():
        return _page(programme, form, status=422)
    asked = _count(programme, form)
    db.session.commit()
    if asked is not None:
        asked.hand_over()
    return show_again(PART, programme, form)


def _page(programme: Programme, form: RulesForm, *, status: int = 200) -> ResponseReturnValue:
    counted = signals.answer(signals.counts_shown, programme)
    return show_part(
        PART,
        programme,
        form,
        status=status,
        fragments={"counts": "counts"},
        counted=counted,
        counts=counts_in_words(counted, form),
        together=together_in_words(counted),
        counts_source=source(PART, programme, "counts"),
    )


def _posted(programme: Programme) -> RulesForm:
    return rules_form({}, request.form, kind=programme.kind)


def _count(programme: Programme, form: RulesForm) -> Asked | None:
    asked: Asked | None = signals.answer(
        signals.counts_wanted,
        programme,
        rules=form.everything(),
        in_force=list(form.value()),
    )
    return asked
