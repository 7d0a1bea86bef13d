"""Hostile values for every field, and a reader of pages that finds where one of them became markup."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

PAYLOADS: dict[str, str | bytes] = {
    "script": "<script>alert(1)</script>",
    "end of everything": (
        "--></textarea></title></option></select></style></script><script>alert(1)</script>"
        "<img src=x onerror=alert(1)><svg/onload=alert(1)><iframe srcdoc=x></iframe><!--"
    ),
    "handlers": """" onmouseover="alert(1)" x='' autofocus onfocus='alert(1)' `onclick=alert(1)""",
    "address": "javascript:alert(1)//\r\nLocation: https://elsewhere.example",
    "template": "{{ 7 * 191 }}{% raw %}${7*191}%s%(name)s%n{0}{name!r}",
    "query": "' OR '1'='1'; DROP TABLE person; -- %_\\",
    "right to left": "\u202egnirts desrever\u202c \u2066isolated\u2069",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 🇺🇦",
    "NUL and other controls": "before\x00after\x01\x1b[31m\x7f\x85",
    "decomposed": "Zoe\u0308",
    "half a pair": b"\xed\xb0\x80 \xff",
    "piled marks": "a" + "\u0300\u0316" * 1_000,
    "over-long": "long " * 1_000,
    "negative": "-1",
    "huge": "9" * 30,
    "more digits than Python reads": "9" * 5_000,
    "more than a float holds": "1e999999999",
    "no number": "NaN",
    "other digits": "١٢٣",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "no such day": "2026-02-30 25:61",
    "nothing": " ",
}
ADDRESSES = ("href", "src", "action", "formaction", "hx-get", "hx-post")
NO_ICON = "data:,"  # what base.html gives browsers that would ask for one


class Dangers(HTMLParser):
    """Collects what a page would run, or where it would lead, that is not ours."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and not (given.get("src") or "").startswith("/"):
            self.found.append("a script of somebody else's")
        if tag in ("iframe", "object", "embed", "base"):
            self.found.append(f"<{tag}>")
        self.found += [f"{tag} has {name}" for name in given if name.startswith("on")]
        self.found += [f"{name}={given[name]}" for name in ADDRESSES if not is_ours(given.get(name) or "")]


def is_ours(address: str) -> bool:
    """Tell whether an address leads to a page of this site."""
    if address == NO_ICON:
        return True
    parts = urlsplit(address)
    return parts.scheme in ("", "mailto") and not parts.netloc


def dangers_in(page: str) -> list[str]:
    """Return what is dangerous in the HTML of a page."""
    reader = Dangers()
    reader.feed(page)
    return reader.found
