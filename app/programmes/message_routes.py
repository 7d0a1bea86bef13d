"""Pages at `/programmes/<key>/messages`: what a programme writes to people."""

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
from app.programmes.vocabulary import MESSAGE_WORDS
from app.web import accepted, page, see_other


@bp.get("/<key>/messages")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def messages(programme: Programme) -> ResponseReturnValue:
    """Show what a programme writes, and how it reads when it is filled in."""
    form = MessagesForm(data={kind.value: texts.text_of(programme, kind) for kind in MessageKind})
    return _page(programme, form)


@bp.post("/<key>/messages")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def write_messages(programme: Programme) -> ResponseReturnValue:
    """Let a programme write other texts."""
    form = MessagesForm()
    typed = {kind: form[kind.value].data or "" for kind in MessageKind}
    if form.validate() and accepted(
        form, lambda: change(programme, {"messages": texts.own_texts(typed)}, by=current_user)
    ):
        db.session.commit()
        return see_other("programmes.messages", message="The messages are saved.", key=programme.key)
    return _page(programme, form, status=422)


def _page(programme: Programme, form: MessagesForm, *, status: int = 200) -> ResponseReturnValue:
    return page(
        "programmes/messages.html",
        status=status,
        programme=programme,
        form=form,
        words=MESSAGE_WORDS,
        hints={kind: texts.placeholder_words(kind) for kind in MessageKind},
        examples={kind: texts.example(programme, kind) for kind in MessageKind},
        may_edit=access.can(Permission.PROGRAMME_EDIT, programme) and programme.archived_at is None,
    )
