"""Pages at `/programmes/<key>/messages`: what a programme writes to people."""

from collections.abc import Mapping

from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.db import db
from app.programmes import messages as texts
from app.programmes import queries
from app.programmes.forms import MessagesForm
from app.programmes.models import MessageKind, Programme
from app.programmes.routes import bp
from app.programmes.versions import change
from app.programmes.vocabulary import message_words
from app.web import accepted, page, see_other


@bp.get("/<key>/messages")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def messages(programme: Programme) -> ResponseReturnValue:
    """Show what a programme writes, and how it reads when it is filled in."""
    words = message_words(programme.kind)
    return _page(programme, _form(programme, {kind.value: texts.text_of(programme, kind) for kind in words}))


@bp.post("/<key>/messages")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def write_messages(programme: Programme) -> ResponseReturnValue:
    """Let a programme write other texts."""
    form = _form(programme)
    typed = {kind: form[kind.value].data or "" for kind in message_words(programme.kind)}
    own = texts.own_texts(programme.kind, typed)
    if form.validate() and accepted(form, lambda: change(programme, {"messages": own}, by=current_user)):
        db.session.commit()
        return see_other("programmes.messages", message="The messages are saved.", key=programme.key)
    return _page(programme, form, status=422)


def _form(programme: Programme, written: Mapping[str, str] | None = None) -> MessagesForm:
    """Return the form of the messages that a programme writes, called as its kind calls them."""
    form, words = MessagesForm(data=written), message_words(programme.kind)
    for kind in MessageKind:
        if kind in words:
            form[kind.value].label.text = words[kind]
        else:
            del form[kind.value]
    return form


def _page(programme: Programme, form: MessagesForm, *, status: int = 200) -> ResponseReturnValue:
    words = message_words(programme.kind)
    return page(
        "programmes/messages.html",
        status=status,
        programme=programme,
        form=form,
        words=words,
        hints={kind: texts.placeholder_words(kind) for kind in words},
        examples={kind: texts.example(programme, kind) for kind in words},
        may_edit=access.can(Permission.PROGRAMME_EDIT, programme) and programme.archived_at is None,
    )
