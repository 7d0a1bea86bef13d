"""Error pages as people see them."""

import pytest
from flask import abort

from tests.browser.kit import assert_clean_in_every_view

STATUSES = (400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503)


@pytest.fixture
def own_app(own_app):
    own_app.add_url_rule("/broken/<int:status>", "broken", lambda status: abort(status))
    return own_app


@pytest.mark.parametrize("status", STATUSES)
def test_each_error_page_says_what_happened_and_where_to_go(reader_without_script, status):
    page = reader_without_script.open(f"/broken/{status}")

    assert page.get_by_role("heading", level=1).inner_text()
    assert page.locator("[data-message]").inner_text().endswith(".")
    assert page.get_by_role("link", name="Go to your home page").is_visible()


def test_an_error_page_is_clean_in_every_view(reader):
    assert_clean_in_every_view(reader, "/broken/404")
