"""First tables.

Revision: 0001, after .
"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


APPEND_ONLY_SQLITE = """
CREATE TRIGGER audit_event_no_{verb} BEFORE {verb} ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END
"""
APPEND_ONLY_POSTGRESQL = """
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit events are append-only'; END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
"""


def make_audit_append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(APPEND_ONLY_SQLITE.format(verb=verb))
    else:
        op.execute(APPEND_ONLY_POSTGRESQL)


def upgrade() -> None:
    op.create_table('audit_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('actor', sa.String(length=120), nullable=False),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('subject_type', sa.String(length=64), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('request_id', sa.String(length=32), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_event')),
    sa.UniqueConstraint('hash', name=op.f('uq_audit_event_hash'))
    )
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_event_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_event_person_id'), ['person_id'], unique=False)

    op.create_table('department',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_department')),
    sa.UniqueConstraint('name', name=op.f('uq_department_name'))
    )
    op.create_table('location',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_location')),
    sa.UniqueConstraint('name', name=op.f('uq_location_name'))
    )
    op.create_table('matching_round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('state', sa.Enum('draft', 'open', 'closed', 'solving', 'proposed', 'published', 'completed', 'cancelled', name='state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('opens_on', sa.Date(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(published_at IS NOT NULL) = (state IN ('published', 'completed'))", name=op.f('ck_matching_round_published_has_instant')),
    sa.CheckConstraint('closes_on >= opens_on', name=op.f('ck_matching_round_closes_after_opening')),
    sa.CheckConstraint('ends_on > starts_on', name=op.f('ck_matching_round_ends_after_start')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_matching_round')),
    sa.UniqueConstraint('name', name=op.f('uq_matching_round_name'))
    )
    op.create_table('programme',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.Enum('mentoring', name='kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('hours_a_month', sa.Double(), nullable=False),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('hours_a_month > 0', name=op.f('ck_programme_takes_time')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme')),
    sa.UniqueConstraint('key', name=op.f('uq_programme_key')),
    sa.UniqueConstraint('name', name=op.f('uq_programme_name'))
    )
    op.create_table('sign_in_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email_hash', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_attempt'))
    )
    with op.batch_alter_table('sign_in_attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_attempt_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_sign_in_attempt_email_hash_at'), ['email_hash', 'at'], unique=False)

    op.create_table('skill',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source', sa.Enum('starter', 'esco', 'own', name='source', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('source_key', sa.String(length=200), nullable=False),
    sa.Column('label', sa.String(length=300), nullable=False),
    sa.Column('folded_label', sa.String(length=300), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('deprecated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('replaced_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('replaced_by_id <> id', name=op.f('ck_skill_not_replaced_by_itself')),
    sa.ForeignKeyConstraint(['replaced_by_id'], ['skill.id'], name=op.f('fk_skill_replaced_by_id_skill'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_skill')),
    sa.UniqueConstraint('source', 'source_key', name=op.f('uq_skill_source_source_key'))
    )
    with op.batch_alter_table('skill', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_skill_folded_label'), ['folded_label'], unique=False)

    op.create_table('engagement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('mentorship', name='kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('state', sa.Enum('active', 'completed', 'ended', name='state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('matching_round_id', sa.Integer(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('ended_reason', sa.String(length=500), nullable=False),
    sa.Column('points', sa.Integer(), nullable=True),
    sa.Column('parts', sa.JSON(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(ended_on IS NULL) = (state = 'active')", name=op.f('ck_engagement_ended_has_day')),
    sa.CheckConstraint('ended_on >= starts_on', name=op.f('ck_engagement_ends_after_start')),
    sa.ForeignKeyConstraint(['matching_round_id'], ['matching_round.id'], name=op.f('fk_engagement_matching_round_id_matching_round'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_engagement_programme_id_programme'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_engagement'))
    )
    with op.batch_alter_table('engagement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_engagement_matching_round_id'), ['matching_round_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_engagement_programme_id'), ['programme_id'], unique=False)

    op.create_table('matching_round_programme',
    sa.Column('matching_round_id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['matching_round_id'], ['matching_round.id'], name=op.f('fk_matching_round_programme_matching_round_id_matching_round'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_matching_round_programme_programme_id_programme'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('matching_round_id', 'programme_id', name=op.f('pk_matching_round_programme'))
    )
    with op.batch_alter_table('matching_round_programme', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_matching_round_programme_programme_id'), ['programme_id'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('employee_id', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('job_title', sa.String(length=200), nullable=False),
    sa.Column('bio', sa.Text(), nullable=False),
    sa.Column('department_id', sa.Integer(), nullable=True),
    sa.Column('location_id', sa.Integer(), nullable=True),
    sa.Column('manager_id', sa.Integer(), nullable=True),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('grade', sa.Integer(), nullable=True),
    sa.Column('hours_a_month', sa.Double(), nullable=False),
    sa.Column('seeks_mentor', sa.Boolean(), nullable=False),
    sa.Column('mentor_capacity', sa.Integer(), nullable=False),
    sa.Column('paused_from', sa.Date(), nullable=True),
    sa.Column('paused_until', sa.Date(), nullable=True),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_person_email_in_lower_case')),
    sa.CheckConstraint('grade BETWEEN 1 AND 20', name=op.f('ck_person_grade_in_range')),
    sa.CheckConstraint('hours_a_month BETWEEN 0 AND 200', name=op.f('ck_person_hours_in_range')),
    sa.CheckConstraint('manager_id <> id', name=op.f('ck_person_not_own_manager')),
    sa.CheckConstraint('mentor_capacity BETWEEN 0 AND 20', name=op.f('ck_person_capacity_in_range')),
    sa.CheckConstraint('paused_until >= paused_from', name=op.f('ck_person_pause_ends_after_start')),
    sa.CheckConstraint('paused_until IS NULL OR paused_from IS NOT NULL', name=op.f('ck_person_pause_has_start')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_person_department_id_department'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['location_id'], ['location.id'], name=op.f('fk_person_location_id_location'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['manager_id'], ['person.id'], name=op.f('fk_person_manager_id_person'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email')),
    sa.UniqueConstraint('employee_id', name=op.f('uq_person_employee_id'))
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_department_id'), ['department_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_location_id'), ['location_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_manager_id'), ['manager_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_person_name'), ['name'], unique=False)

    op.create_table('programme_criterion',
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('criterion', sa.String(length=40), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.CheckConstraint('weight BETWEEN 1 AND 1000', name=op.f('ck_programme_criterion_weight_in_range')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_programme_criterion_programme_id_programme'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('programme_id', 'criterion', name=op.f('pk_programme_criterion'))
    )
    op.create_table('programme_goal',
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('goal', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_programme_goal_programme_id_programme'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('programme_id', 'position', name=op.f('pk_programme_goal')),
    sa.UniqueConstraint('programme_id', 'goal', name=op.f('uq_programme_goal_programme_id_goal'))
    )
    op.create_table('programme_rule',
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(length=40), nullable=False),
    sa.Column('parameters', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_programme_rule_programme_id_programme'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('programme_id', 'rule', name=op.f('pk_programme_rule'))
    )
    op.create_table('run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('matching_round_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'running', 'finished', 'failed', 'cancelled', name='state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('seed', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('stage', sa.String(length=80), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('heartbeat_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stop_requested_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.String(length=1000), nullable=True),
    sa.Column('status', sa.String(length=20), nullable=True),
    sa.Column('points', sa.Integer(), nullable=True),
    sa.Column('bound', sa.Integer(), nullable=True),
    sa.Column('mentees', sa.Integer(), nullable=True),
    sa.Column('mentees_matched', sa.Integer(), nullable=True),
    sa.Column('mentors', sa.Integer(), nullable=True),
    sa.Column('candidates', sa.Integer(), nullable=True),
    sa.Column('rules_checked', sa.Integer(), nullable=True),
    sa.Column('problem_sha256', sa.String(length=64), nullable=True),
    sa.CheckConstraint("published_at IS NULL OR state = 'finished'", name=op.f('ck_run_published_is_finished')),
    sa.CheckConstraint('0 <= done AND done <= total', name=op.f('ck_run_progress_in_range')),
    sa.ForeignKeyConstraint(['matching_round_id'], ['matching_round.id'], name=op.f('fk_run_matching_round_id_matching_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run'))
    )
    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_run_matching_round_id'), ['matching_round_id'], unique=False)
        batch_op.create_index('uq_run_one_active', ['matching_round_id'], unique=True, sqlite_where=sa.text("state IN ('queued', 'running')"), postgresql_where=sa.text("state IN ('queued', 'running')"))
        batch_op.create_index('uq_run_one_published', ['matching_round_id'], unique=True, sqlite_where=sa.text('published_at IS NOT NULL'), postgresql_where=sa.text('published_at IS NOT NULL'))

    op.create_table('skill_alias',
    sa.Column('skill_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=300), nullable=False),
    sa.Column('folded_label', sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(['skill_id'], ['skill.id'], name=op.f('fk_skill_alias_skill_id_skill'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('skill_id', 'label', name=op.f('pk_skill_alias'))
    )
    with op.batch_alter_table('skill_alias', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_skill_alias_folded_label'), ['folded_label'], unique=False)

    op.create_table('skill_edge',
    sa.Column('from_skill_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('broader', 'requires', 'related', name='kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('to_skill_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind <> 'related' OR from_skill_id < to_skill_id", name=op.f('ck_skill_edge_related_once')),
    sa.CheckConstraint('from_skill_id <> to_skill_id', name=op.f('ck_skill_edge_not_a_loop')),
    sa.ForeignKeyConstraint(['from_skill_id'], ['skill.id'], name=op.f('fk_skill_edge_from_skill_id_skill'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['to_skill_id'], ['skill.id'], name=op.f('fk_skill_edge_to_skill_id_skill'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('from_skill_id', 'kind', 'to_skill_id', name=op.f('pk_skill_edge'))
    )
    with op.batch_alter_table('skill_edge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_skill_edge_to_skill_id'), ['to_skill_id'], unique=False)

    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('email = lower(email)', name=op.f('ck_account_email_in_lower_case')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_account_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('email', name=op.f('uq_account_email')),
    sa.UniqueConstraint('person_id', name=op.f('uq_account_person_id'))
    )
    op.create_table('assignment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('parts', sa.JSON(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_assignment_programme_id_programme'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_assignment_run_id_run'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assignment'))
    )
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignment_programme_id'), ['programme_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_assignment_run_id_points'), ['run_id', 'points'], unique=False)

    op.create_table('claim',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('skill_id', sa.Integer(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('level BETWEEN 1 AND 5', name=op.f('ck_claim_level_in_range')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_claim_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['skill_id'], ['skill.id'], name=op.f('fk_claim_skill_id_skill'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim')),
    sa.UniqueConstraint('person_id', 'skill_id', name=op.f('uq_claim_person_id_skill_id'))
    )
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claim_skill_id'), ['skill_id'], unique=False)

    op.create_table('engagement_member',
    sa.Column('engagement_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('mentee', 'mentor', name='role', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.ForeignKeyConstraint(['engagement_id'], ['engagement.id'], name=op.f('fk_engagement_member_engagement_id_engagement'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_engagement_member_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('engagement_id', 'person_id', name=op.f('pk_engagement_member'))
    )
    with op.batch_alter_table('engagement_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_engagement_member_person_id'), ['person_id'], unique=False)

    op.create_table('enrolment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('matching_round_id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('mentee', 'mentor', name='role', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('enrolled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('places BETWEEN 1 AND 20', name=op.f('ck_enrolment_places_in_range')),
    sa.ForeignKeyConstraint(['matching_round_id'], ['matching_round.id'], name=op.f('fk_enrolment_matching_round_id_matching_round'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_enrolment_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_enrolment_programme_id_programme'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment')),
    sa.UniqueConstraint('matching_round_id', 'programme_id', 'person_id', 'role', name=op.f('uq_enrolment_matching_round_id_programme_id_person_id_role'))
    )
    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enrolment_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_enrolment_programme_id'), ['programme_id'], unique=False)

    op.create_table('feedback',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('engagement_id', sa.Integer(), nullable=False),
    sa.Column('by_person_id', sa.Integer(), nullable=False),
    sa.Column('rating', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('rating BETWEEN 1 AND 5', name=op.f('ck_feedback_rating_in_range')),
    sa.ForeignKeyConstraint(['by_person_id'], ['person.id'], name=op.f('fk_feedback_by_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['engagement_id'], ['engagement.id'], name=op.f('fk_feedback_engagement_id_engagement'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback')),
    sa.UniqueConstraint('engagement_id', 'by_person_id', name=op.f('uq_feedback_engagement_id_by_person_id'))
    )
    with op.batch_alter_table('feedback', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feedback_by_person_id'), ['by_person_id'], unique=False)

    op.create_table('goal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('skill_id', sa.Integer(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('importance', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('importance BETWEEN 1 AND 3', name=op.f('ck_goal_importance_in_range')),
    sa.CheckConstraint('level BETWEEN 1 AND 5', name=op.f('ck_goal_level_in_range')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_goal_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['skill_id'], ['skill.id'], name=op.f('fk_goal_skill_id_skill'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goal')),
    sa.UniqueConstraint('person_id', 'skill_id', name=op.f('uq_goal_person_id_skill_id'))
    )
    with op.batch_alter_table('goal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_goal_skill_id'), ['skill_id'], unique=False)

    op.create_table('mentoring_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('engagement_id', sa.Integer(), nullable=False),
    sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('topic', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('minutes BETWEEN 5 AND 600', name=op.f('ck_mentoring_session_minutes_in_range')),
    sa.ForeignKeyConstraint(['engagement_id'], ['engagement.id'], name=op.f('fk_mentoring_session_engagement_id_engagement'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentoring_session')),
    sa.UniqueConstraint('engagement_id', 'held_at', name=op.f('uq_mentoring_session_engagement_id_held_at'))
    )
    op.create_table('personal_block',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('blocked_person_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('person_id <> blocked_person_id', name=op.f('ck_personal_block_not_oneself')),
    sa.ForeignKeyConstraint(['blocked_person_id'], ['person.id'], name=op.f('fk_personal_block_blocked_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_personal_block_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'blocked_person_id', name=op.f('pk_personal_block'))
    )
    with op.batch_alter_table('personal_block', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_personal_block_blocked_person_id'), ['blocked_person_id'], unique=False)

    op.create_table('run_document',
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('problem', 'solution', name='kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_run_document_run_id_run'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'kind', name=op.f('pk_run_document'))
    )
    op.create_table('spoken_language',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.CheckConstraint('length(language) = 2 AND language = lower(language)', name=op.f('ck_spoken_language_is_a_code')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_spoken_language_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'language', name=op.f('pk_spoken_language'))
    )
    op.create_table('unmatched_person',
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('mentee', 'mentor', name='role', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('cause', sa.String(length=40), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_unmatched_person_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_unmatched_person_programme_id_programme'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], name=op.f('fk_unmatched_person_run_id_run'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('run_id', 'programme_id', 'person_id', 'role', name=op.f('pk_unmatched_person'))
    )
    with op.batch_alter_table('unmatched_person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unmatched_person_person_id'), ['person_id'], unique=False)

    op.create_table('working_hours',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('starts_minute', sa.Integer(), nullable=False),
    sa.Column('ends_minute', sa.Integer(), nullable=False),
    sa.CheckConstraint('0 <= starts_minute AND starts_minute < ends_minute AND ends_minute <= 1440', name=op.f('ck_working_hours_within_a_day')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_working_hours_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'starts_minute', name=op.f('pk_working_hours'))
    )
    op.create_table('account_role',
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('employee', 'community_lead', 'hr', 'training_architect', 'administrator', name='role', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_account_role_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', 'role', name=op.f('pk_account_role'))
    )
    op.create_table('assignment_member',
    sa.Column('assignment_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('mentee', 'mentor', name='role', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_assignment_member_assignment_id_assignment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_assignment_member_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('assignment_id', 'person_id', name=op.f('pk_assignment_member'))
    )
    with op.batch_alter_table('assignment_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_assignment_member_person_id'), ['person_id'], unique=False)

    op.create_table('claim_evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('work', 'certificate', 'feedback', 'mentor', name='kind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('description', sa.String(length=500), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['claim_id'], ['claim.id'], name=op.f('fk_claim_evidence_claim_id_claim'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claim_evidence'))
    )
    with op.batch_alter_table('claim_evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claim_evidence_claim_id'), ['claim_id'], unique=False)

    op.create_table('sign_in_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('browser', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_sign_in_session_account_id_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_in_session_token_hash'))
    )
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_session_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sign_in_session_expires_at'), ['expires_at'], unique=False)

    make_audit_append_only()


def downgrade() -> None:
    with op.batch_alter_table('sign_in_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_session_expires_at'))
        batch_op.drop_index(batch_op.f('ix_sign_in_session_account_id'))

    op.drop_table('sign_in_session')
    with op.batch_alter_table('claim_evidence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_claim_evidence_claim_id'))

    op.drop_table('claim_evidence')
    with op.batch_alter_table('assignment_member', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_assignment_member_person_id'))

    op.drop_table('assignment_member')
    op.drop_table('account_role')
    op.drop_table('working_hours')
    with op.batch_alter_table('unmatched_person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unmatched_person_person_id'))

    op.drop_table('unmatched_person')
    op.drop_table('spoken_language')
    op.drop_table('run_document')
    with op.batch_alter_table('personal_block', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_personal_block_blocked_person_id'))

    op.drop_table('personal_block')
    op.drop_table('mentoring_session')
    with op.batch_alter_table('goal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_goal_skill_id'))

    op.drop_table('goal')
    with op.batch_alter_table('feedback', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_feedback_by_person_id'))

    op.drop_table('feedback')
    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_enrolment_programme_id'))
        batch_op.drop_index(batch_op.f('ix_enrolment_person_id'))

    op.drop_table('enrolment')
    with op.batch_alter_table('engagement_member', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_engagement_member_person_id'))

    op.drop_table('engagement_member')
    with op.batch_alter_table('claim', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_claim_skill_id'))

    op.drop_table('claim')
    with op.batch_alter_table('assignment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_assignment_run_id_points'))
        batch_op.drop_index(batch_op.f('ix_assignment_programme_id'))

    op.drop_table('assignment')
    op.drop_table('account')
    with op.batch_alter_table('skill_edge', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_skill_edge_to_skill_id'))

    op.drop_table('skill_edge')
    with op.batch_alter_table('skill_alias', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_skill_alias_folded_label'))

    op.drop_table('skill_alias')
    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.drop_index('uq_run_one_published', sqlite_where=sa.text('published_at IS NOT NULL'), postgresql_where=sa.text('published_at IS NOT NULL'))
        batch_op.drop_index('uq_run_one_active', sqlite_where=sa.text("state IN ('queued', 'running')"), postgresql_where=sa.text("state IN ('queued', 'running')"))
        batch_op.drop_index(batch_op.f('ix_run_matching_round_id'))

    op.drop_table('run')
    op.drop_table('programme_rule')
    op.drop_table('programme_goal')
    op.drop_table('programme_criterion')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_name'))
        batch_op.drop_index(batch_op.f('ix_person_manager_id'))
        batch_op.drop_index(batch_op.f('ix_person_location_id'))
        batch_op.drop_index(batch_op.f('ix_person_department_id'))

    op.drop_table('person')
    with op.batch_alter_table('matching_round_programme', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_matching_round_programme_programme_id'))

    op.drop_table('matching_round_programme')
    with op.batch_alter_table('engagement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_engagement_programme_id'))
        batch_op.drop_index(batch_op.f('ix_engagement_matching_round_id'))

    op.drop_table('engagement')
    with op.batch_alter_table('skill', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_skill_folded_label'))

    op.drop_table('skill')
    with op.batch_alter_table('sign_in_attempt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_attempt_email_hash_at'))
        batch_op.drop_index(batch_op.f('ix_sign_in_attempt_at'))

    op.drop_table('sign_in_attempt')
    op.drop_table('programme')
    op.drop_table('matching_round')
    op.drop_table('location')
    op.drop_table('department')
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_event_person_id'))
        batch_op.drop_index(batch_op.f('ix_audit_event_account_id'))

    op.drop_table('audit_event')

    if op.get_bind().dialect.name == 'postgresql':
        op.execute("DROP FUNCTION refuse_audit_change()")
