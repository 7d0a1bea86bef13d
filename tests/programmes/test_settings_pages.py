"""Rules, weights and goals of a programme by pages: looked at, tried out on the last round, and saved."""

import re

import pytest
import sqlalchemy as sa

from app.access import Role
from app.audit import AuditEvent
from app.db import db
from app.programmes import service, settings, upkeep
from app.programmes.models import Programme, ProgrammeKind
from app.programmes.vocabulary import CRITERIA, RULES, SUGGESTED
from app.programmes.weights import WORDS, can_be_said, nearest_words, shared_out
from app.rounds import tasks
from app.rounds.count_models import RuleCount
from app.rounds.models import MatchingRound, Run
from tests import factories
from tests.counting import count_statements
from tests.forms import post
from tests.rounds.conftest import BY, circle, company, finished_run

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def as_hr(hr, client_for):
    return client_for(hr)


@pytest.fixture
def as_architect(app, client_for):
    return client_for(factories.account(roles={Role.EMPLOYEE, Role.TRAINING_ARCHITECT}))


@pytest.fixture
def programme(app) -> Programme:
    return factories.programme()


@pytest.fixture
def matched(app) -> MatchingRound:
    """A round that has been matched once."""
    matching_round = company()
    finished_run(matching_round)
    return matching_round


