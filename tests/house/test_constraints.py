"""Every CHECK and UNIQUE of the database bites: each is broken once by an otherwise valid row."""

import pytest
import sqlalchemy as sa

from app.db import db

INSTANT = "2026-11-23 09:00:00+00:00"
DAY, LATER, EARLIER = "2026-11-23", "2026-12-23", "2026-10-23"

WORLD: dict[str, dict] = {
    "audit_event": {
        "id": 1, "at": INSTANT, "actor": "command line", "action": "person.changed", "subject_type": "person",
        "details": "{}", "request_id": "", "previous_hash": "0", "hash": "1",
    },
    "department": {"id": 1, "name": "Care"},
    "location": {"id": 1, "name": "Paris", "time_zone": "Europe/Paris"},
    "person": {
        "id": 1, "employee_id": "E1", "name": "Amara Diallo", "email": "amara@example.test", "job_title": "", "bio": "",
        "time_zone": "UTC", "hours_a_month": 2.0, "seeks_mentor": True, "mentor_capacity": 0, "created_at": INSTANT,
    },
    "working_hours": {"person_id": 1, "starts_minute": 540, "ends_minute": 1020},
    "spoken_language": {"person_id": 1, "language": "en"},
    "personal_block": {"person_id": 1, "blocked_person_id": 2, "created_at": INSTANT},
    "skill": {
        "id": 1, "source": "own", "source_key": "sql", "label": "SQL", "folded_label": "sql", "description": "",
        "created_at": INSTANT,
    },
    "skill_edge": {"from_skill_id": 1, "kind": "broader", "to_skill_id": 2},
    "claim": {"id": 1, "person_id": 1, "skill_id": 1, "level": 3, "created_at": INSTANT},
    "claim_evidence": {"id": 1, "claim_id": 1, "kind": "work", "description": "", "created_at": INSTANT},
    "goal": {"id": 1, "person_id": 1, "skill_id": 1, "level": 3, "importance": 2, "created_at": INSTANT},
    "account": {"id": 1, "email": "amara@example.test", "person_id": 1, "is_demo": False, "created_at": INSTANT},
    "account_role": {"account_id": 1, "role": "employee"},
    "sign_in_attempt": {"email_hash": "a", "slot": 1, "at": INSTANT},
    "sign_in_session": {
        "id": 1, "token_hash": "a", "account_id": 1, "last_seen_at": INSTANT, "expires_at": INSTANT, "browser": "",
        "created_at": INSTANT,
    },
    "programme": {
        "id": 1, "key": "mentoring", "name": "Mentoring", "kind": "mentoring", "hours_a_month": 2.0,
        "created_at": INSTANT,
    },
    "programme_criterion": {"programme_id": 1, "criterion": "skills", "weight": 40},
    "programme_goal": {"programme_id": 1, "position": 1, "goal": "coverage"},
    "audience_department": {"programme_id": 1, "role": "mentee", "department_id": 1},
    "audience_location": {"programme_id": 1, "role": "mentee", "location_id": 1},
    "audience_grades": {"programme_id": 1, "role": "mentee", "lowest_grade": 2, "highest_grade": 4},
    "programme_message": {"programme_id": 1, "kind": "invitation", "body": "Hello"},
    "programme_agenda_item": {"programme_id": 1, "position": 1, "words": "The topic", "minutes": 40},
    "programme_check_in": {
        "programme_id": 1, "position": 1, "moment": "after_start", "days": 30, "words": "How is it going?",
    },
    "programme_version": {"id": 1, "programme_id": 1, "number": 1, "settings": "{}", "made_at": INSTANT},
    "programme_open_task": {"programme_id": 1, "task": "messages"},
    "community": {
        "id": 1, "slug": "data", "name": "Data", "purpose": "Better charts", "joining": "open", "least_members": 2,
        "most_members": 9, "created_at": INSTANT,
    },
    "community_topic": {"community_id": 1, "skill_id": 1},
    "community_mix": {"community_id": 1, "attribute": "department", "at_least": 2},
    "community_membership": {
        "id": 1, "community_id": 1, "person_id": 1, "role": "member", "came_by": "joined", "joined_at": INSTANT,
        "parts": "[]", "reasons": "[]",
    },
    "community_request": {
        "id": 1, "community_id": 1, "person_id": 1, "is_invitation": False, "words": "", "state": "waiting",
        "asked_at": INSTANT,
    },
    "programme_community": {"programme_id": 1, "community_id": 1},
    "programme_question": {"id": 1, "key": "remote", "words": "Remote?", "answer_type": "one_choice"},
    "programme_question_option": {"question_id": 1, "position": 1, "words": "Always"},
    "asked_question": {
        "programme_id": 1, "question_id": 1, "position": 1, "asked_of": "everyone", "is_required": True,
    },
    "matching_round": {
        "id": 1, "name": "Winter", "state": "open", "opens_on": DAY, "closes_on": LATER, "starts_on": DAY,
        "ends_on": LATER, "created_at": INSTANT, "shares_hours": False,
    },
    "matching_round_programme": {"matching_round_id": 1, "programme_id": 1, "cover_place": 1},
    "enrolment": {
        "id": 1, "matching_round_id": 1, "programme_id": 1, "person_id": 1, "role": "mentee", "places": 1,
        "enrolled_at": INSTANT,
    },
    "enrolment_wish": {"enrolment_id": 1, "position": 1, "mentor_id": 2},
    "enrolment_answer": {"enrolment_id": 1, "question_id": 1, "position": 1, "answer": "Always"},
    "community_wish": {"enrolment_id": 1, "position": 1, "community_id": 1},
    "decision": {
        "id": 1, "matching_round_id": 1, "programme_id": 1, "kind": "lock", "mentee_id": 1, "mentor_id": 2,
        "reason": "", "is_override": False, "decided_at": INSTANT,
    },
    "run": {
        "id": 1, "matching_round_id": 1, "state": "queued", "seed": 0, "attempts": 0, "stage": "", "done": 0,
        "total": 1, "queued_at": INSTANT,
    },
    "run_document": {"run_id": 1, "kind": "problem", "body": b"x"},
    "run_certificate": {
        "run_id": 1, "solution_sha256": "a", "answer_sha256": "b", "engine": "{}", "rules": "[]", "goals": "[]",
        "checked_at": INSTANT,
    },
    "replay": {
        "id": 1, "run_id": 1, "state": "queued", "asked_at": INSTANT, "attempts": 0, "stage": "", "done": 0, "total": 1,
    },
    "closing_check": {"matching_round_id": 1, "keep": "The dates", "saved_at": INSTANT},
    "notification": {
        "id": 1, "person_id": 1, "kind": "match", "occasion": "match:1", "subject": "Hello", "body": "",
        "endpoint": "", "arguments": "{}", "told_at": INSTANT,
    },
    "match_note": {"id": 1, "matching_round_id": 1, "person_id": 1, "words": "Both agree", "written_at": INSTANT},
    "closing_decision": {
        "id": 1, "matching_round_id": 1, "programme_id": 1, "part": "weight", "name": "skills", "figures": "{}", "words": "",
        "decided_at": INSTANT,
    },
    "rule_count": {
        "programme_id": 1, "matching_round_id": 1, "state": "queued", "number": 1, "attempts": 0, "asked_at": INSTANT,
        "rules": "{}", "in_force": "[]", "pairs": 0, "looked_at": 0, "together": 0, "forbidden": "{}", "failure": "",
    },
    "question": {
        "id": 1, "run_id": 1, "kind": "why_not", "programme_id": 1, "mentee_id": 1, "mentor_id": 2, "state": "queued",
        "attempts": 0, "asked_at": INSTANT,
    },
    "assignment": {"id": 1, "run_id": 1, "programme_id": 1, "points": 80, "parts": "[]", "reasons": "[]"},
    "assignment_member": {"assignment_id": 1, "person_id": 1, "role": "mentee"},
    "closed_group": {
        "id": 1, "run_id": 1, "programme_id": 1, "community_id": 1, "cause": "too_few", "eligible": 1, "needed": 2,
    },
    "unmatched_person": {
        "run_id": 1, "programme_id": 1, "person_id": 1, "role": "mentee", "cause": "no_offer", "details": "{}",
    },
    "engagement": {
        "id": 1, "kind": "mentorship", "state": "active", "programme_id": 1, "starts_on": DAY, "ended_reason": "",
        "parts": "[]", "reasons": "[]", "created_at": INSTANT,
    },
    "engagement_member": {"engagement_id": 1, "person_id": 1, "role": "mentee"},
    "engagement_check_in": {
        "engagement_id": 1, "position": 1, "due_on": DAY, "words": "How is it going?",
    },
    "proposal_answer": {
        "engagement_id": 1, "person_id": 1, "answer": "accepted", "words": "", "seeks_another": False,
        "answered_at": INSTANT,
    },
    "mentoring_session": {
        "id": 1, "engagement_id": 1, "held_at": INSTANT, "minutes": 45, "topic": "", "created_at": INSTANT,
    },
    "feedback": {"id": 1, "engagement_id": 1, "by_person_id": 1, "rating": 5, "created_at": INSTANT},
}  # fmt: skip

