"""What every page shares: rendering, forms, security headers, navigation, and the way to sign-in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    get_flashed_messages,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_compress import Compress
from flask_login import current_user
from flask_wtf import CSRFProtect
from htmx_flask import Htmx
from htmx_flask import request as htmx_request
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.local import LocalProxy
from werkzeug.routing import IntegerConverter, Map
from wtforms import Form

from app import access, assets, charts, fields, words
from app.access import Permission
from app.errors import Invalid

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
TWO_YEARS = 63_072_000
THEME_COOKIE = "theme"
THEMES = {"auto": "Same as my device", "light": "Light", "dark": "Dark"}
MOST_PAGES = 100_000
LARGEST_ID = 2**31 - 1

csrf = CSRFProtect()
compress = Compress()


class RowNumber(IntegerConverter):
    """A number in an address that a database can look up; a longer one leads nowhere."""

    regex = r"\d{1,10}"  # Python refuses to read thousands of digits

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **{"max": LARGEST_ID, **options})


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link of the top bar, shown to those who hold its permission."""

    endpoint: str
    label: str
    permission: Permission


NAV = (
    NavItem("home.show", "Home", Permission.HOME_SEE),
    NavItem("mentorships.index", "Mentoring", Permission.MENTORSHIP_LIST),
    NavItem("people.index", "People", Permission.PERSON_LIST),
    NavItem("communities.index", "Communities", Permission.COMMUNITY_LIST),
    NavItem("skills.index", "Skills", Permission.SKILL_SEE),
    NavItem("programmes.index", "Programmes", Permission.PROGRAMME_LIST),
    NavItem("rounds.index", "Rounds", Permission.ROUND_LIST),
)


def init_app(app: Flask) -> None:
    """Give `app` its forms, headers, assets and the words its templates use."""
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    app.config.setdefault("COMPRESS_ALGORITHM", ["br", "gzip"])
    app.config.setdefault(
        "COMPRESS_MIMETYPES", ["text/html", "text/css", "text/javascript", "application/json"]
    )
    app.url_map.converters["int"] = RowNumber
    app.before_request(_refuse_unreadable)
    csrf.init_app(app)
    compress.init_app(app)
    Htmx(app)
    _dress_templates(app)
    assets.init_app(app)
    app.after_request(_seal)


def _refuse_unreadable() -> None:
    """Turn away what no browser sends for our forms, before anything tries to make sense of it."""
    if request.is_json:
        abort(415)
    try:
        urlsplit(request.referrer or "")
    except ValueError:
        abort(400)


def _dress_templates(app: Flask) -> None:
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(words.FILTERS)
    env.globals.update(
        address_of_reader=address_of_reader,
        # A proxy, so that a block rendered alone reaches the macros, and an edited ui.html is seen.
        ui=LocalProxy(lambda: env.get_template("ui.html").module),
        bar=charts.bar,
        broken_form=fields.broken_form,
        field_attributes=fields.field_attributes,
        field_described=fields.field_described,
        field_target=fields.field_target,
        fit_band=words.fit_band,
        has_page=has_page,
        here=here,
        navigation=navigation,
        optional_words=fields.optional_words,
        support_contact=app.extensions["trellis"].support_contact,
        theme=LocalProxy(theme),
        themes=THEMES,
        visitor=visitor,
        wants_fragment=wants_fragment,
    )