def words(response) -> str:
    """The text of a page as a reader gets it, blanks folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.text))


def at(programme: Programme, part: str = "") -> str:
    return f"/programmes/{programme.key}/{part}"


def seen(response) -> str:
    return re.search(r'name="seen" value="([0-9a-f]+)"', response.text)[1]


def rule_fields(programme: Programme, **changes: str | None) -> dict[str, str]:
    """Return what a browser sends of the rules as they are shown, with some fields changed or taken away."""
    on = service.settings_of(programme)["rules"]
    fields = dict.fromkeys(on, "y")
    for rule in RULES:
        fields |= {f"{rule}-{name}": str(value) for name, value in on.get(rule, SUGGESTED[rule]).items()}
    changed = {name.replace("__", "-"): value for name, value in changes.items()}
    return {name: value for name, value in {**fields, **changed}.items() if value is not None}


def word_fields(**chosen: int) -> dict[str, str]:
    return {"by": "words", **{criterion: str(chosen.get(criterion, 0)) for criterion in CRITERIA}}


def number_fields(**entered: object) -> dict[str, str]:
    numbers = {f"exact-{criterion}": str(entered.get(criterion, 0)) for criterion in CRITERIA}
    return {"by": "numbers", **numbers}


def saved(programme: Programme, part: str):
    db.session.expire_all()
    return service.settings_of(programme)[part]


def changes() -> list[AuditEvent]:
    return list(db.session.scalars(sa.select(AuditEvent).filter_by(action="programme.changed")))


def send(client, programme: Programme, part: str, fields: dict, to: str = ""):
    page = client.get(at(programme, part))
    return post(client, at(programme, part) + to, {"seen": seen(page), **fields})


def test_a_rule_switched_on_by_page_holds_with_its_figure_and_is_audited(as_hr, programme):
    fields = rule_fields(programme, shared_hours="y", shared_hours__minutes="90", shared_language=None)
    answered = send(as_hr, programme, "rules", fields)
    assert answered.location == f"/programmes/{programme.key}"
    assert saved(programme, "rules") == {"not_in_reporting_line": {}, "shared_hours": {"minutes": 90}}
    (event,) = changes()
    assert event.details["before"]["rules"] == {"not_in_reporting_line": {}, "shared_language": {}}
    assert "The rules are saved" in words(as_hr.get(answered.location))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("shared_hours-minutes", "", "Enter a whole number from 1 to 1440."),
        ("shared_hours-minutes", "two", "Enter a whole number."),
        ("grade_distance-min", "", "Fill in at least one of the two."),
        ("grade_distance-max", "-3", "Enter a whole number from 1 up."),
        ("same_attribute-name", "shoe size", "Choose one of the options."),
    ],
)
@pytest.mark.parametrize("to", ["", "/try", "/count"])
def test_figures_that_make_no_sense_are_refused_beside_their_field(
    as_hr, programme, field, value, sentence, to
):
    rule = field.partition("-")[0]
    fields = {**rule_fields(programme), rule: "y", field: value}
    refused = send(as_hr, programme, "rules", fields, to)
    assert refused.status_code == 422
    error = re.search(rf'id="{field}-error"[^>]*>(.*?)</p>', refused.text)[1]
    assert sentence in error
    assert saved(programme, "rules") == {"not_in_reporting_line": {}, "shared_language": {}}


def test_a_rule_that_is_off_may_have_any_figure_beside_it(as_hr, programme):
    assert (
        send(as_hr, programme, "rules", rule_fields(programme, shared_hours__minutes="")).status_code == 303
    )


def test_the_same_form_twice_has_the_same_answer_and_one_entry_in_the_trail(as_hr, programme):
    fields = {**word_fields(skills=4, hours=2), "seen": seen(as_hr.get(at(programme, "weights")))}
    first, second = (post(as_hr, at(programme, "weights"), fields) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert first.status_code == 303
    assert len(changes()) == 1


@pytest.mark.parametrize("part", ["rules", "weights", "goals"])
def test_whoever_saves_what_somebody_else_changed_meanwhile_is_told_and_changes_nothing(
    as_hr, programme, part
):
    opened = seen(as_hr.get(at(programme, part)))
    before = service.settings_of(programme)
    theirs = {
        "rules": {"no_prior_pair": {}},
        "criteria": {"skills": 100},
        "goals": ["points"],
    }
    service.change_settings(programme, theirs, seen=before, by=BY)
    db.session.commit()
    mine = {
        "rules": rule_fields(programme, shared_language="y"),
        "weights": word_fields(hours=4),
        "goals": {"goals": ["coverage"]},
    }[part]
    refused = post(as_hr, at(programme, part), {"seen": opened, **mine})
    assert refused.status_code == 409
    assert "Somebody has changed the" in words(refused)
    assert service.settings_of(programme) == theirs
    shown_again = as_hr.get(at(programme, part), query_string={"draft": "yes", "seen": opened, **mine})
    assert "can no longer be saved" in words(shown_again)


def test_somebody_who_changed_another_part_is_in_nobodys_way(as_hr, programme):
    opened = seen(as_hr.get(at(programme, "goals")))
    settings.change_part(programme, "rules", {}, seen=settings.mark_of(saved(programme, "rules")), by=BY)
    db.session.commit()
    assert post(as_hr, at(programme, "goals"), {"seen": opened, "goals": ["points"]}).status_code == 303
    assert saved(programme, "rules") == {}
    assert saved(programme, "goals") == ["points"]


def test_words_are_shared_out_to_100_and_shown_again_as_they_were_chosen(as_hr, programme):
    send(as_hr, programme, "weights", word_fields(skills=8, hours=4, variety=1))
    assert saved(programme, "criteria") == {"skills": 61, "hours": 31, "variety": 8}
    page = as_hr.get(at(programme, "weights"))
    assert "Very high: 61% of the fit" in words(page)
    assert "High: 31% of the fit" in words(page)
    assert "lie between the words" not in words(page)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_said_in_words_is_read_back_as_the_same_words(seed):
    """Only what matters most is read as Very high, whatever word it was given: the shares are the same."""
    places = list(CRITERIA)
    chosen = {name: list(WORDS)[(seed * 7 + place * (seed + 3)) % 5] for place, name in enumerate(places)}
    chosen[places[seed % len(places)]] = 8
    criteria = shared_out(chosen)
    assert sum(criteria.values()) == 100
    assert nearest_words(criteria) == chosen
    assert can_be_said(criteria)


def test_numbers_between_the_words_are_kept_and_said_to_be_between(as_hr, programme):
    page = as_hr.get(at(programme, "weights"))
    send(as_hr, programme, "weights", number_fields(skills=45, level_step=20, hours=10, variety=25))
    assert saved(programme, "criteria") == {"skills": 45, "level_step": 20, "hours": 10, "variety": 25}
    page = as_hr.get(at(programme, "weights"))
    assert "lie between the words" in words(page)
    assert re.search(r'name="exact-skills"[^>]* value="45"', page.text)


def test_numbers_in_proportion_are_shared_out(as_hr, programme):
    send(as_hr, programme, "weights", number_fields(skills=1, hours=1, variety=1))
    assert saved(programme, "criteria") == {"skills": 34, "hours": 33, "variety": 33}


@pytest.mark.parametrize("fields", [word_fields(), number_fields(), {"by": "words"}])
def test_weights_of_nothing_are_refused(as_hr, programme, fields):
    refused = send(as_hr, programme, "weights", fields)
    assert refused.status_code == 422
    assert saved(programme, "criteria") == {"skills": 60, "level_step": 20, "hours": 10, "variety": 10}


def test_a_number_that_is_none_is_refused_beside_its_field_with_the_numbers_open(as_hr, programme):
    refused = send(as_hr, programme, "weights", number_fields(skills="many"))
    assert refused.status_code == 422
    assert '<details id="advanced" open>' in refused.text
    assert 'id="exact-skills-error"' in refused.text


def test_shares_are_shown_without_script_and_live_and_nothing_is_saved(as_hr, as_architect, programme):
    fields = word_fields(skills=4, hours=4)
    before = saved(programme, "criteria")
    led = send(as_architect, programme, "weights", fields, "/shares")
    assert led.status_code == 303
    assert "High: 50% of the fit" in words(as_architect.get(led.location))
    live = as_hr.get(
        at(programme, "weights"), query_string={"draft": "yes", "part": "shares", **fields}, headers=FRAGMENT
    )
    assert live.text.lstrip().startswith('<div id="shares"')
    assert re.search(r'id="hours-share" hx-swap-oob="true">High: 50% of the fit<', live.text)
    assert saved(programme, "criteria") == before


def test_goals_are_moved_removed_and_added_by_links_and_saved_as_shown(as_hr, programme):
    page = as_hr.get(at(programme, "goals"))

    def followed(page, id):
        return as_hr.get(re.search(rf'id="{id}" href="([^"]+)"', page.text)[1].replace("&amp;", "&"))

    page = followed(page, "add-worst_match")
    page = followed(page, "up-worst_match")
    assert "up-coverage" not in page.text
    assert re.findall(r'name="goals" value="(\w+)"', page.text) == ["coverage", "worst_match", "points"]
    page = followed(page, "remove-points")
    order = re.findall(r'name="goals" value="(\w+)"', page.text)
    assert saved(programme, "goals") == ["coverage", "points"]
    assert post(as_hr, at(programme, "goals"), {"seen": seen(page), "goals": order}).status_code == 303
    assert saved(programme, "goals") == ["coverage", "worst_match"]


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (["worst_match", "coverage"], "otherwise to match nobody is best"),
        (["coverage", "stable"], "must come first"),
        (["stable", "coverage", "worst_match"], "cannot be had together with"),
        (["coverage", "parity"], "needs groups of mentees"),
        (["coverage", "coverage"], "Name each goal once"),
        ([], "Name each goal once"),
    ],
)
def test_an_order_that_cannot_be_is_explained_before_and_refused_when_sent(as_hr, programme, order, sentence):
    if len(set(order)) == len(order) > 0:
        looked = as_hr.get(at(programme, "goals"), query_string={"draft": "yes", "goals": order})
        assert sentence in words(looked)
    refused = send(as_hr, programme, "goals", {"goals": order})
    assert refused.status_code == 422
    assert sentence in words(refused)
    assert saved(programme, "goals") == ["coverage", "points"]


def test_a_goal_nobody_knows_is_refused_and_not_shown(as_hr, programme):
    refused = send(as_hr, programme, "goals", {"goals": ["coverage", "luck"]})
    assert refused.status_code == 422
    assert 'value="luck"' not in refused.text


@pytest.mark.parametrize("part", ["rules", "weights", "goals"])
def test_an_archived_programme_is_shown_and_not_changed(as_hr, programme, part):
    upkeep.archive_programme(programme, by=BY)
    db.session.commit()
    page = as_hr.get(at(programme, part))
    assert page.status_code == 200
    assert "Save the" not in words(page)
    fields = {
        "rules": {},
        "weights": word_fields(hours=1),
        "goals": {"goals": ["points"]},
    }[part]
    assert post(as_hr, at(programme, part), {"seen": seen(page), **fields}).status_code == 409


@pytest.mark.parametrize("part", ["rules", "weights", "goals"])
def test_the_architect_reads_and_tries_and_saves_nothing(as_architect, matched, part):
    programme = matched.programmes[0]
    page = as_architect.get(at(programme, part))
    assert "Save the" not in words(page)
    assert "Save this" not in words(page)
    fields = {
        "rules": rule_fields(programme, other_department="y"),
        "weights": word_fields(hours=1),
        "goals": {"goals": ["points"]},
    }[part]
    fields["seen"] = seen(page)
    assert post(as_architect, at(programme, part), fields).status_code == 403
    assert post(as_architect, at(programme, part) + "/try", fields).status_code == 303


def test_settings_are_tried_on_the_last_round_and_the_page_says_whom_they_concern(as_hr, matched):
    programme = matched.programmes[0]
    before = service.settings_of(programme)
    fields = rule_fields(programme, shared_hours="y", shared_hours__minutes="1440")
    asked = send(as_hr, programme, "rules", fields, "/try")
    assert asked.status_code == 303
    page = as_hr.get(asked.location)
    assert "6 of 6 mentees would have someone else, or nobody." in words(page)
    compare = re.search(r'href="(/rounds/\d+/compare\?[^"]+)"', page.text)[1].replace("&amp;", "&")
    assert "With the rule: At least 24 hours of shared working hours" in words(as_hr.get(compare))
    assert re.search(r'<input [^>]*checked[^>]* id="shared_hours"', page.text), (
        "what was entered is still there"
    )
    assert service.settings_of(programme) == before
    run = db.session.scalars(sa.select(Run).order_by(Run.id.desc())).first()
    assert run.is_what_if
    assert run.settings[programme.key]["criteria"] == before["criteria"]


def test_while_a_trial_runs_the_page_asks_again_until_it_has_ended(as_hr, matched, monkeypatch):
    monkeypatch.setattr(tasks, "hand_over", lambda run_id: None)
    programme = matched.programmes[0]
    asked = send(as_hr, programme, "goals", {"goals": ["points", "coverage"]}, "/try")
    page = as_hr.get(asked.location)
    source = re.search(r'id="trial" class="stack-s" hx-get="([^"]+)"', page.text)[1].replace("&amp;", "&")
    assert "<noscript>" in page.text
    assert "hx-trigger" in as_hr.get(source, headers=FRAGMENT).text
    tasks.carry_out(int(re.search(r"trial=(\d+)", asked.location)[1]))
    db.session.expire_all()
    ended = as_hr.get(source, headers=FRAGMENT).text
    assert ended.lstrip().startswith('<div id="trial"')
    assert "hx-trigger" not in ended
    assert "would have" in ended
    again = send(as_hr, programme, "goals", {"goals": ["coverage", "points"]}, "/try")
    assert again.status_code == 422
    assert "nothing is otherwise" in words(again)


def test_two_trials_of_a_round_at_once_are_one_too_many(as_hr, matched, monkeypatch):
    monkeypatch.setattr(tasks, "hand_over", lambda run_id: None)
    programme = matched.programmes[0]
    assert send(as_hr, programme, "goals", {"goals": ["points"]}, "/try").status_code == 303
    assert send(as_hr, programme, "goals", {"goals": ["points"]}, "/try").status_code == 409


def test_without_a_matched_round_there_is_nothing_to_try_on(as_hr, programme):
    page = as_hr.get(at(programme, "rules"))
    assert "Try on" not in words(page)
    assert "Once a round has been matched" in words(page)
    assert send(as_hr, programme, "rules", rule_fields(programme), "/try").status_code == 409


def test_a_trial_of_another_programme_or_a_run_is_no_trial(as_hr, matched, programme):
    run = db.session.scalars(sa.select(Run)).one()
    assert as_hr.get(at(matched.programmes[0], "rules"), query_string={"trial": run.id}).status_code == 404
    asked = send(as_hr, matched.programmes[0], "goals", {"goals": ["points"]}, "/try")
    trial = re.search(r"trial=(\d+)", asked.location)[1]
    assert as_hr.get(at(programme, "rules"), query_string={"trial": trial}).status_code == 404


def test_the_task_list_says_how_rules_weights_and_goals_stand(as_hr, programme):
    page = words(as_hr.get(at(programme).rstrip("/")))
    assert "Not in the same reporting line and A language in common" in page
    assert "Most of all skills asked for (60%) and right step up in level (20%)" in page
    assert "As many people as possible, then the best fit together" in page


@pytest.mark.parametrize("part", ["rules", "weights", "goals"])
def test_a_page_costs_few_statements(as_hr, matched, part):
    programme = matched.programmes[0]
    as_hr.get(at(programme, part))
    with count_statements() as statements:
        as_hr.get(at(programme, part))
    assert len(statements) <= 12, statements


def test_what_makes_no_sense_in_a_kind_of_programme_is_not_asked_for(as_hr):
    reverse = factories.programme(kind=ProgrammeKind.REVERSE_MENTORING)
    page = as_hr.get(at(reverse, "weights"))
    assert "Right step up in level" in words(page)
    assert "Right step up in grade" not in words(page)


def test_peers_have_rules_in_words_of_their_own_and_no_goal_that_makes_no_sense(as_hr):
    matching_round = circle()
    (peers,) = matching_round.programmes
    page = words(as_hr.get(at(peers, "rules")))
    assert "Help with what the other wants" in page
    assert "Least steps apart" in page
    assert "mentor" not in page[page.index("Rules that every match keeps") :]
    assert "Pairs of peers are not counted." in page
    goals = words(as_hr.get(at(peers, "goals")))
    assert "No two people who would both rather have each other" not in goals
    assert "The weakest match as good as possible" in goals


def test_saving_rules_of_peers_has_nothing_counted(as_hr):
    """The count looks at pairs of a mentee and a mentor."""
    (peers,) = circle().programmes
    fields = rule_fields(peers, other_department="y")
    assert send(as_hr, peers, "rules", fields).status_code == 303
    assert "other_department" in service.settings_of(peers)["rules"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RuleCount)) == 0
