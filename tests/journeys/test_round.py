"""A quarterly round from its first day to the match on two people's home pages, as its people live it."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import expect

from app import clock
from app.auth.models import Account
from app.auth.passwords import hashed
from app.db import db
from app.demo.loading import is_loaded
from app.engagements.models import EngagementMember, EngagementRole
from app.people.models import Person
from tests import factories
from tests.browser import company
from tests.browser.company import PASSWORD
from tests.browser.kit import focus_is_on, reading
from tests.journeys.hands import Hands, KeyboardHands

ROUND = "Winter round"
SKILL = "Negotiation"
WAYS = {"with script": (Hands, True), "without script": (Hands, False), "by keyboard": (KeyboardHands, True)}


@dataclass
class Cast:
    """Who takes part in the journey."""

    employee: str
    mentor: str


@pytest.fixture
def cast(own_app) -> Cast:
    """The demo's people, one of whom has yet to say that they look for a mentor."""
    with own_app.app_context():
        assert is_loaded()
        employee = person_of("employee")
        employee.seeks_mentor = False
        db.session.commit()
        return Cast(employee.name, person_of("mentor").name)


@pytest.fixture(params=WAYS, ids=str)
def way(request):
    return WAYS[request.param]


@pytest.fixture
def window(chromium, site, way):
    """Open a window in which an account has signed in by its form."""
    opened, (hands, script) = [], way

    def sign_in(email: str) -> Hands:
        opened.append(reading(chromium, site, script=script))
        reader = opened[-1].__enter__()
        readers.append(reader)
        someone = hands(reader.open("/"), has_script=script)
        someone.write("E-mail address", email)
        someone.write("Password", PASSWORD)
        someone.press("Sign in")
        expect(someone.page.get_by_role("heading", level=1)).to_contain_text("Good")
        return someone

    readers = []
    yield sign_in
    complaints = [complaint for reader in readers for complaint in reader.complaints]
    for window in opened:
        window.__exit__(None, None, None)
    assert complaints == []


def person_of(role: str) -> Person:
    return db.session.get_one(Person, company.account(role).person_id)


def test_a_round_from_its_first_day_to_the_match(window, cast, worker, own_app, tmp_path):
    hr = window("hr@demo.test")
    create_and_open(hr)
    employee = window("employee@demo.test")
    add_skill(employee)
    look_for_a_mentor(employee)
    join(employee)
    offer_places(window("mentor@demo.test"))
    run(hr, worker)
    examine(hr, cast)
    keep_pairs(hr, tmp_path)
    publish(hr)
    mentorship_path = find_match(employee)
    engagement_id = int(mentorship_path.rpartition("/")[2])
    mentor_email = account_of_the_mentor(engagement_id, own_app)
    find_match(window(mentor_email), path=mentorship_path)
    outsider = window("admin@demo.test")
    outsider.page.goto(hr.page.url.partition("/rounds")[0] + mentorship_path)
    expect(outsider.page.get_by_role("heading", level=1)).to_have_text("Page not found")


def create_and_open(hr: Hands) -> None:
    today = clock.today()
    hr.follow("Rounds")
    hr.follow("Create a round")
    hr.write("Name", ROUND)
    hr.enter_day("First day of enrolment", today)
    hr.enter_day("Last day of enrolment", today + timedelta(days=7))
    hr.enter_day("First day of the matches", today + timedelta(days=14))
    hr.enter_day("Last day of the matches", today + timedelta(days=100))
    hr.press("Create the round")
    expect(hr.page.get_by_role("heading", level=1)).to_have_text(ROUND)
    hr.press("Open enrolment")
    expect(hr.page.get_by_text("Enrolment is open.")).to_be_visible()


