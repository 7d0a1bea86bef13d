"""The agenda of a programme: put together by pages, kept in versions, and shown to whoever is matched."""

import re
from datetime import date

import pytest
import sqlalchemy as sa

from app.access import Role
from app.db import db
from app.engagements.agenda import agenda_for
from app.engagements.models import (
    Engagement,
    EngagementKind,
    EngagementMember,
    EngagementRole,
    EngagementState,
)
from app.errors import Conflict, Invalid
from app.programmes import agenda, queries, settings, upkeep, versions
from app.programmes.models import Programme, ProgrammeKind, ProgrammeVersion
from app.programmes.setup import task_rows
from tests import factories
from tests.forms import post
from tests.rounds.conftest import BY

OWN = [{"words": "Hello", "minutes": 5}, {"words": "The topic", "minutes": 30}]
AT = "/programmes/mentoring/agenda"


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.fixture
def programme(app) -> Programme:
    return factories.programme(key="mentoring", name="Mentoring")


def words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def items(response) -> list[str]:
    form = response.text.split('method="post" action="/programmes')[1].split("</form>")[0]
    return re.findall(r'name="agenda" value="([^"]*)"', form)


def give(programme: Programme, rows=OWN) -> None:
    versions.change(programme, {"agenda": rows}, by=BY)
    db.session.commit()


@pytest.mark.parametrize("kind", ProgrammeKind)
def test_each_kind_with_sessions_has_a_usual_agenda_that_could_be_saved(app, kind):
    usual = agenda.usual_agenda(kind)
    agenda.check_agenda(factories.programme(), usual)
    assert bool(usual) is agenda.has_sessions(kind) is (kind is not ProgrammeKind.COMMUNITIES)
    assert sum(row["minutes"] for row in usual) in (0, 30, 60)


class TestPage:
    """HR puts the agenda together; nothing is kept before it is saved."""

    def test_a_new_programme_shows_the_usual_items(self, as_hr, programme):
        page = as_hr.get(AT)
        assert items(page) == [
            f"{row['minutes']} {row['words']}" for row in agenda.usual_agenda(programme.kind)
        ]
        assert "4 items, 1 hour" in words(page)
        assert "not saved yet" not in words(page).split("The order has changed")[0]

    def test_what_is_saved_is_shown_and_told(self, as_hr, programme):
        sent = {"agenda": ["5 Hello", "30 The topic"], "seen": settings.mark_of([])}
        response = post(as_hr, AT, sent)
        assert response.status_code == 303
        assert agenda.agenda_of(programme) == OWN
        assert "2 items, 35 minutes" in words(as_hr.get("/programmes/mentoring"))
        assert "Agenda: Hello (5 minutes); then The topic (30 minutes)" in words(
            as_hr.get("/programmes/mentoring/versions")
        )

    def test_items_are_moved_and_taken_away_by_links(self, as_hr, programme):
        give(programme, [*OWN, {"words": "Hello", "minutes": 5}])
        page = as_hr.get(AT)
        links = re.findall(r'id="((?:up|down|remove)-\d)" href="([^"]*)"', page.text)
        assert [name for name, _ in links] == [
            "down-1", "remove-1", "up-2", "down-2", "remove-2", "up-3", "remove-3"
        ]  # fmt: skip
        at = {name: url.replace("&amp;", "&") for name, url in links}
        assert items(as_hr.get(at["up-2"])) == ["30 The topic", "5 Hello", "5 Hello"]
        assert items(as_hr.get(at["remove-1"])) == ["30 The topic", "5 Hello"]
        assert agenda.agenda_of(programme)[0] == OWN[0]

    def test_an_item_is_added_and_changed(self, as_hr, programme):
        draft = {"draft": "yes", "agenda": ["5 Hello", "30 The topic"]}
        added = as_hr.get(AT, query_string=draft | {"words": " What  next? ", "minutes": "10"})
        assert items(added) == ["5 Hello", "30 The topic", "10 What next?"]
        asked = as_hr.get(AT, query_string=draft | {"change": "2"})
        assert 'value="The topic"' in asked.text
        assert "Change item 2" in words(asked)
        changed = as_hr.get(AT, query_string=draft | {"change": "2", "words": "A topic", "minutes": "20"})
        assert items(changed) == ["5 Hello", "20 A topic"]
        assert "What you changed is not saved yet" in words(changed)

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"words": "", "minutes": "5"}, "Enter what to talk about."),
            ({"words": "x" * 121, "minutes": "5"}, "Enter at most 120 characters."),
            ({"words": "Hello", "minutes": "0"}, "Enter minutes from 1 to 240."),
            ({"words": "Hello", "minutes": "soon"}, "Enter a whole number."),
            ({"words": "Hello", "minutes": ""}, "Enter the minutes it takes."),
        ],
    )
    def test_an_item_nobody_could_use_is_refused_beside_its_field(self, as_hr, programme, typed, sentence):
        page = as_hr.get(AT, query_string={"draft": "yes", "agenda": ["5 Hello"], **typed})
        assert page.status_code == 422
        assert sentence in words(page)
        assert items(page) == ["5 Hello"]

    @pytest.mark.parametrize(
        ("sent", "sentence"),
        [
            ([], "Keep at least one item."),
            (["x Hello"], "Each item takes from 1 to 240 minutes."),
            (["²4 Hello"], "Each item takes from 1 to 240 minutes."),
            (["5 "], "Enter at most 120 characters for each item."),
            (["5 Hello"] * 13, "An agenda has at most 12 items."),
        ],
    )
    def test_an_agenda_that_makes_no_sense_is_not_saved(self, as_hr, programme, sent, sentence):
        response = post(as_hr, AT, {"agenda": sent, "seen": settings.mark_of([])})
        assert response.status_code == 422
        assert sentence in words(response)
        assert agenda.agenda_kept(programme) == []

    def test_the_usual_agenda_is_kept_as_nothing_of_its_own(self, as_hr, programme):
        give(programme)
        page = as_hr.get(AT)
        usual = re.search(r'href="([^"]*)">Take the usual', page.text)[1].replace("&amp;", "&")
        shown = as_hr.get(usual)
        assert post(as_hr, AT, {"agenda": items(shown), "seen": settings.mark_of(OWN)}).status_code == 303
        assert agenda.agenda_kept(programme) == []
        assert "Agenda: the usual one" in words(as_hr.get("/programmes/mentoring/versions"))

    def test_who_was_slower_is_told_and_changes_nothing(self, as_hr, programme):
        give(programme)
        response = post(as_hr, AT, {"agenda": ["5 Mine"], "seen": settings.mark_of([])})
        assert response.status_code == 409
        assert "Somebody has changed the agenda items of Mentoring" in words(response)
        assert agenda.agenda_of(programme) == OWN

    def test_a_training_architect_reads_and_changes_nothing(self, client_for, programme):
        client = client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))
        page = client.get(AT)
        assert "Move up" not in words(page)
        assert "Save the agenda" not in words(page)
        assert post(client, AT, {"agenda": ["5 Mine"], "seen": ""}).status_code == 403

    def test_communities_have_none(self, as_hr):
        factories.programme(key="circles", kind=ProgrammeKind.COMMUNITIES)
        assert as_hr.get("/programmes/circles/agenda").status_code == 409
        assert "What a session can look like" not in words(as_hr.get("/programmes/circles"))

    def test_a_fragment_is_the_order_alone(self, as_hr, programme):
        answer = as_hr.get(f"{AT}?part=order&draft=yes&agenda=5+Hello", headers={"HX-Request": "true"})
        assert answer.text.strip().startswith('<div id="order"')


