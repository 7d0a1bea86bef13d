"""Pages at `/auth`."""

from datetime import timedelta

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import errors, web
from app.access import Permission, guard
from app.auth import login, queries, service
from app.auth.browsers import browser_words
from app.auth.forms import PasswordForm, SignInForm
from app.auth.passwords import SHORTEST
from app.auth.throttle import TooManyGuesses
from app.db import db
from app.words import plural

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)

bp = Blueprint("auth", __name__, url_prefix="/auth")


@bp.errorhandler(TooManyGuesses)
def ask_to_wait(refusal: TooManyGuesses) -> Response:
    """Say, also to programs, when to try again."""
    response = errors.show(refusal.status, refusal.title, refusal.message)
    response.headers["Retry-After"] = str(refusal.seconds)
    return response


@bp.route("/sign-in", methods=["GET", "POST"])
@guard(Permission.ANYONE)
def sign_in() -> ResponseReturnValue:
    """Let someone in who knows the password of an account, and lead them where they wanted to go."""
    if request.method == "GET" and current_user.is_authenticated:
        return web.see_next("home.show")
    form = SignInForm()
    if form.validate_on_submit() and web.accepted(form, lambda: _admit(form)):
        db.session.commit()
        return web.see_next("home.show")
    is_demo = current_app.extensions["trellis"].demo
    words = {"form": form, "next": web.safe_next() or "", "is_demo": is_demo}
    return web.page("auth/sign_in.html", status=_status(form), **words)


def _admit(form: SignInForm) -> None:
    browser = browser_words(request.user_agent.string)
    token = service.sign_in(form.email.data, form.password.data, browser=browser)
    former = login.take_cookie()
    if former is not None:
        service.close_session_with(former)
    login.give_cookie(token)


@bp.post("/sign-out")
@guard(Permission.ANYONE)
def sign_out() -> ResponseReturnValue:
    """End this session, whether or not it was still open."""
    token = login.take_cookie()
    if token is not None:
        service.close_session_with(token)
        db.session.commit()
    return web.see_other("auth.sign_in", message="You are signed out.")


@bp.get("/sessions")
@guard(Permission.ACCOUNT_OWN)
def sessions() -> ResponseReturnValue:
    """Show where the visitor is signed in."""
    return web.page(
        "auth/sessions.html",
        sessions=queries.open_sessions_of(current_user),
        zone=current_user.time_zone,
        longest=plural(login.LONGEST_SESSION // HOUR, "hour"),
        idle=plural(login.LONGEST_IDLE // MINUTE, "minute")
        if login.ends_when_idle(current_user.roles)
        else "",
    )


@bp.post("/sessions/<int:session_id>/close")
@guard(Permission.ACCOUNT_OWN)
def close_session(session_id: int) -> ResponseReturnValue:
    """Sign one browser out."""
    service.close_session(session_id, of_account_id=current_user.id)
    db.session.commit()
    return web.see_other("auth.sessions", message="That browser is signed out.")


@bp.post("/sessions/close-others")
@guard(Permission.ACCOUNT_OWN)
def close_other_sessions() -> ResponseReturnValue:
    """Sign every other browser out."""
    service.close_other_sessions(current_user.id, but_session_id=current_user.session_id)
    db.session.commit()
    return web.see_other("auth.sessions", message="Every other browser is signed out.")


@bp.route("/password", methods=["GET", "POST"])
@guard(Permission.ACCOUNT_OWN)
def password() -> ResponseReturnValue:
    """Let the visitor choose another password."""
    form = PasswordForm()
    if form.validate_on_submit() and web.accepted(form, lambda: _change_password(form)):
        db.session.commit()
        return web.see_other(
            "auth.sessions", message="Your password is changed. Every other browser is signed out."
        )
    return web.page("auth/password.html", status=_status(form), form=form, shortest=SHORTEST)


def _change_password(form: PasswordForm) -> None:
    service.change_password(
        current_user.id,
        current=form.current.data,
        new=form.new.data,
        in_session_id=current_user.session_id,
    )


@bp.post("/appearance")
@guard(Permission.ANYONE)
def appearance() -> ResponseReturnValue:
    """Keep the choice of light or dark, also for someone who is not signed in."""
    response = web.see_next("auth.sign_in")
    return web.remember_theme(response, request.form.get("theme", ""))


def _status(form: SignInForm | PasswordForm) -> int:
    return 422 if form.is_submitted() else 200