BROKEN_CHECKS: dict[str, dict] = {
    "ck_account_email_in_lower_case": {"email": "Amara@example.test"},
    "ck_audience_grades_highest_in_range": {"highest_grade": 21},
    "ck_audience_grades_in_order": {"lowest_grade": 5},
    "ck_audience_grades_lowest_in_range": {"lowest_grade": 0},
    "ck_claim_level_in_range": {"level": 6},
    "ck_closed_group_of_community_or_mentor": {"community_id": None},
    "ck_closing_check_says_something": {"keep": ""},
    "ck_matching_round_programme_cover_place_counts_from_one": {"cover_place": 0},
    "ck_match_note_says_something": {"words": ""},
    "ck_notification_says_something": {"subject": ""},
    "ck_closing_decision_other_in_words": {"programme_id": None, "part": "other"},
    "ck_closing_decision_setting_of_programme": {"programme_id": None},
    "ck_community_membership_leaves_after_joining": {"left_at": "2026-11-22 09:00:00+00:00"},
    "ck_community_membership_matched_has_points": {"points": 70},
    "ck_community_membership_matched_has_round": {"came_by": "matched", "points": 70},
    "ck_community_mix_values_in_range": {"at_least": 1},
    "ck_community_request_answered_has_instant": {"answered_at": INSTANT},
    "ck_community_request_words_of_who_asks": {"is_invitation": True, "words": "x"},
    "ck_community_sizes_in_order": {"least_members": 10},
    "ck_community_wish_position_in_range": {"position": 6},
    "ck_decision_about_a_pair_or_a_person": {"mentor_id": None},
    "ck_decision_about_two_people": {"mentor_id": 1},
    "ck_decision_choice_is_lock": {"kind": "ban", "reason": "x", "instead_of_id": 1},
    "ck_decision_has_reason": {"kind": "ban"},
    "ck_decision_override_expires": {"expires_on": DAY},
    "ck_decision_override_is_lock": {"kind": "ban", "reason": "x", "is_override": True, "expires_on": DAY},
    "ck_engagement_ended_has_day": {"state": "ended"},
    "ck_engagement_ends_after_start": {"state": "ended", "ended_on": EARLIER},
    "ck_engagement_has_instant": {"state": "withdrawn"},
    "ck_engagement_has_last_day": {"state": "proposed"},
    "ck_enrolment_places_in_range": {"places": 0},
    "ck_enrolment_wish_position_in_range": {"position": 6},
    "ck_enrolment_answer_position_from_one": {"position": 0},
    "ck_enrolment_answer_says_something": {"answer": ""},
    "ck_programme_question_option_position_from_one": {"position": 0},
    "ck_asked_question_position_from_one": {"position": 0},
    "ck_feedback_rating_in_range": {"rating": 0},
    "ck_goal_importance_in_range": {"importance": 4},
    "ck_goal_level_in_range": {"level": 0},
    "ck_matching_round_closes_after_opening": {"closes_on": EARLIER},
    "ck_matching_round_ends_after_start": {"ends_on": DAY},
    "ck_matching_round_proposed_is_published": {"answer_by": DAY},
    "ck_matching_round_published_has_instant": {"state": "published"},
    "ck_mentoring_session_minutes_in_range": {"minutes": 4},
    "ck_person_capacity_in_range": {"mentor_capacity": -1},
    "ck_person_email_in_lower_case": {"email": "AMARA@example.test"},
    "ck_person_grade_in_range": {"grade": 0},
    "ck_person_hours_in_range": {"hours_a_month": -1},
    "ck_person_not_own_manager": {"manager_id": 1},
    "ck_person_pause_ends_after_start": {"paused_from": DAY, "paused_until": EARLIER},
    "ck_person_pause_has_start": {"paused_until": DAY},
    "ck_personal_block_not_oneself": {"blocked_person_id": 1},
    "ck_proposal_answer_declined_has_reason": {"answer": "declined"},
    "ck_proposal_answer_words_when_declined": {"words": "x"},
    "ck_engagement_check_in_done_has_instant": {"done_by_id": 1},
    "ck_engagement_check_in_has_words": {"words": ""},
    "ck_engagement_check_in_position_from_one": {"position": 0},
    "ck_programme_agenda_item_has_words": {"words": ""},
    "ck_programme_agenda_item_minutes_in_range": {"minutes": 0},
    "ck_programme_agenda_item_position_from_one": {"position": 0},
    "ck_programme_check_in_days_in_range": {"days": 731},
    "ck_programme_check_in_halfway_has_no_days": {"days": 0},
    "ck_programme_check_in_has_words": {"words": ""},
    "ck_programme_check_in_position_from_one": {"position": 0},
    "ck_programme_criterion_weight_in_range": {"weight": 0},
    "ck_programme_takes_time": {"hours_a_month": 0},
    "ck_programme_version_number_from_one": {"number": 0},
    "ck_replay_finished_has_verdict": {"is_same": True},
    "ck_replay_progress_in_range": {"done": 2},
    "ck_question_about_two_people": {"mentor_id": 1},
    "ck_question_about_two_people_or_the_plan": {"kind": "rule_prices"},
    "ck_question_failed_says_why": {"failure": "x"},
    "ck_rule_count_finished_has_instant": {"state": "finished"},
    "ck_rule_count_looked_at_in_range": {"looked_at": 2},
    "ck_run_progress_in_range": {"done": 2},
    "ck_run_published_is_finished": {"published_at": INSTANT},
    "ck_run_rematch_is_no_what_if": {"follows_run_id": 1, "base_run_id": 1},
    "ck_run_what_if_unpublished": {"state": "finished", "published_at": INSTANT, "base_run_id": 1},
    "ck_sign_in_attempt_slot_in_range": {"slot": 6},
    "ck_skill_edge_not_a_loop": {"to_skill_id": 1},
    "ck_skill_edge_related_once": {"kind": "related", "from_skill_id": 2, "to_skill_id": 1},
    "ck_skill_not_replaced_by_itself": {"replaced_by_id": 1},
    "ck_spoken_language_is_a_code": {"language": "EN"},
    "ck_working_hours_within_a_day": {"ends_minute": 1441},
}
# What makes a row one that a partial index counts.
COUNTED = {
    "uq_run_one_published": {"state": "finished", "published_at": INSTANT},
    "uq_run_one_what_if": {"base_run_id": 1},
    "uq_run_one_follower": {"state": "finished", "published_at": INSTANT, "follows_run_id": 1},
    "uq_decision_one_person": {"kind": "required", "mentor_id": None},
    "uq_question_one_plan": {
        "kind": "rule_prices",
        "programme_id": None,
        "mentee_id": None,
        "mentor_id": None,
    },
}
NEIGHBOURS = {
    "person": {"id": 2, "employee_id": "E2", "email": None},
    "skill": {"id": 2, "source_key": "python"},
}