class TestVersions:
    """The agenda is a part of the settings like any other."""

    def test_a_copy_has_it_and_nobody_has_to_look_at_it(self, programme):
        give(programme)
        copied = upkeep.copy_programme(programme, name="Other", by=BY)
        assert agenda.agenda_of(copied) == OWN
        assert next(row for row in task_rows(copied) if row.task.key == "agenda").is_done

    def test_a_version_from_before_there_were_agendas_can_be_used(self, programme):
        versions.keep(programme)
        give(programme)
        before = queries.version_numbered(programme, 1)
        before.settings = {name: value for name, value in before.settings.items() if name != "agenda"}
        db.session.commit()
        versions.go_back(programme, before, seen=queries.latest_version_number(programme), by=BY)
        assert agenda.agenda_of(programme) == OWN

    def test_a_version_brings_the_agenda_back(self, programme):
        give(programme)
        give(programme, OWN[:1])
        number = sa.select(sa.func.max(ProgrammeVersion.number) - 1).filter_by(programme_id=programme.id)
        version = queries.version_numbered(programme, db.session.scalar(number))
        versions.go_back(programme, version, seen=version.number + 1, by=BY)
        assert agenda.agenda_of(programme) == OWN

    def test_an_archived_programme_keeps_its_agenda(self, programme):
        upkeep.archive_programme(programme, by=BY)
        with pytest.raises(Conflict):
            give(programme)

    def test_the_command_refuses_what_the_page_refuses(self, programme):
        with pytest.raises(Invalid):
            give(programme, [{"words": "Hello", "minutes": 241}])


PAGES = [
    (EngagementKind.MENTORSHIP, ("mentee", "mentor"), "/mentorships/{}"),
    (EngagementKind.PEER_COACHING, ("peer", "peer"), "/peers/{}"),
    (EngagementKind.GROUP_MENTORING, ("mentee", "mentor"), "/mentorships/groups/{}"),
]


@pytest.mark.parametrize(("kind", "roles", "at"), PAGES)
def test_whoever_is_matched_reads_it_while_it_goes_on(programme, client_for, kind, roles, at):
    people = [factories.person() for _role in roles]
    members = [
        EngagementMember(person_id=person.id, role=EngagementRole(role))
        for person, role in zip(people, roles, strict=True)
    ]
    row = Engagement(kind=kind, programme_id=programme.id, starts_on=date(2026, 9, 7), members=members)
    db.session.add(row)
    give(programme)
    client = client_for(factories.account(of=people[0]))
    said = "What a session can look like Hello 5 minutes The topic 30 minutes 35 minutes in all"
    assert said in words(client.get(at.format(row.id)))
    row.state, row.ended_on = EngagementState.ENDED, date(2026, 10, 1)
    db.session.commit()
    assert "What a session can look like" not in words(client.get(at.format(row.id)))


def test_without_items_of_its_own_the_usual_ones_are_read(programme):
    one, other = factories.person(), factories.person()
    row = factories.proposal(one, other, programme_id=programme.id)
    assert agenda_for(row) == []
    row.state = EngagementState.ACTIVE
    usual = [(item["words"], item["minutes"]) for item in agenda.usual_agenda(programme.kind)]
    assert [(item.words, item.minutes) for item in agenda_for(row)] == usual
