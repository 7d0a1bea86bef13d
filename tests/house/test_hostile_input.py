"""Whatever is typed into a field is refused with a sentence or shown as text; nothing breaks the site."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app import create_app
from app.db import db
from app.people import forms as people_forms
from tests.conftest import config_for, signed_in_client
from tests.forms import post
from tests.house.form_samples import SAMPLES, Maker, Sample, sender
from tests.house.hostile import PAYLOADS, dangers_in

APP = create_app(config_for("sqlite:///:memory:"))  # asked for its routes only; it never meets a database
FORMS = {rule.endpoint: rule for rule in APP.url_map.iter_rules() if "POST" in rule.methods}
CASES = [(endpoint, maker) for endpoint, makers in SAMPLES.items() for maker in makers]
MARKUP = {"script", "end of everything", "handlers", "address"}
FINE = {200, 303, 400, 403, 404, 409, 413, 422, 429}


@contextmanager
def undone() -> Iterator[None]:
    """Forget what is written meanwhile, so that each hostile value meets the same things."""
    db.session.remove()  # it may hold a savepoint of its own, which must not lie around ours
    nested = db.engines[None].begin_nested()
    try:
        yield
    finally:
        db.session.remove()
        nested.rollback()


class Desk:
    """Someone who sends a form again and again."""

    def __init__(self, endpoint: str, maker: Maker) -> None:
        self.account = sender()
        self.client = signed_in_client(self.account)
        self.sample: Sample = maker(self.account)
        self.address = APP.url_map.bind("localhost").build(endpoint, self.sample.address | self.sample.query)

    def send(self, fields, **options):
        return post(self.client, self.address, fields, **options)

    def try_(self, name: str, kind: str) -> None:
        """Send the sample with one hostile value, and look at the page it leads to."""
        fields, told = {**self.sample.fields, name: PAYLOADS[kind]}, f"{kind} in {name}"
        with undone():
            answer = self.send(fields)
            assert answer.status_code in FINE, f"{told}: {answer.status}"
            assert kind not in MARKUP or dangers_in(answer.text) == [], told
            if answer.status_code == 303:
                page = self.client.get(answer.location)
                assert page.status_code in FINE, f"{told}, then {answer.location}: {page.status}"
                assert kind not in MARKUP or dangers_in(page.text) == [], told


@pytest.fixture(params=CASES, ids=lambda case: case[0])
def desk(request, app) -> Desk:
    return Desk(*request.param)


def test_every_form_has_a_sample():
    assert FORMS.keys() == SAMPLES.keys()


def test_a_sample_is_accepted(desk):
    answer = desk.send(desk.sample.fields)
    assert answer.status_code == 303, answer.text
    assert desk.client.get(answer.location).status_code == 200


def test_no_value_breaks_a_form(desk, monkeypatch):
    # Six hundred clocks are written out anew for each page, and they are not what is tried here.
    monkeypatch.setattr(people_forms, "time_zones", lambda beside: {"Europe": [(beside, "Here")]})
    for name in desk.sample.fields:
        for kind in PAYLOADS:
            desk.try_(name, kind)
