"""The command that makes a plan come true: all of it in one transaction, or nothing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from app import audit, clock
from app.db import db
from app.engagements.models import (
    Engagement,
    EngagementKind,
    EngagementMember,
    EngagementRole,
    EngagementState,
)
from app.errors import Conflict, Invalid
from app.notifications import service as notify
from app.programmes.models import Programme, ProgrammeKind
from app.rounds.changes import Pair, changed_pairs, pairs_of
from app.rounds.check_ins import fix_check_ins, starts_on
from app.rounds.enrolling import hold_for_change, roles_in
from app.rounds.group_queries import GROUPS
from app.rounds.models import Assignment, EnrolmentRole, MatchingRound, Run
from app.rounds.proposing import check_answer_by
from app.rounds.publishing_groups import hold_communities, publish_groups
from app.rounds.rematching import check_may_follow_up
from app.rounds.run_queries import pair_count
from app.rounds.service import move
from app.rounds.states import RoundState, RunState, check_may_follow
from app.rounds.telling import news_of
from app.words import plural


def check_may_publish(run: Run, matching_round: MatchingRound, *, pairs: int) -> None:
    """Refuse to publish what is no finished plan of a round that waits for review.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if run.is_what_if:
        raise Conflict("A what-if cannot be published: it only shows what other settings would bring.")
    if run.is_rematch:
        check_may_follow_up(run, matching_round)
    else:
        check_may_follow(matching_round.name, matching_round.state, RoundState.PUBLISHED)
    if run.state is not RunState.FINISHED:
        raise Conflict("This run found no plan, so there is nothing to publish.")
    if not pairs:
        raise Conflict("This run matched nobody, so there is nothing to publish.")


def check_may_ask(matching_round: MatchingRound) -> None:
    """Refuse to propose what nobody could answer: peer coaching and groups begin at once.

    Raises:
        Invalid: with the reason, as the page says it too.
    """
    if any(EnrolmentRole.PEER in roles_in(row) for row in matching_round.programmes):
        raise Invalid("Peer coaching begins at once, so this round is published without asking.", field="how")
    if any(row.kind in GROUPS for row in matching_round.programmes):
        raise Invalid(
            "Groups begin at once, so this round is published without asking. "
            "Whoever does not want to be in a community leaves it.",
            field="how",
        )


def publish_run(run: Run, *, by: audit.Actor, answer_by: date | None = None) -> int:
    """Turn the pairs of a run into mentorships that both people see; return how many.

    With `answer_by` they are proposals, which both people accept or decline until the end of that day. The
    matches of a re-match join those that stand, and are always proposals.

    Raises:
        Conflict: when somebody else was faster, or a pair no longer keeps the rules.
        Invalid: when `answer_by` is no day to answer by.
    """
    matching_round = run.matching_round
    check_may_publish(run, matching_round, pairs=pair_count(run))
    if answer_by is not None:
        check_may_ask(matching_round)
        check_answer_by(matching_round, answer_by)
    # First, so that of two publishers the second waits here and then finds the round published.
    if run.is_rematch:
        _join(run, matching_round, answer_by)
    else:
        move(matching_round, RoundState.PUBLISHED, published_at=clock.now(), answer_by=answer_by)
    hold_communities(run)
    pairs = pairs_of(run)
    changed = changed_pairs(run, pairs)
    if changed:
        verb = "has" if changed == 1 else "have"
        raise Conflict(
            f"{plural(changed, 'match', 'matches')} of this run {verb} changed since: someone left, is away, "
            "takes fewer people or no longer keeps a rule. Run the matching again, then publish."
        )
    run.published_at = clock.now()
    in_groups = {row.key for row in matching_round.programmes if row.kind in GROUPS}
    alone = [pair for pair in pairs if pair.programme not in in_groups]
    engagement_ids = _create_mentorships(run, matching_round, alone, answer_by)
    details = {"name": matching_round.name, "run": run.id, "mentorships": len(pairs)}
    action = "mentorship.began" if answer_by is None else "proposal.made"
    audit.record_all(
        [
            audit.Entry("round.published", "matching_round", matching_round.id, details=details),
            *(
                audit.Entry(
                    "peer_coaching.began" if pair.are_peers else action,
                    "engagement",
                    engagement_id,
                    person_id=pair.ids[0],
                )
                for engagement_id, pair in zip(engagement_ids, alone, strict=True)
            ),
            *publish_groups(run, matching_round),
        ],
        by=by,
    )
    notify.tell(news_of(run, list(zip(engagement_ids, alone, strict=True)), answer_by))
    return len(pairs)


def _join(run: Run, matching_round: MatchingRound, answer_by: date | None) -> None:
    """Hold a published round, so that of two who publish further matches the second finds the first's."""
    if answer_by is None:
        raise Invalid(
            "Further matches are always proposals. Enter the last day to answer.", field="answer_by"
        )
    hold_for_change(matching_round)
    check_may_follow_up(run, matching_round)


def _create_mentorships(
    run: Run, matching_round: MatchingRound, pairs: Sequence[Pair], answer_by: date | None
) -> list[int]:
    """Write the mentorships and their members; return the ids of the mentorships, in the pairs' order."""
    copied = {
        "kind": sa.case(
            (Programme.kind == ProgrammeKind.PEER_COACHING, EngagementKind.PEER_COACHING.value),
            else_=EngagementKind.MENTORSHIP.value,
        ),
        "state": _all_of(
            Engagement.state, EngagementState.ACTIVE if answer_by is None else EngagementState.PROPOSED
        ),
        "answer_by": _all_of(Engagement.answer_by, answer_by),
        "programme_id": Assignment.programme_id,
        "matching_round_id": _all_of(Engagement.matching_round_id, matching_round.id),
        "starts_on": _all_of(Engagement.starts_on, starts_on(run)),
        "ends_on": _all_of(Engagement.ends_on, matching_round.ends_on),
        "points": Assignment.points,
        "parts": Assignment.parts,
        "reasons": Assignment.reasons,
    }
    assignments = (
        sa.select(*copied.values())
        .join_from(Assignment, Programme)
        .where(Assignment.run_id == run.id, Programme.kind.not_in(GROUPS))
        .order_by(Assignment.id)
    )
    made = sa.insert(Engagement).from_select(list(copied), assignments).returning(Engagement.id)
    # Both databases number rows as the select yields them, but may return them in another order.
    engagement_ids = sorted(db.session.scalars(made))
    if not engagement_ids:
        return []
    members: Any = EngagementMember.__table__
    db.session.execute(
        sa.insert(members),
        [
            {"engagement_id": engagement_id, "person_id": person_id, "role": EngagementRole(role)}
            for engagement_id, pair in zip(engagement_ids, pairs, strict=True)
            for person_id, role in pair.people
        ],
    )
    fix_check_ins(matching_round, since=engagement_ids[0])
    return engagement_ids


def _all_of(column: InstrumentedAttribute[Any], value: object) -> sa.ColumnElement[Any]:
    """Return what gives `value` to `column` in every row of a select."""
    return sa.literal(value, column.type)
