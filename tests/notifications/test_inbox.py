"""What people are told: once for each occasion, read by themselves alone."""

import re

import pytest
import sqlalchemy as sa

from app.db import db
from app.notifications.models import Notification, NotificationKind
from app.notifications.service import News, tell
from tests import factories
from tests.counting import count_statements
from tests.forms import post

pytestmark = pytest.mark.usefixtures("app")


def news(person_id, number=1, **values) -> News:
    defaults = {"kind": NotificationKind.MATCH, "occasion": f"test:{number}", "subject": f"News {number}"}
    return News(person_id=person_id, **{**defaults, **values})


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def own(account) -> list[Notification]:
    db.session.expire_all()
    return list(
        db.session.scalars(
            sa.select(Notification).filter_by(person_id=account.person_id).order_by(Notification.id)
        )
    )


def test_an_occasion_is_told_once():
    person = factories.person().id
    tell([news(person), news(person, 2)])
    tell([news(person, subject="The same again"), news(person, 3)])
    told = db.session.scalars(sa.select(Notification.subject).order_by(Notification.id)).all()
    assert told == ["News 1", "News 2", "News 3"]


def test_a_subject_fits_its_column():
    tell([news(factories.person().id, subject="x" * 300)])
    assert len(db.session.scalars(sa.select(Notification.subject)).one()) == 200


def test_what_is_new_is_counted_on_every_page_and_read_one_by_one(client_for):
    account = factories.account()
    person = account.person_id
    tell([news(person, 1, body="Hello\n\nyou <b>start</b>"), news(person, 2)])
    db.session.commit()
    client = client_for(account)
    assert "Notifications, 2 new" in words(client.get("/"))
    page = client.get("/notifications")
    assert "2 notifications, 2 new" in words(page)
    assert "&lt;b&gt;" in page.text, "a text is no markup"
    first = own(account)[0]
    post(client, f"/notifications/{first.id}/read", page="/notifications")
    assert post(client, f"/notifications/{first.id}/read").status_code == 303, (
        "a second press changes nothing"
    )
    assert [row.read_at is None for row in own(account)] == [False, True]
    assert "Notifications, 1 new" in words(client.get("/"))
    post(client, "/notifications/read", page="/notifications")
    assert [row.read_at is None for row in own(account)] == [False, False]
    assert "new" not in words(client.get("/notifications")).partition("Notifications")[2][:40]


def test_somebody_elses_notification_does_not_exist(client_for):
    other = factories.account()
    tell([news(other.person_id)])
    db.session.commit()
    client = client_for(factories.account())
    assert post(client, f"/notifications/{own(other)[0].id}/read").status_code == 404
    post(client, "/notifications/read")
    assert own(other)[0].read_at is None
    assert "News 1" not in client.get("/notifications").text


def test_a_link_of_a_page_that_is_gone_is_left_out(client_for):
    account = factories.account()
    tell([news(account.person_id, endpoint="nowhere.show", arguments={"id": 1})])
    db.session.commit()
    page = client_for(account).get("/notifications")
    assert page.status_code == 200
    assert "See it" not in page.text


def test_the_inbox_takes_a_constant_few_statements(client_for):
    taken = []
    for number in (1, 60):
        account = factories.account()
        tell(news(account.person_id, one) for one in range(number))
        db.session.commit()
        client = client_for(account)
        with count_statements() as sent:
            assert client.get("/notifications").status_code == 200
        taken.append(len(sent))
    assert taken[0] == taken[1] <= 4