def page(template: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """Render a page, or only its block `fragment` when htmx asked for that part.

    The block is named as its element's id with underscores for hyphens, and holds the element.
    """
    if fragment is not None and wants_fragment():
        return Response(render_fragment(template, fragment, **context), status)
    return Response(render_template(template, **context), status)


def attachment(content: bytes, kind: str, name: str) -> Response:
    """Give a file of some kind to keep, called `name`."""
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def render_fragment(template: str, name: str, **context: Any) -> str:
    """Render one block of a template alone, and speak the messages that wait for the reader."""
    current_app.update_template_context(context)
    source = current_app.jinja_env.get_template(template)
    part = "".join(source.blocks[name](source.new_context(context)))
    spoken = " ".join(map(str, get_flashed_messages()))
    if not spoken:
        return part
    said = Markup('<div id="status" hx-swap-oob="innerHTML">{}</div>').format(spoken)
    return f"{part}\n{said}"


def wants_fragment() -> bool:
    """Tell whether htmx asked for a part; going back in history needs the whole page."""
    htmx = htmx_request.htmx
    return bool(htmx) and not htmx.history_restore_request


def accepted(form: Form, command: Callable[[], object]) -> bool:
    """Run `command` and tell whether it went through; a refusal is put beside the field it concerns."""
    try:
        command()
    except Invalid as refusal:
        if refusal.field is not None and refusal.field in form:
            field = form[refusal.field]
            field.errors = [*field.errors, refusal.message]
        else:
            form.form_errors.append(refusal.message)
        return False
    return True


def see_other(endpoint: str, *, message: str | None = None, **values: Any) -> Response:
    """Send the reader to a page after a change, with a green note under its heading when there is one."""
    if message is not None:
        flash(message, "good")
    return _go(url_for(endpoint, **values))


def see_next(default: str, *, message: str | None = None, **values: Any) -> Response:
    """Send the reader to where they came from, or to `default`."""
    if message is not None:
        flash(message, "good")
    return _go(safe_next() or url_for(default, **values))


def safe_next() -> str | None:
    """Return the address in `next` when it is a page of ours; anything else could lead a reader astray."""
    address = request.values.get("next", "")
    if not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    if "\\" in address or any(ord(letter) < 33 or ord(letter) == 127 for letter in address):
        return None
    return address


def unauthorised() -> Response:
    """Lead whoever is signed out to sign-in, and back afterwards; htmx must not put that page into a card."""
    sign_in = url_for("auth.sign_in", next=address_of_reader())
    if htmx_request.htmx:
        return Response(status=401, headers={"HX-Redirect": sign_in})
    return _go(sign_in)


def remember_theme(response: Response, choice: str) -> Response:
    """Keep the choice of light or dark in the reader's browser."""
    if choice not in THEMES:
        raise Invalid("Choose one of the appearances.", field="theme")
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(THEME_COOKIE, choice, max_age=TWO_YEARS, samesite="Lax", httponly=True, secure=secure)
    return response


def theme() -> str:
    """Return the reader's choice of light, dark, or as their device."""
    choice = request.cookies.get(THEME_COOKIE, "auto")
    return choice if choice in THEMES else "auto"


def visitor() -> Any | None:
    """Return the account that is signed in, if any."""
    return current_user if current_user and current_user.is_authenticated else None


def navigation() -> list[tuple[NavItem, str | None]]:
    """Return the links of the top bar for the reader, each with its aria-current."""
    return [
        (item, _currency(item)) for item in NAV if has_page(item.endpoint) and access.can(item.permission)
    ]


def page_number() -> int:
    """Return which page of a list the reader asks for; what is no page is the first."""
    return min(max(1, request.args.get("page", 1, type=int)), MOST_PAGES)


def has_page(endpoint: str) -> bool:
    """Tell whether this installation has the page."""
    return endpoint in current_app.view_functions


def here(**changes: Any) -> str:
    """Return the address of the page shown with some of its query changed; None leaves a part out."""
    query: dict[str, Any] = {**dict(request.args.lists()), **changes}
    wanted = {name: value for name, value in query.items() if value is not None}
    # Not as values of url_for: with names such as _scheme, an address could then change where links lead.
    path = url_for(request.endpoint or "", **(request.view_args or {}))
    return f"{path}?{urlencode(wanted, doseq=True)}" if wanted else path


def _currency(item: NavItem) -> str | None:
    if request.endpoint == item.endpoint:
        return "page"
    return "true" if request.blueprint == item.endpoint.partition(".")[0] else None


def address_of_reader() -> str | None:
    """Return the page the reader looks at, to lead back to; None when it is not ours."""
    if request.method == "GET" and not htmx_request.htmx:
        return request.full_path.removesuffix("?")
    try:
        address = urlsplit(htmx_request.htmx.current_url or request.referrer or "")
    except ValueError:
        return None
    if address.netloc != request.host:
        return None
    return f"{address.path}?{address.query}" if address.query else address.path


def _go(address: str) -> Response:
    return Response(redirect(address, 303).get_data(), 303, {"Location": address}, mimetype="text/html")


def _seal(response: Response) -> Response:
    """Put every security and caching header on every answer: pages, fragments, errors and files alike."""
    response.headers.update(SECURITY_HEADERS)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}; includeSubDomains"
    if response.mimetype == "text/html":
        response.vary.update(["HX-Request", "Cookie"])
    if request.endpoint == "static" and response.status_code < 400:
        assets.cache_own_file(response)
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
