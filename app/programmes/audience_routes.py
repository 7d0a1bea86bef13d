"""Pages at `/programmes/<key>/people`: who may take part, with how many they are."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.db import db
from app.programmes import audience, queries
from app.programmes.forms import AudienceForm
from app.programmes.models import Programme
from app.programmes.routes import bp
from app.programmes.versions import change
from app.programmes.vocabulary import AUDIENCE_WORDS
from app.web import accepted, page, see_other


@bp.get("/<key>/people")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def people(programme: Programme) -> ResponseReturnValue:
    """Show who may take part, or count those who could with other choices, which are not saved."""
    if not request.args.get("count"):
        form = AudienceForm(formdata=None, data=_fields(audience.audience_of(programme)))
        return _page(programme, form)
    form = AudienceForm(request.args)
    roles = audience.roles_of(programme.kind)
    known = form.validate() and accepted(form, lambda: audience.check_audience(form.audience(roles)))
    return _page(programme, form, status=200 if known else 422)


@bp.post("/<key>/people")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def choose_people(programme: Programme) -> ResponseReturnValue:
    """Say who may take part."""
    form, roles = AudienceForm(), audience.roles_of(programme.kind)
    if form.validate() and accepted(
        form, lambda: change(programme, {"audience": form.audience(roles)}, by=current_user)
    ):
        db.session.commit()
        return see_other("programmes.show", message="Who may take part is saved.", key=programme.key)
    return _page(programme, form, status=422)


def _page(programme: Programme, form: AudienceForm, *, status: int = 200) -> ResponseReturnValue:
    roles = audience.roles_of(programme.kind)
    chosen = {} if form.errors else form.audience(roles)
    return page(
        "programmes/people.html",
        fragment="counts",
        status=status,
        programme=programme,
        form=form,
        roles={role: AUDIENCE_WORDS[role] for role in roles},
        counts={}
        if form.errors
        else {
            role: (audience.count_of(chosen.get(role, {})), audience.people_in_words(chosen.get(role, {})))
            for role in roles
        },
        everyone=audience.count_of({}),
        may_edit=access.can(Permission.PROGRAMME_EDIT, programme) and programme.archived_at is None,
    )


def _fields(saved: audience.Audience) -> dict[str, Any]:
    return {f"{role}_{name}": value for role, limits in saved.items() for name, value in limits.items()}
