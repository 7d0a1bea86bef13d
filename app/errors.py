"""What can go wrong in the domain, and the one place that shows it to a person."""

import logging

import sqlalchemy.exc
from flask import Flask, Response, current_app, make_response, render_template
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)


class DomainError(Exception):
    """A refusal whose message is a sentence for the person who asked."""

    status = 400
    title = "That did not work"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(DomainError):
    """What was entered cannot be used; `field` names the form field to put the sentence beside."""

    status = 422
    title = "There is a problem"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotAllowed(DomainError):
    """The person may see the thing and may not do this to it."""

    status = 403
    title = "You cannot do this"


class Missing(DomainError):
    """The thing does not exist, or the person may not know that it does."""

    status = 404
    title = "Page not found"

    def __init__(self, message: str = "Check the address, or go to your home page.") -> None:
        super().__init__(message)


class Conflict(DomainError):
    """The thing has changed meanwhile, so the request no longer fits."""

    status = 409
    title = "Something changed in the meantime"


SENTENCES = {
    400: ("This form is out of date", "Go back, reload the page and try again. Nothing was changed."),
    403: ("You cannot do this", "Your account does not allow it. Ask your HR team if you think it should."),
    404: ("Page not found", "Check the address, or go to your home page."),
    405: ("Page not found", "This address cannot be opened directly. Go to your home page and start there."),
    409: ("Something changed in the meantime", "Reload the page to see the latest state, then try again."),
    410: ("This is over", "What you are looking for has been closed."),
    413: ("This file is too large", "Choose a smaller file. Nothing was changed."),
    429: ("Too many tries", "Wait a minute, then try again."),
    500: ("Something went wrong on our side", "Nothing of your last step was saved. Try again in a moment."),
    503: ("Trellis is busy", "Nothing of your last step was saved. Try again in a moment."),
}


def init_app(app: Flask) -> None:
    """Render every refusal and every accident as the same kind of page."""
    app.register_error_handler(DomainError, _show_domain_error)
    app.register_error_handler(HTTPException, _show_http_error)
    app.register_error_handler(sqlalchemy.exc.IntegrityError, _show_integrity_error)
    app.register_error_handler(sqlalchemy.exc.DataError, _show_data_error)
    app.register_error_handler(sqlalchemy.exc.OperationalError, _show_database_trouble)


def show(status: int, title: str, message: str) -> Response:
    """Build the page for an error."""
    return make_response(
        render_template("errors/error.html", status=status, title=title, message=message), status
    )


def _show_domain_error(error: DomainError) -> Response:
    return show(error.status, error.title, error.message)


def _show_http_error(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    title, message = SENTENCES.get(
        error.code, ("That did not work", "Go back and try again. Nothing was changed.")
    )
    response = show(error.code, title, message)
    if error.code == 405:
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or ())
    return response


def _show_integrity_error(error: sqlalchemy.exc.IntegrityError) -> Response:
    log.warning("refused by a constraint: %s", _constraint_of(error))
    return show(409, *SENTENCES[409])


def _constraint_of(error: sqlalchemy.exc.IntegrityError) -> str:
    """Name the constraint only: PostgreSQL's message quotes the whole row, and people's words with it."""
    diagnosis = getattr(error.orig, "diag", None)
    return str(error.orig) if diagnosis is None else str(diagnosis.constraint_name or diagnosis.column_name)


def _show_data_error(error: sqlalchemy.exc.DataError) -> Response:
    log.warning("refused by a column: %s", type(error.orig).__name__)
    return show(422, "There is a problem", "A value is too long or out of range. Nothing was changed.")


def _show_database_trouble(error: sqlalchemy.exc.OperationalError) -> Response:
    log.error("database trouble: %s", error.orig)
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    response = show(503, *SENTENCES[503])
    response.headers["Retry-After"] = "5"
    return response
