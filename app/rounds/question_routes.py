"""Pages at `/rounds/<id>/runs/<id>/questions`, `/why-not` and `/prices`: what people ask about a plan."""

from collections.abc import Sequence

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock
from app.access import Permission, guard
from app.db import db
from app.errors import Missing
from app.fields import HouseForm
from app.rounds import asking, choosing, queries, question_queries, question_tasks, review_queries
from app.rounds.deciding import Override, PairOf
from app.rounds.forms import MentorForm, MentorSearchForm, OverrideForm
from app.rounds.models import Run
from app.rounds.question_models import Question, QuestionKind
from app.rounds.question_queries import question_numbered
from app.rounds.question_words import Answers, people_in, prices_in_words
from app.rounds.review_routes import may_decide
from app.rounds.routes import bp
from app.rounds.running import ACTIVE
from app.rounds.states import RunState
from app.web import accepted, address_of_reader, page, see_next, see_other, wants_fragment

POLLED_AFTER_SECONDS = 1
POLLED_SLOWER = ((300, 5), (30, 2))


@bp.post("/<int:round_id>/runs/<int:run_id>/matches/<int:match_id>/others")
@guard(Permission.ROUND_TRY, load=queries.run_numbered)
def ask_others(run: Run, match_id: int) -> ResponseReturnValue:
    """Ask who else could mentor the mentee of a pair."""
    pair = review_queries.pair_of(run, match_id)
    question = asking.ask_about(run, QuestionKind.ALTERNATIVES, pair, by=current_user)
    return _asked(question)


@bp.get("/<int:round_id>/runs/<int:run_id>/why-not/<int:programme_id>/<int:person_id>")
@guard(Permission.ROUND_TRY, load=queries.run_numbered)
def why_not(run: Run, programme_id: int, person_id: int) -> ResponseReturnValue:
    """Find a mentor by name, to ask why somebody has not this one."""
    return _why_not_page(run, programme_id, person_id)


@bp.post("/<int:round_id>/runs/<int:run_id>/why-not/<int:programme_id>/<int:person_id>")
@guard(Permission.ROUND_TRY, load=queries.run_numbered)
def ask_why_not(run: Run, programme_id: int, person_id: int) -> ResponseReturnValue:
    """Ask why somebody has not this mentor."""
    return _why_not_page(run, programme_id, person_id)


@bp.get("/<int:round_id>/runs/<int:run_id>/questions/<int:question_id>")
@guard(Permission.ROUND_TRY, load=question_numbered)
def show_question(question: Question) -> ResponseReturnValue:
    """Show the answer to a question about two people, or that it is being worked out."""
    return _question_page(question)


@bp.post("/<int:round_id>/runs/<int:run_id>/questions/<int:question_id>/choose")
@guard(Permission.ROUND_RUN, load=question_numbered)
def choose(question: Question) -> ResponseReturnValue:
    """Lock a mentor whom an answer offers, in place of the one given up."""
    run, form = question.run, _form_for(question)
    if run.is_what_if:
        raise Missing
    names: list[str] = []

    def take() -> None:
        override = None
        if isinstance(form, OverrideForm):
            override = Override(reason=form.reason.data or "", expires_on=form.expires_on.data)
        mentor_id = form.mentor.data if isinstance(form, MentorForm) else question.mentor_id or 0
        row = choosing.choose(question, mentor_id, by=current_user, override=override)
        names.extend([row.mentee.name, row.mentor.name if row.mentor else ""])

    if form.validate() and accepted(form, take):
        db.session.commit()
        message = f"{names[0]} is locked with {names[1]} from the next run on."
        return see_next("rounds.show_run", message=message, round_id=run.matching_round_id, run_id=run.id)
    db.session.rollback()
    return _question_page(question, form, status=422)


@bp.get("/<int:round_id>/runs/<int:run_id>/prices")
@guard(Permission.ROUND_TRY, load=queries.run_numbered)
def prices(run: Run) -> ResponseReturnValue:
    """Show what each rule and each lock of a plan costs, as far as it is known."""
    asking.check_may_ask(run)
    asked = question_queries.prices_of(run)
    rows = [row for question in asked for row in (question.answer or {}).get("rows", ())]
    names = question_queries.names_of(people_in({"rows": rows}))
    named = {row.key: row.name for row in run.matching_round.programmes}
    told = {
        question.kind: prices_in_words(
            (question.answer or {}).get("rows", ()), names, named if len(named) > 1 else {}
        )
        for question in asked
    }
    waiting = [question for question in asked if question.state in ACTIVE]
    return page(
        "rounds/prices.html",
        fragment="prices",
        run=run,
        matching_round=run.matching_round,
        asked=asked,
        rules=told.get(QuestionKind.RULE_PRICES, []),
        locks=told.get(QuestionKind.LOCK_PRICES, []),
        is_active=bool(waiting),
        failure=next((question.failure for question in asked if question.failure), None),
        done=len(rows),
        total=sum((question.answer or {}).get("total", 1) for question in asked),
        seconds=_polled_after(waiting),
    )


