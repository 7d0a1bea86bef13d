"""The rules of the house for templates, each as a function from a source text to what is wrong with it."""

import re
from html.parser import HTMLParser

LONGEST = 200  # lines; the aim is 120
FORBIDDEN_WORDS = re.compile(
    r"\b(?:ai|algorithms?|click|constraints?|entit(?:y|ies)|objectives?|ok|optim(?:al|um)|penalt(?:y|ies)|please"
    r"|scor(?:e|es|ed|ing)|sorry|submit)\b"
)
FORBIDDEN_SOURCE = {
    "an inline style": r"\sstyle\s*=|<style\b",
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "an inline handler": r"<[^>]*\son[a-z]+\s*=",
    "unescaped output": r"\|\s*safe\b|autoescape",
    "a script address": r"javascript:|[\"']js:",
    "hx-on": r"\bhx-on\b",
    "hx-boost": r"\bhx-boost\b",
    "hx-disabled-elt": r"\bhx-disabled-elt\b",
    "a trigger filter": r"hx-trigger=\"[^\"]*\[",
    "another host": r"(?:src|href|action)=\"(?:https?:)?//",
    "a query or a permission": r"\b(?:can|select|scalars?)\(|\bdb\.|\.query\b|\bPermission\b",
    "a partial file": r"{%-?\s*include\b",
}
VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "wbr"})
COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
EXPRESSION = re.compile(r"{{.*?}}", re.DOTALL)
STATEMENT = re.compile(r"{%.*?%}", re.DOTALL)
QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")
BLOCK_TAG = re.compile(r"{%-?\s*(block|endblock|macro|endmacro)\b")
LOST_IN_FRAGMENT = re.compile(r"{%-?\s*(?:set|from|import)\b")


def problems_in(source: str) -> list[str]:
    """Return every breach of the rules in a template."""
    plain = COMMENT.sub("", source)
    found = [name for name, pattern in FORBIDDEN_SOURCE.items() if re.search(pattern, plain, re.IGNORECASE)]
    found += [f"the word {word!r}" for word in forbidden_words_in(plain)]
    if "!" in words_said(plain):
        found.append("an exclamation mark")
    if source.count("\n") > LONGEST:
        found.append(f"more than {LONGEST} lines")
    if "{% extends" in plain:
        found += _problems_of_page(plain)
    return found + problems_of_elements(plain)


def _problems_of_page(plain: str) -> list[str]:
    found = []
    if len(re.findall(r"<h1\b", plain)) != 1:
        found.append("not exactly one h1")
    if "{% block title %}" not in plain:
        found.append("no title")
    depth = 0
    for line in plain.splitlines():
        if depth == 0 and LOST_IN_FRAGMENT.search(line):
            found.append("a set or import outside the blocks, which a fragment would not see")
        for tag in BLOCK_TAG.findall(line):
            depth += -1 if tag.startswith("end") else 1
    return found


def forbidden_words_in(plain: str) -> list[str]:
    """Return the words people should not have to read, in the text of a page and in the texts it hands to widgets."""
    return sorted(set(FORBIDDEN_WORDS.findall(words_said(plain).casefold())))


def words_said(plain: str) -> str:
    """Return the text of a template: between its tags, and in quotes that hold a sentence or a capital."""
    dynamic = " ".join(EXPRESSION.findall(plain) + STATEMENT.findall(plain))
    quoted = (one or other for one, other in QUOTED.findall(dynamic))
    handed = [text for text in quoted if " " in text.strip() or text[:1].isupper()]
    static = re.sub(r"<[^>]*>", " ", STATEMENT.sub(" ", EXPRESSION.sub(" ", plain)))
    return " ".join([static, *handed])


def problems_of_elements(plain: str) -> list[str]:
    """Return what is wrong with the forms, fields and htmx attributes of a template."""
    reader = _Elements()
    reader.feed(STATEMENT.sub("", EXPRESSION.sub("x", plain)))
    forms_without_token = [
        form
        for form in re.findall(r"<form\b.*?(?:</form>|$)", plain, re.DOTALL)
        if re.search(r"method=\"post\"", form)
        and not re.search(r"csrf\(\)|csrf_token\(\)|hidden_tag\(\)", form)
    ]
    unlabelled = reader.fields - reader.labels
    return (
        reader.problems
        + ["a post form without csrf()"] * len(forms_without_token)
        + [f"no label for {field!r}" for field in sorted(unlabelled)]
    )


class _Elements(HTMLParser):
    """Reads the elements of a template whose Jinja parts are gone."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.problems: list[str] = []
        self.fields: set[str] = set()
        self.labels: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = dict(attrs)
        if tag not in VOID:
            self.open.append((tag, element))
        self._check_htmx(tag, element)
        if tag == "label":
            self.labels.add(element.get("for") or "")
        is_seen = element.get("type") not in ("hidden", "submit") and element.get("aria-hidden") != "true"
        if tag in ("input", "select", "textarea") and is_seen:
            self.fields.add(element.get("id") or f"a nameless {tag}")
        if tag == "button" and element.get("type") not in ("submit", "button"):
            self.problems.append("a button without a type")
        if tag in ("svg", "img") and not {"aria-hidden", "role", "alt"} & element.keys():
            self.problems.append(f"a picture that says nothing: {tag}")

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place][0] == tag:
                del self.open[place:]
                return

    def _check_htmx(self, tag: str, element: dict[str, str | None]) -> None:
        in_form = any(name == "form" and "action" in outer for name, outer in self.open)
        polls = (element.get("hx-trigger") or "").startswith(("load delay", "every"))
        if "hx-get" in element and not (in_form or polls or (tag == "a" and element.get("href"))):
            self.problems.append(f"hx-get on {tag}, which does nothing without script")
        posts = tag == "form" and element.get("method") == "post" and element.get("action")
        if "hx-post" in element and not posts:
            self.problems.append(f"hx-post on {tag}, which does nothing without script")
        if {"hx-put", "hx-patch", "hx-delete"} & element.keys():
            self.problems.append("a method that forms do not have")
        if tag == "form" and element.get("method") == "post" and not element.get("action"):
            self.problems.append("a post form without an action")
