"""How tests send forms, with the protection against forged requests (CSRF) switched on as in life.

    from tests.forms import post

    response = post(client, "/people/7/edit", {"name": "Ada"})
    assert response.status_code == 303

`post` puts the client's own CSRF token beside `data`. With `page="/people/7/edit"` it first opens that page,
takes the token from it and insists that the page has a form with this address: so the test also shows that a person
can get there. A `client.post(...)` without a token is answered 400, also in tests. For an htmx request give
`headers={"HX-Request": "true"}`.
"""

import re
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
ACTION = re.compile(r"""<form\b[^>]*\baction=["']([^"']*)["']""")
TOKEN = re.compile(r"""name=["']csrf_token["'][^>]*\bvalue=["']([^"']+)["']""")


def post(
    client: FlaskClient,
    url: str,
    data: Mapping[str, Any] | None = None,
    *,
    page: str | None = None,
    **options: Any,
) -> TestResponse:
    """Send a form as a browser would; lists in `data` are fields that occur several times."""
    token = token_of(client) if page is None else token_on(client, page, action=url)
    return client.post(url, data={"csrf_token": token, **(data or {})}, **options)


def token_of(client: FlaskClient) -> str:
    """Return a token that pages shown to `client` would carry, making one when it has none yet."""
    with client.session_transaction() as cookie:
        secret = cookie.setdefault("csrf_token", "0" * 40)
    return URLSafeTimedSerializer(client.application.secret_key, salt="wtf-csrf-token").dumps(secret)


def token_on(client: FlaskClient, page: str, *, action: str) -> str:
    """Open `page` and return the token of its form that posts to `action`."""
    response = client.get(page)
    assert response.status_code == 200, f"{page} answers {response.status}"
    path = action.partition("?")[0]
    for form in FORM.findall(response.text):
        stated, token = ACTION.match(form), TOKEN.search(form)
        if stated and stated[1].replace("&amp;", "&").partition("?")[0] == path:
            assert token, f"the form for {action} on {page} has no CSRF token"
            return token[1]
    raise AssertionError(f"{page} has no form for {action}")