def add_skill(employee: Hands) -> None:
    page = employee.page
    employee.follow("Skills and goals")
    employee.follow("Add a skill")
    employee.write("Skill", SKILL[:6].lower())
    if employee.has_script:
        choose_suggestion(employee)
    else:
        employee.press(re.compile("^Find similar skills$"))
        employee.choose(re.compile(f"^{SKILL}$"))
    employee.choose(re.compile("^3: Competent"))
    employee.press("Add the skill")
    expect(page.get_by_text("Added to your skills.")).to_be_visible()
    expect(page.locator("#held").get_by_role("link", name=re.compile(f"^{SKILL}"))).to_be_visible()


def choose_suggestion(employee: Hands) -> None:
    page = employee.page
    option = page.get_by_role("option", name=SKILL, exact=True)
    option.wait_for()
    assert focus_is_on(page) == "skill", "suggestions leave the focus where one types"
    if isinstance(employee, KeyboardHands):
        for _ in range(page.get_by_role("option").count()):
            page.keyboard.press("ArrowDown")
            if option.get_attribute("aria-selected") == "true":
                break
        page.keyboard.press("Enter")
    else:
        option.click()
    expect(page.get_by_label("Skill", exact=True)).to_have_value(SKILL)
    assert focus_is_on(page) == "skill"


def look_for_a_mentor(employee: Hands) -> None:
    employee.follow("Change offer and wish")
    employee.choose("Yes")
    employee.press("Save offer and wish")
    expect(employee.page.get_by_text("Would like to have a mentor.")).to_be_visible()


def join(employee: Hands) -> None:
    employee.go_home()
    employee.follow("Take part")
    employee.choose("In person", within=employee.page.locator("[id^=wish-]"))
    employee.press("Find me a mentor")
    expect(employee.page.get_by_text("You are on the list for a mentor.", exact=True)).to_be_visible()


def offer_places(mentor: Hands) -> None:
    mentor.follow("Skills and goals")
    mentor.follow("Change offer and wish")
    mentor.write("How many people can you mentor at the same time?", "5")
    mentor.press("Save offer and wish")
    expect(mentor.page.locator("#mentoring")).to_contain_text("5 places")
    mentor.go_home()
    mentor.follow(re.compile(f"^{ROUND}$"))
    mentor.write("How many people can you mentor in this round?", "5")
    mentor.choose("Online", within=mentor.page.locator("[id^=offer-]"))
    mentor.press(re.compile("^(Save my offer|Offer my places)$"))
    expect(mentor.page.get_by_text("You offer 5 places.", exact=True)).to_be_visible()


def run(hr: Hands, worker) -> None:
    """Run the matching: nobody takes it up at first, so that the wait is seen."""
    page = hr.page
    hr.go_home()
    hr.press("Close enrolment")
    hr.press("Run the matching")
    expect(page.get_by_role("heading", level=1)).to_have_text("Finding matches")
    assert page.get_by_role("progressbar").is_visible()
    page.locator("#stop-run").focus()
    worker()
    if hr.has_script:
        review = page.get_by_role("link", name="Review the matches")
        review.wait_for(timeout=60_000)
        # htmx settles a moment after it swaps; from then on the focus must have a place.
        page.wait_for_function("document.activeElement !== document.body", timeout=5_000)
        expect(page.locator("#status")).to_have_text("The run is finished.")
        hr.follow("Review the matches")
    expect(page.get_by_role("heading", level=1)).to_have_text("Review matches", timeout=60_000)


def examine(hr: Hands, cast: Cast) -> None:
    page = hr.page
    expect(page.get_by_role("heading", level=2).first).to_contain_text("people have a mentor")
    matches = page.locator("article.match")
    segments = page.get_by_role("navigation", name="Which matches").get_by_role("link")
    hr.activate(segments.nth(1))
    expect(segments.nth(1)).to_have_attribute("aria-current", "true")
    for tag in matches.locator(".tag").all_inner_texts():
        assert tag.startswith("Weak fit")
    hr.activate(segments.first)
    hr.write("Name", cast.employee)
    hr.press(re.compile("^Show these matches$"))
    expect(matches).to_have_count(1)
    expect(matches).to_contain_text(cast.employee)
    hr.activate(matches.locator("summary"))
    rows = matches.locator("table.why tbody td.num")
    expect(rows.first).to_be_visible()
    points = sum(int(row.partition(" of ")[0]) for row in rows.all_inner_texts())
    assert matches.locator("table.why tfoot").inner_text().split()[1] == str(points)
    lock(hr, cast)