def tables() -> dict[str, sa.Table]:
    return {table.name: table for table in db.metadata.sorted_tables}


def checks() -> list[sa.CheckConstraint]:
    return [
        rule
        for table in tables().values()
        for rule in table.constraints
        if isinstance(rule, sa.CheckConstraint)
    ]


def enum_checks() -> dict[str, sa.Column]:
    return {
        str(rule.name): column
        for rule in checks()
        for column in rule.table.columns
        if isinstance(column.type, sa.Enum) and rule.name == f"ck_{rule.table.name}_{column.type.name}"
    }


def unique_names() -> list[str]:
    named = [
        rule
        for table in tables().values()
        for rule in table.constraints
        if isinstance(rule, sa.UniqueConstraint)
    ]
    indexes = [index for table in tables().values() for index in table.indexes if index.unique]
    return sorted(str(rule.name) for rule in (*named, *indexes))


def table_of(name: str) -> str:
    return max((table for table in tables() if name[3:].startswith(f"{table}_")), key=len)


def insert(table: str, values: dict) -> None:
    target = sa.table(table, *map(sa.column, values))
    db.session.execute(sa.insert(target).values(**values))


def refused(table: str, values: dict) -> str:
    with pytest.raises(sa.exc.IntegrityError) as refusal:
        insert(table, values)
    db.session.rollback()
    return str(refusal.value)


