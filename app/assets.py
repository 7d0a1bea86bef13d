"""Scripts, styles and icons: read once, out of wheels and our own folder, under names that never go stale."""

import hashlib
import importlib.util
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for
from lucide.jinja import lucide
from markupsafe import Markup

FOREVER = "public, max-age=31536000, immutable"
VENDOR = {"htmx.min.js": ("js_lib_htmx", "static/htmx/htmx.min.js")}
EXTENSION = "trellis-assets"

bp = Blueprint("assets", __name__)


@dataclass(frozen=True, slots=True)
class VendorFile:
    """A browser file out of an installed wheel."""

    fingerprint: str
    content: bytes
    mimetype: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a page may ask the browser to load."""

    vendor: dict[str, VendorFile]
    own: dict[str, str]


def init_app(app: Flask) -> None:
    """Read every file once and teach the templates to name it.

    Raises:
        RuntimeError: when a wheel that should carry a file is not installed.
    """
    static = Path(app.static_folder or "")
    app.extensions[EXTENSION] = Catalogue(
        vendor={name: _read_vendor(name) for name in VENDOR},
        own={path.name: fingerprint(path.read_bytes()) for path in sorted(static.glob("*.*"))},
    )
    app.register_blueprint(bp)
    app.jinja_env.globals.update(asset=asset, vendor=vendor, icon=icon)


def fingerprint(content: bytes) -> str:
    """Return a short name for exactly this content."""
    return hashlib.sha256(content).hexdigest()[:16]


def asset(name: str) -> str:
    """Return the address of one of our own files."""
    return url_for("static", filename=name, v=_catalogue().own[name])


def vendor(name: str) -> str:
    """Return the address of a file out of a wheel."""
    return url_for("assets.vendor_file", fingerprint=_catalogue().vendor[name].fingerprint, name=name)


@lru_cache(maxsize=512)
def icon(name: str, size: int = 20) -> Markup:
    """Return a Lucide icon to put beside words: hidden from screen readers, which read the words."""
    return Markup(lucide(name, size=size, aria_hidden="true", focusable="false"))  # noqa: S704 - from a wheel


@bp.get("/vendor/<fingerprint>/<name>")
def vendor_file(fingerprint: str, name: str) -> Response:
    """Serve a file out of a wheel; its address changes with its content, so browsers may keep it."""
    file = _catalogue().vendor.get(name)
    if file is None or file.fingerprint != fingerprint:
        abort(404)
    response = Response(file.content, mimetype=file.mimetype)
    response.headers["Cache-Control"] = FOREVER
    return response


def cache_own_file(response: Response) -> None:
    """Let browsers keep one of our own files when they asked for exactly this content."""
    name = (request.view_args or {}).get("filename", "")
    asked_for = request.args.get("v")
    current = asked_for is not None and asked_for == _catalogue().own.get(name)
    response.headers["Cache-Control"] = FOREVER if current and response.status_code < 400 else "no-cache"


def _catalogue() -> Catalogue:
    catalogue: Catalogue = current_app.extensions[EXTENSION]
    return catalogue


def _read_vendor(name: str) -> VendorFile:
    package, inner = VENDOR[name]
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / inner
        if path.is_file():
            content = path.read_bytes()
            mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
            return VendorFile(fingerprint(content), content, mimetype)
    raise RuntimeError(f"{name} comes from the package {package}, which is not installed")