def lock(hr: Hands, cast: Cast) -> None:
    """Lock a match with one press, find it among the locked ones, and let go of it again."""
    matches = hr.page.locator("article.match")
    hr.press(re.compile(f"^Lock {cast.employee} with "))
    unlock = re.compile(f"^Unlock {cast.employee} with ")
    expect(hr.page.get_by_role("button", name=unlock)).to_be_visible()
    if hr.has_script:
        expect(hr.page.locator("#status")).to_contain_text("are locked")
        expect(hr.page.get_by_role("button", name=unlock)).to_be_focused()
    hr.follow(re.compile(r"^Locked \(\d+\)$"))
    expect(matches).to_have_count(1)
    hr.press(unlock)


def keep_pairs(hr: Hands, folder: Path) -> None:
    pairs = hr.download(re.compile("^Matches as a table$"), folder)
    assert len(pairs.read_text("utf-8-sig").splitlines()) > 10


def publish(hr: Hands) -> None:
    hr.follow(re.compile(r"^Publish \d+ matches$"))
    expect(hr.page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^Publish \d+ matches\?$"))
    expect(hr.page.get_by_text("You can take everything back for 24 hours")).to_be_visible()
    hr.press(re.compile(r"^Publish \d+ matches$"))
    expect(hr.page.get_by_text("Everyone sees theirs on their home page.")).to_be_visible()


def find_match(someone: Hands, path: str | None = None) -> str:
    """Open the mentorship that the home page shows, and return where it is."""
    someone.go_home()
    links = someone.page.get_by_role("link", name=re.compile("^Open the mentorship with "))
    link = links.first if path is None else someone.page.locator(f"a[href='{path}']")
    address = link.get_attribute("href")
    someone.activate(link)
    expect(someone.page.get_by_role("heading", name="Why you were matched")).to_be_visible()
    expect(someone.page.get_by_role("heading", level=1)).to_contain_text("You and ")
    return address


def account_of_the_mentor(engagement_id: int, app: Flask) -> str:
    """Return the address with which the mentor signs in; whoever has no account yet is given one."""
    with app.app_context():
        member = sa.select(EngagementMember.person_id).filter_by(
            engagement_id=engagement_id, role=EngagementRole.MENTOR
        )
        mentor_id = db.session.scalars(member).one()
        email = db.session.scalar(sa.select(Account.email).filter_by(person_id=mentor_id))
        if email is not None:
            return email
        mentor = db.session.get_one(Person, mentor_id)
        account = factories.account(of=mentor, password_hash=hashed(PASSWORD))
        return account.email


def test_five_presses_lead_from_the_list_of_rounds_to_a_run_of_the_next_one(window):
    hr = window("hr@demo.test")
    hr.follow("Rounds")
    last = hr.page.locator(".tasks a").first.inner_text()
    presses = [
        lambda: hr.follow(re.compile("^New round from the last one")),
        lambda: hr.press("Create the round"),
        lambda: hr.press("Open enrolment"),
        lambda: hr.press("Close enrolment"),
        lambda: hr.press("Run the matching"),
    ]
    for press in presses:
        press()
    assert len(presses) <= 5
    expect(hr.page.get_by_role("heading", level=1)).to_have_text("Finding matches")
    hr.follow("Rounds")
    following = hr.page.locator(".tasks a").first
    expect(following).not_to_have_text(last)
    expect(following).to_have_text(re.compile(r"^\d{4}-Q[1-4]$"))
    expect(hr.page.locator(".tasks li").first).to_contain_text("Being matched")