def prepare(table: str) -> None:
    needed = [name for name in tables() if name in _ancestors(table)]
    for name in needed:
        insert(name, WORLD[name])
        if name in NEIGHBOURS:
            insert(name, {**WORLD[name], **NEIGHBOURS[name]})


def _ancestors(table: str) -> set[str]:
    direct = {key.column.table.name for key in tables()[table].foreign_keys} - {table}
    return direct.union(*(_ancestors(name) for name in direct)) if direct else set()


@pytest.mark.parametrize("name", sorted(BROKEN_CHECKS))
def test_a_check_refuses_a_row_that_breaks_it(app, name):
    table = table_of(name)
    prepare(table)
    assert name in refused(table, {**WORLD[table], **BROKEN_CHECKS[name]})
    prepare(table)
    insert(table, WORLD[table])


@pytest.mark.parametrize("name", sorted(enum_checks()))
def test_a_word_outside_the_vocabulary_is_refused(app, name):
    column = enum_checks()[name]
    row = {**WORLD[column.table.name], column.name: "nonsense"}
    if name == "ck_proposal_answer_reason":
        row["answer"] = "declined"  # so that no other rule refuses it first
    if name == "ck_community_request_state":
        row["answered_at"] = INSTANT
    prepare(column.table.name)
    assert name in refused(column.table.name, row)


@pytest.mark.parametrize("name", unique_names())
def test_what_is_unique_exists_once(app, name):
    table = table_of(name)
    row = {**WORLD[table], **COUNTED.get(name, {})}
    prepare(table)
    insert(table, row)
    twin = {**row, **({"id": 9} if "id" in row else {}), **_apart_from(table, name)}
    refused(table, twin)


def _apart_from(table: str, name: str) -> dict:
    """Return changes that keep every other unique rule of the table."""
    ruled = next((rule for rule in tables()[table].constraints if rule.name == name), None)
    kept = {column.name for column in ruled.columns} if ruled is not None else {"matching_round_id"}
    changes = {}
    for rule in tables()[table].constraints:
        if isinstance(rule, sa.UniqueConstraint) and rule.name != name:
            column = next(column for column in rule.columns if column.name not in kept)
            changes[column.name] = None if column.nullable else "another"
    if table in (
        "programme_goal",
        "enrolment_wish",
        "community_wish",
        "programme_question_option",
        "enrolment_answer",
    ):
        changes["position"] = 2
    return changes


def test_every_check_has_its_bite():
    named = {str(rule.name) for rule in checks()}
    assert named == set(BROKEN_CHECKS) | set(enum_checks())
