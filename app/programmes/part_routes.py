"""What the pages of rules, weights and goals share: each shows, saves and tries out a part of the settings.

What is not saved stands in the address of the page, so that it can be shown again, tried out and counted
without anything being changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from wtforms import Field

from app import access
from app.access import Permission
from app.db import db
from app.errors import Conflict
from app.programmes import settings, signals
from app.programmes.models import Programme
from app.programmes.service import settings_of
from app.programmes.signals import Asked, Trial
from app.web import accepted, here, page, see_other


class PartForm(Protocol):
    """A form for one part of the settings."""

    form_errors: list[str]

    def validate(self) -> bool:
        """Tell whether what was sent can be used."""

    def value(self) -> Any:
        """Return the part as it is kept."""

    def __iter__(self) -> Any: ...

    def __getitem__(self, name: str) -> Field: ...

    def __contains__(self, name: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the settings: its name among them, its page, and what is said when it is saved."""

    name: str
    endpoint: str
    saved: str


def show_part(
    part: Part, programme: Programme, form: PartForm, *, status: int = 200, **context: Any
) -> ResponseReturnValue:
    """Show a part of the settings as a form, with what came of trying it out."""
    current = settings.mark_of(settings_of(programme)[part.name])
    seen = request.values.get("seen") or current
    fragments = {"trial": "trial", **context.pop("fragments", {})}
    return page(
        f"{part.endpoint.replace('.', '/')}.html",
        fragment=fragments.get(request.args.get("part", "")),
        status=status,
        programme=programme,
        form=form,
        seen=seen,
        is_stale=seen != current and status == 200,
        may_edit=access.can(Permission.PROGRAMME_EDIT, programme) and programme.archived_at is None,
        trial_round=signals.answer(signals.trial_round, programme),
        trial=_trial(programme),
        trial_source=source(part, programme, "trial"),
        **context,
    )


def source(part: Part, programme: Programme, fragment: str) -> str:
    """Return the address at which a part of the page asks for itself again."""
    if request.method == "GET":
        return here(part=fragment)
    return url_for(part.endpoint, key=programme.key, part=fragment)


def save_part(
    part: Part,
    programme: Programme,
    form: PartForm,
    show: Callable[..., ResponseReturnValue],
    *,
    afterwards: Callable[[], Asked | None] = lambda: None,
) -> ResponseReturnValue:
    """Save a part of the settings, and ask for the work that follows from it."""
    seen = request.form.get("seen", "")
    asked: list[Asked | None] = []

    def change() -> None:
        settings.change_part(programme, part.name, form.value(), seen=seen, by=current_user)
        asked.append(afterwards())

    if not form.validate() or not accepted(form, change):
        return show(programme, form, status=422)
    db.session.commit()
    _hand_over(asked[0])
    return see_other("programmes.show", message=part.saved, key=programme.key)


def try_part(
    part: Part, programme: Programme, form: PartForm, show: Callable[..., ResponseReturnValue]
) -> ResponseReturnValue:
    """Ask what would come of a part of the settings, which is not saved, in the last round."""
    asked: list[Asked] = []

    def ask() -> None:
        tried = settings.with_part(programme, part.name, form.value())
        wanted = signals.answer(signals.trial_wanted, programme, settings=tried, by=current_user)
        if wanted is None:
            raise Conflict(f"No round of {programme.name} has been matched, so there is nothing to try on.")
        asked.append(wanted)

    if not form.validate() or not accepted(form, ask):
        return show(programme, form, status=422)
    run_id = asked[0].number
    db.session.commit()
    _hand_over(asked[0])
    return show_again(part, programme, form, trial=run_id)


def show_again(part: Part, programme: Programme, form: PartForm, **more: Any) -> ResponseReturnValue:
    """Lead to the page with what was sent, which is not saved."""
    draft = {field.name: field.raw_data for field in form if field.raw_data}
    seen = request.form.get("seen") or None
    return see_other(part.endpoint, key=programme.key, draft="yes", seen=seen, **more, **draft)


def draft() -> Mapping[str, Any] | None:
    """Return what the address of a page holds that is not saved."""
    return request.args if "draft" in request.args else None


def _hand_over(asked: Asked | None) -> None:
    if asked is not None:
        asked.hand_over()


def _trial(programme: Programme) -> Trial | None:
    run_id = request.args.get("trial", type=int)
    if run_id is None:
        return None
    found: Trial | None = signals.answer(signals.trial_shown, programme, run_id=run_id)
    return found
