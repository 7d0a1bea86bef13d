"""Fixtures of the house tests: an application with probe pages, to see what `app.web` does for any page."""

import pytest
from flask import Blueprint, Flask, abort
from flask_wtf import FlaskForm
from wtforms import StringField

from app import create_app, web
from app.access import Permission, guard
from app.errors import Invalid
from tests.conftest import FreshClient, config_for, dispose

PROBE = """\
{% extends "base.html" %}
{% block title %}Probe{% endblock %}
{% block heading %}<h1>Probe</h1>{% endblock %}
{% block main %}
{% block name_form %}
<form id="name-form" method="post" action="/probe/name" novalidate>
  {{ ui.csrf() }}{{ ui.field(form.name, "As on your badge") }}{{ ui.button("Save the name") }}
</form>
{% endblock %}
{% endblock %}
"""


class NameForm(FlaskForm):
    name = StringField("Name")


def refuse(*, field: str | None) -> None:
    raise Invalid("Enter a name of at least 2 letters", field=field)


def probe_pages() -> Blueprint:
    bp = Blueprint("probe", __name__, url_prefix="/probe")

    def draw(form: NameForm, status: int = 200):
        return web.page("probe.html", fragment="name_form", status=status, form=form)

    @bp.get("/")
    def show():
        return draw(NameForm())

    @bp.post("/name")
    def name():
        form = NameForm()
        if len(form.name.data or "") > 1 or web.accepted(form, lambda: refuse(field="name")):
            return web.see_other("probe.show", message="Your name is saved.", _anchor="name-form")
        return draw(form, 422)

    @bp.get("/mine")
    @guard(Permission.HOME_SEE)
    def mine():
        return draw(NameForm())

    @bp.post("/mine")
    @guard(Permission.HOME_SEE)
    def change_mine():
        return web.see_next("probe.show")

    @bp.get("/<int:status>")
    def broken(status: int):
        abort(status)

    return bp


@pytest.fixture(scope="session")
def served_probe(databases, migrated, tmp_path_factory):
    app = create_app(config_for(databases.copy(migrated)))
    app.test_client_class = FreshClient
    folder = tmp_path_factory.mktemp("templates")
    (folder / "probe.html").write_text(PROBE)
    pages = probe_pages()
    pages.template_folder = str(folder)
    app.register_blueprint(pages)
    yield app
    dispose(app)


@pytest.fixture
def probe_app(served_probe: Flask):
    """An application with a few pages of its own, on a database that its tests share."""
    with served_probe.app_context():
        yield served_probe


@pytest.fixture
def probe_client(probe_app: Flask):
    """A browser at the probe application, not signed in."""
    return probe_app.test_client()
