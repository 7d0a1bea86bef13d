"""Templates keep the rules of the house; each rule is also shown to catch a breach."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from jinja2 import Environment

from app import create_app
from app.config import PROJECT
from tests.conftest import config_for
from tests.house.template_rules import COMMENT, problems_in

FOLDER = PROJECT / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))
NAMES = [str(path.relative_to(FOLDER)) for path in TEMPLATES]
SOURCES = {name: (FOLDER / name).read_text() for name in NAMES}
PAGE = '{% extends "base.html" %}{% block title %}A{% endblock %}{% block heading %}<h1>A</h1>{% endblock %}'
BREACHES = {
    "an inline style": '<p style="color: red">x</p>',
    "an inline script": "<script>go()</script>",
    "an inline handler": '<button type="submit" onclick="go()">x</button>',
    "unescaped output": "{{ bio|safe }}",
    "a script address": '<a href="javascript:go()">x</a>',
    "hx-on": '<div hx-on:click="go()">x</div>',
    "hx-boost": '<div hx-boost="true">x</div>',
    "hx-disabled-elt": '<div hx-disabled-elt="this">x</div>',
    "a trigger filter": '<form action="/a" hx-trigger="keyup[ctrlKey]">x</form>',
    "another host": '<a href="https://elsewhere.example">x</a>',
    "a query or a permission": "{% if can('round:run') %}x{% endif %}",
    "a partial file": '{% include "part.html" %}',
    "the word 'submit'": "<p>Submit your answer</p>",
    "the word 'score'": '{{ ui.tag("Score of 80") }}',
    "an exclamation mark": "<p>Well done!</p>",
    "more than 200 lines": "x\n" * 201,
    "not exactly one h1": PAGE + "{% block main %}<h1>B</h1>{% endblock %}",
    "no title": '{% extends "base.html" %}{% block heading %}<h1>A</h1>{% endblock %}',
    "a set or import outside the blocks, which a fragment would not see": PAGE + "\n{% set a = 1 %}",
    "hx-get on div, which does nothing without script": '<div hx-get="/a">x</div>',
    "hx-post on button, which does nothing without script": '<button type="submit" hx-post="/a">x</button>',
    "a method that forms do not have": '<a href="/a" hx-delete="/a">x</a>',
    "a post form without csrf()": '<form method="post" action="/a"></form>',
    "a post form without an action": '<form method="post">{{ ui.csrf() }}</form>',
    "no label for 'name'": '<input id="name" type="text">',
    "a button without a type": "<button>x</button>",
    "a picture that says nothing: svg": "<svg></svg>",
}
FINE = (
    PAGE
    + """
{% block main %}
{% set shown = 3 %}
<a href="/a" hx-get="/a" hx-target="#b">A</a>
<form method="post" action="/a" hx-post="/a">{{ ui.csrf() }}<label for="b">B</label><input id="b" type="text">
<button type="submit">Add B</button></form>
{% call ui.polling("c", url_for("x.submit_score")) %}x{% endcall %}
{% endblock %}"""
)


@pytest.fixture(scope="module")
def env(tmp_path_factory) -> Environment:
    app = create_app(config_for(f"sqlite:///{tmp_path_factory.mktemp('templates')}/unused.db"))
    return app.jinja_env


@pytest.mark.parametrize("name", NAMES)
def test_template_keeps_the_rules(name):
    assert problems_in(SOURCES[name]) == []


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_found(breach):
    assert breach in problems_in(BREACHES[breach])


def test_a_page_that_keeps_the_rules_is_left_alone():
    assert problems_in(FINE) == []


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(env, name):
    """Unknown filters and tests, and mistakes of syntax, show here and not on someone's screen."""
    assert env.get_template(name).name == name


@pytest.mark.parametrize("name", NAMES)
def test_template_uses_only_widgets_that_exist(env, name):
    used = set(re.findall(r"\bui\.(\w+)", COMMENT.sub("", SOURCES[name])))
    widgets = env.get_template("ui.html").module

    assert {widget for widget in used if not hasattr(widgets, widget)} == set()


@pytest.mark.parametrize("name", NAMES)
def test_template_uses_only_classes_that_the_stylesheet_knows(name):
    known = set(re.findall(r"\.([a-z][\w-]*)", (PROJECT / "app/static/app.css").read_text()))
    used = re.findall(r'\bclass="([^"{]*)["{]', SOURCES[name])

    assert {word for words in used for word in words.split()} - known == set()


def test_pages_have_titles_of_their_own():
    titles = Counter(
        title
        for source in SOURCES.values()
        for title in re.findall(r"{% block title %}(.*?){% endblock %}", source)
        if "{{" not in title
    )

    assert [title for title, count in titles.items() if count > 1] == []


def test_widgets_are_described():
    """Each macro of the kit stands under a comment that names it."""
    for name in ("ui.html", *(name for name in NAMES if name.startswith("ui_"))):
        described = " ".join(COMMENT.findall(SOURCES[name]))
        macros = re.findall(r"{% macro (\w+)\(", SOURCES[name])
        assert [macro for macro in macros if f"{macro}(" not in described] == []


def fragments_in(source: str) -> list[tuple[str, str]]:
    """Return the template and the block of every call that renders a part of a page."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [
        (call.args[0].value, keyword.value.value)
        for call in calls
        for keyword in call.keywords
        if keyword.arg == "fragment"
        and isinstance(keyword.value, ast.Constant)
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]


def starts_with_its_id(source: str, block: str) -> bool:
    """Tell whether a block begins with the element it is named after, perhaps with a number behind the name."""
    body = re.search(r"{%-?\s*block " + block + r"\b[^%]*%}(.*)", COMMENT.sub("", source), re.DOTALL)
    if body is None:
        return False
    begin = r"\s*(?:{%-?\s*(?:if|set|with)\b[^%]*%}\s*)*"
    element = re.match(
        begin + r"""(?:<\w+\b[^>]*?\bid="([\w-]+)|{[{%]\s*(?:call\s*)?ui\.\w+\(["']([\w-]+)["'])""",
        body.group(1),
    )
    if element is None:
        return False
    return (element.group(1) or element.group(2)).replace("-", "_").strip("_") == block


def test_each_fragment_starts_with_its_element():
    used = {
        pair
        for path in sorted(Path(PROJECT / "app").rglob("*.py"))
        for pair in fragments_in(path.read_text())
    }

    assert [pair for pair in sorted(used) if not starts_with_its_id(SOURCES.get(pair[0], ""), pair[1])] == []


@pytest.mark.parametrize(
    ("body", "fine"),
    [
        ('<div id="run-progress">', True),
        ('{% call ui.polling("run-progress", "/a") %}', True),
        ('{% if done %}<p class="a" id="run-progress">', True),
        ('<form id="run-progress-{{ run.id }}">', True),
        ('<p>First</p><div id="run-progress">', False),
        ('<div id="progress">', False),
        ("<p>No id</p>", False),
    ],
)
def test_a_fragment_is_named_as_its_element(body, fine):
    assert starts_with_its_id("{% block run_progress %}" + body, "run_progress") is fine
    assert not starts_with_its_id("{% block other %}" + body, "run_progress")


def test_the_scan_finds_fragments():
    assert fragments_in('page("a.html", fragment="b", status=422)') == [("a.html", "b")]
