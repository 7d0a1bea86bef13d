"""Every widget of the kit, driven as a person would."""

import pytest

from tests import factories
from tests.browser.kit import assert_clean, assert_clean_in_every_view, focus_is_on
from tests.browser.style import bp


@pytest.fixture
def own_app(own_app):
    own_app.register_blueprint(bp)
    return own_app


@pytest.fixture
def signed_in(reader):
    reader.sign_in(factories.account(of=factories.person(name="Amara Diallo")))
    return reader


def test_every_widget_is_clean_in_every_view(signed_in):
    assert_clean_in_every_view(signed_in, "/style/")


def test_a_refused_form_and_open_menus_are_clean(signed_in):
    page = signed_in.open("/style/")
    page.locator("#add-skill").click()
    page.locator("#skill-error").wait_for()
    page.locator("details.menu:not(.nav-menu) > summary").click()

    assert_clean(signed_in)
