"""Pages at `/programmes/<key>/questions`: what a programme asks whoever joins."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.db import db
from app.errors import Missing
from app.fields import options
from app.programmes import asking, queries, questions
from app.programmes.models import Programme
from app.programmes.question_forms import KnownQuestionForm, QuestionForm, QuestionUseForm
from app.programmes.routes import bp
from app.web import accepted, page, see_other


class Asked(NamedTuple):
    """A programme and a question that it asks."""

    programme: Programme
    question: dict[str, Any]

    @property
    def archived_at(self) -> object:
        """When the programme was archived, if so."""
        return self.programme.archived_at


def question_of_programme(key: str, question: str) -> Asked:
    """Return a question of a programme.

    Raises:
        Missing: when there is no such programme, or it does not ask that.
    """
    if not questions.KEY.fullmatch(question):
        raise Missing
    programme = queries.programme_keyed(key)
    return Asked(programme, asking.question_asked(programme, question))


@bp.get("/<key>/questions")
@guard(Permission.PROGRAMME_SEE, load=queries.programme_keyed)
def list_questions(programme: Programme) -> ResponseReturnValue:
    """Show what a programme asks, in its order."""
    return _list(programme, KnownQuestionForm())


@bp.post("/<key>/questions/again")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def ask_again(programme: Programme) -> ResponseReturnValue:
    """Ask a question that another programme asks, or that this one has asked before."""
    form = KnownQuestionForm()
    chosen = form.question.data or ""
    if form.validate() and accepted(form, lambda: asking.ask_again(programme, chosen, by=current_user)):
        db.session.commit()
        message = "Added. Nobody has to answer it unless you say so."
        return see_other("programmes.list_questions", message=message, key=programme.key)
    return _list(programme, form, status=422)


@bp.get("/<key>/questions/new")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def new_question(programme: Programme) -> ResponseReturnValue:
    """Ask for the words of a question and the kind of its answer."""
    return _new(programme, QuestionForm(kind=programme.kind))


@bp.post("/<key>/questions/new")
@guard(Permission.PROGRAMME_EDIT, load=queries.programme_keyed)
def add_question(programme: Programme) -> ResponseReturnValue:
    """Let a programme ask another question."""
    form = QuestionForm(kind=programme.kind)
    if form.validate() and accepted(
        form, lambda: asking.ask_question(programme, form.value(), by=current_user)
    ):
        db.session.commit()
        return see_other("programmes.list_questions", message="The question is added.", key=programme.key)
    return _new(programme, form, status=422)


@bp.get("/<key>/questions/<question>")
@guard(Permission.PROGRAMME_EDIT, load=question_of_programme)
def show_question(asked: Asked) -> ResponseReturnValue:
    """Show a question, to be asked otherwise."""
    return _question(asked, _form(asked, shown=True))


@bp.post("/<key>/questions/<question>")
@guard(Permission.PROGRAMME_EDIT, load=question_of_programme)
def change_question(asked: Asked) -> ResponseReturnValue:
    """Let a programme ask a question otherwise."""
    form, key = _form(asked), asked.question["key"]
    if form.validate() and accepted(
        form, lambda: asking.change_question(asked.programme, key, form.value(), by=current_user)
    ):
        db.session.commit()
        message = "The question is saved."
        return see_other("programmes.list_questions", message=message, key=asked.programme.key)
    return _question(asked, form, status=422)


@bp.post("/<key>/questions/<question>/up")
@guard(Permission.PROGRAMME_EDIT, load=question_of_programme)
def move_question_up(asked: Asked) -> ResponseReturnValue:
    """Ask a question earlier."""
    return _change(asked, asking.move_question_up, "Moved up.")


@bp.post("/<key>/questions/<question>/down")
@guard(Permission.PROGRAMME_EDIT, load=question_of_programme)
def move_question_down(asked: Asked) -> ResponseReturnValue:
    """Ask a question later."""
    return _change(asked, asking.move_question_down, "Moved down.")


@bp.post("/<key>/questions/<question>/remove")
@guard(Permission.PROGRAMME_EDIT, load=question_of_programme)
def remove_question(asked: Asked) -> ResponseReturnValue:
    """Ask a question no longer."""
    return _change(asked, asking.remove_question, "Removed. Answers given to it are kept.")


def _change(asked: Asked, command: Callable[..., None], message: str) -> ResponseReturnValue:
    command(asked.programme, asked.question["key"], by=current_user)
    db.session.commit()
    return see_other("programmes.list_questions", message=message, key=asked.programme.key)


def _is_fixed(asked: Asked) -> bool:
    """Tell whether a question stays as it is, for others ask it or somebody has answered."""
    known = questions.vocabulary_of([asked.question["key"]])
    return bool(questions.fixed_questions(known.values(), asked.programme))


def _form(asked: Asked, *, shown: bool = False) -> QuestionUseForm:
    row, kind = asked.question, asked.programme.kind
    fields = {
        "words": row["words"],
        "answer_type": row["type"],
        "options": "\n".join(row["options"]),
        "asked_of": row["asked_of"],
        "required": row["required"],
    }
    form = QuestionUseForm if _is_fixed(asked) else QuestionForm
    return form(kind=kind, formdata=None, data=fields) if shown else form(kind=kind)


def _list(programme: Programme, form: KnownQuestionForm, *, status: int = 200) -> ResponseReturnValue:
    elsewhere = asking.questions_elsewhere(programme)
    form.question.choices = options([(row.key, row.words) for row in elsewhere])
    asked = questions.questions_of(programme)
    return page(
        "programmes/questions.html",
        status=status,
        programme=programme,
        form=form,
        asked=[(row, questions.in_words(row, programme.kind)) for row in asked],
        elsewhere=elsewhere,
        may_add=len(asked) < questions.MOST_QUESTIONS,
        most=questions.MOST_QUESTIONS,
        may_edit=access.can(Permission.PROGRAMME_EDIT, programme) and programme.archived_at is None,
    )


def _new(programme: Programme, form: QuestionForm, *, status: int = 200) -> ResponseReturnValue:
    return page("programmes/question.html", status=status, programme=programme, form=form, question=None)


def _question(asked: Asked, form: QuestionUseForm, *, status: int = 200) -> ResponseReturnValue:
    return page(
        "programmes/question.html",
        status=status,
        programme=asked.programme,
        form=form,
        question=asked.question,
        kind_of_answer=questions.TYPE_WORDS[questions.AnswerType(asked.question["type"])],
    )