@bp.post("/<int:round_id>/runs/<int:run_id>/prices")
@guard(Permission.ROUND_TRY, load=queries.run_numbered)
def ask_prices(run: Run) -> ResponseReturnValue:
    """Ask what each rule and each lock of a plan costs."""
    asked = [question.id for question in asking.ask_prices(run, by=current_user)]
    round_id, run_id = run.matching_round_id, run.id
    db.session.commit()
    for question_id in asked:
        question_tasks.hand_over(question_id)
    return see_other("rounds.prices", round_id=round_id, run_id=run_id)


def _asked(question: Question) -> ResponseReturnValue:
    """Keep what was asked, tell the workers, and lead to the answer."""
    round_id, run_id, question_id = question.run.matching_round_id, question.run_id, question.id
    db.session.commit()
    # Only now: a worker may look for it at once.
    question_tasks.hand_over(question_id)
    return see_other("rounds.show_question", round_id=round_id, run_id=run_id, question_id=question_id)


def _why_not_page(run: Run, programme_id: int, person_id: int) -> ResponseReturnValue:
    """Show whom a search has found; ask, once one of them is chosen."""
    asking.check_may_ask(run)
    mentee = question_queries.seeker_in(run, programme_id, person_id)
    search = MentorSearchForm(request.args)
    name = (search.name.data or "") if search.validate() else ""
    found = question_queries.mentors_called(run, programme_id, name, other_than=mentee.id)
    form = MentorForm(mentors=[(one.id, one.name) for one in found])
    if request.method == "POST" and form.validate():
        pair = PairOf(programme_id, mentee.id, form.mentor.data)
        return _asked(asking.ask_about(run, QuestionKind.WHY_NOT, pair, by=current_user))
    return page(
        "rounds/why_not.html",
        status=422 if request.method == "POST" or search.errors else 200,
        run=run,
        matching_round=run.matching_round,
        programme_id=programme_id,
        mentee=mentee,
        search=search,
        form=form,
        found=found,
        departments={str(one.id): one.department.name for one in found if one.department},
    )


def _question_page(
    question: Question, form: HouseForm | None = None, *, status: int = 200
) -> ResponseReturnValue:
    run = question.run
    record = question.answer or {}
    names = question_queries.names_of({*people_in(record), question.mentee_id or 0})
    settings = (run.settings or {}).get(question.programme.key if question.programme else "", {})
    words = Answers(question.mentee_id or 0, names, settings.get("rules", {}))
    is_why_not = question.kind is QuestionKind.WHY_NOT
    is_known = question.state is RunState.FINISHED
    return page(
        "rounds/question.html",
        fragment="answer",
        status=status,
        question=question,
        run=run,
        matching_round=run.matching_round,
        mentee=question.mentee,
        mentor=question.mentor,
        is_active=question.state in ACTIVE,
        is_why_not=is_why_not,
        answer=words.option(record) if is_why_not and is_known else None,
        options=[words.option(row) for row in record.get("options", ())],
        forbidden=[words.option(row) for row in record.get("forbidden", ())],
        form=form or _form_for(question),
        may_choose=not run.is_what_if and may_decide(run.matching_round),
        back=_back(question),
        seconds=_polled_after([question]),
    )


def _form_for(question: Question) -> HouseForm:
    """Return the form by which what an answer offers is taken."""
    record = question.answer or {}
    if question.kind is QuestionKind.ALTERNATIVES:
        return MentorForm(mentors=[(row["mentor"], str(row["mentor"])) for row in record.get("options", ())])
    return OverrideForm() if record.get("broken") else HouseForm()


def _back(question: Question) -> str:
    """Return where a choice leads back to: the match in the list from which the reader asked."""
    run, about = question.run, (question.run_id, question.programme_id or 0, question.mentee_id or 0)
    review = url_for("rounds.show_run", round_id=run.matching_round_id, run_id=run.id)
    address = (address_of_reader() if wants_fragment() else None) or review
    match_id = question_queries.match_of(*about)
    return address if match_id is None else f"{address}#match-{match_id}"


def _polled_after(waiting: Sequence[Question]) -> int:
    """Return after how many seconds to look again: the longer it takes, the less often."""
    lasted = max(((clock.now() - row.asked_at).total_seconds() for row in waiting), default=0)
    return next((wait for longer, wait in POLLED_SLOWER if lasted > longer), POLLED_AFTER_SECONDS)
