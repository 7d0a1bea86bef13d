"""Commands of the check that closes a round: what to keep, what to change, and its use in the next round."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.errors import Conflict, Invalid, Missing
from app.programmes.models import Programme
from app.programmes.service import check_settings, settings_of
from app.programmes.vocabulary import ALL_POINTS, CRITERIA, GOALS, RULES, rule_sentence
from app.rounds.closing_models import LONGEST_KEEP, LONGEST_WORDS, ChangedPart, ClosingCheck, ClosingDecision
from app.rounds.models import MatchingRound
from app.rounds.states import STATE_WORDS, RoundState
from app.text import cleaned_line, cleaned_text

MOST_DECISIONS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A decision as it is asked for: a setting of a programme, or only words."""

    part: ChangedPart = ChangedPart.OTHER
    programme: Programme | None = None
    name: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""
    owner_id: int | None = None
    due_on: date | None = None


def check_may_close(matching_round: MatchingRound) -> None:
    """Refuse to look back on a round that is not published.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if matching_round.state not in (RoundState.PUBLISHED, RoundState.COMPLETED):
        state = STATE_WORDS[matching_round.state]
        raise Conflict(f"{matching_round.name} is {state}, so there is nothing to look back on yet.")


def check_may_change(matching_round: MatchingRound) -> None:
    """Refuse to write a check of a round that is not published, or completed already.

    Raises:
        Conflict: with the reason.
    """
    check_may_close(matching_round)
    if matching_round.state is RoundState.COMPLETED:
        raise Conflict(f"{matching_round.name} is completed, so its check stays as it is.")


def save_check(matching_round: MatchingRound, *, keep: str, by: audit.Actor) -> ClosingCheck:
    """Keep what went well and stays as it is, in place of what was written before.

    Raises:
        Conflict: when the round is not published, or completed already.
        Invalid: when nothing is said, or too much.
    """
    _hold(matching_round)
    keep = cleaned_text(keep)
    if not 1 <= len(keep) <= LONGEST_KEEP:
        raise Invalid(f"Enter what to keep, in at most {LONGEST_KEEP} characters.", field="keep")
    kept = db.session.get(ClosingCheck, matching_round.id) or ClosingCheck(
        matching_round_id=matching_round.id
    )
    kept.keep, kept.saved_at, kept.saved_by_id = keep, clock.now(), by.id
    db.session.add(kept)
    db.session.flush()
    _record("closing_check.saved", matching_round, by=by)
    return kept


def decide(matching_round: MatchingRound, wanted: Wanted, *, by: audit.Actor) -> ClosingDecision:
    """Add a decision for the next round.

    Raises:
        Conflict: when the round is not published, or completed already.
        Invalid: when it makes no sense beside the others, or nothing would be otherwise.
    """
    _hold(matching_round)
    words = cleaned_line(wanted.words)
    if len(words) > LONGEST_WORDS or (wanted.part is ChangedPart.OTHER and not words):
        raise Invalid(f"Enter what is to change, in at most {LONGEST_WORDS} characters.", field="words")
    before = decisions_of(matching_round.id)
    if len(before) >= MOST_DECISIONS:
        raise Invalid(f"A round has at most {MOST_DECISIONS} decisions.")
    row = ClosingDecision(
        matching_round_id=matching_round.id,
        programme_id=wanted.programme.id if wanted.programme else None,
        part=wanted.part,
        name=wanted.name,
        figures=dict(wanted.figures),
        words=words,
        owner_id=wanted.owner_id,
        due_on=wanted.due_on,
    )
    if wanted.programme is not None:
        _check_makes_sense(wanted.programme, before, row)
    elif words in {one.words for one in before if one.part is ChangedPart.OTHER}:
        raise Invalid("This is decided already.", field="words")
    db.session.add(row)
    db.session.flush()
    _record("closing_decision.added", matching_round, by=by, decision=row.id, part=row.part, setting=row.name)
    return row


def remove(matching_round: MatchingRound, decision_id: int, *, by: audit.Actor) -> None:
    """Take back a decision for the next round.

    Raises:
        Missing: when there is none.
        Conflict: when the round is completed.
    """
    row = db.session.scalar(
        sa.select(ClosingDecision).filter_by(id=decision_id, matching_round_id=matching_round.id)
    )
    if row is None:
        raise Missing
    _hold(matching_round)
    told = {
        "decision": row.id,
        "part": row.part,
        "setting": row.name,
        "figures": row.figures,
        "words": row.words,
    }
    db.session.delete(row)
    db.session.flush()
    _record("closing_decision.removed", matching_round, by=by, **told)


def decisions_of(round_id: int) -> list[ClosingDecision]:
    """Return what was decided at the end of a round, in its order."""
    query = sa.select(ClosingDecision).filter_by(matching_round_id=round_id)
    return list(db.session.scalars(query.order_by(ClosingDecision.id)))


def with_decisions(settings: Mapping[str, Any], rows: Iterable[ClosingDecision]) -> dict[str, Any]:
    """Return the settings of a programme as its decisions want them; once they are so, nothing changes."""
    rules, goals = dict(settings["rules"]), list(settings["goals"])
    weights: dict[str, int] = {}
    for row in rows:
        if row.part is ChangedPart.RULE:
            rules[row.name] = {**rules.get(row.name, {}), **row.figures}
        elif row.part is ChangedPart.NO_RULE:
            rules.pop(row.name, None)
        elif row.part is ChangedPart.WEIGHT:
            weights[row.name] = row.figures["weight"]
        elif row.part is ChangedPart.GOALS:
            goals = list(row.figures["order"])
    return {"rules": rules, "criteria": _weighted(settings["criteria"], weights), "goals": goals}


def in_words(row: ClosingDecision) -> str:
    """Say what a decision changes; of one that changes no setting, its own words."""
    match row.part:
        case ChangedPart.RULE:
            return f"With the rule: {rule_sentence(row.name, row.figures)}"
        case ChangedPart.NO_RULE:
            return f"Without the rule: {RULES[row.name].name}"
        case ChangedPart.WEIGHT:
            return f"{CRITERIA[row.name]}: {row.figures['weight']} of {ALL_POINTS} points"
        case ChangedPart.GOALS:
            return "Goals: " + "; then ".join(GOALS[name] for name in row.figures["order"])
        case _:
            return row.words


def _weighted(criteria: Mapping[str, int], wanted: Mapping[str, int]) -> dict[str, int]:
    """Give some criteria the weights wanted, and share out what is left among the others as they stand."""
    if not wanted:
        return dict(criteria)
    others = {name: weight for name, weight in criteria.items() if name not in wanted}
    left = max(ALL_POINTS - sum(wanted.values()), 0)
    return {name: points for name, points in {**wanted, **_shared(left, others)}.items() if points}


def _shared(points: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Share points out as the weights stand to each other; what is left over goes to the largest rests."""
    total = sum(weights.values())
    shares = {name: divmod(points * weight, total) for name, weight in weights.items()}
    rest = points - sum(whole for whole, _ in shares.values()) if shares else 0
    first = sorted(shares, key=lambda name: (-shares[name][1], name))[:rest]
    return {name: whole + (name in first) for name, (whole, _) in shares.items()}


def _check_makes_sense(programme: Programme, before: Iterable[ClosingDecision], row: ClosingDecision) -> None:
    """Refuse a decision whose programme could not be set so, or is so already."""
    settings, others = settings_of(programme), [one for one in before if one.programme_id == programme.id]
    already, after = with_decisions(settings, others), with_decisions(settings, [*others, row])
    if after == already:
        raise Invalid(f"{programme.name} is so already.", field="what")
    check_settings(programme.kind, after)


def _hold(matching_round: MatchingRound) -> None:
    """Let whoever writes at the same moment, or completes the round, wait until this transaction ends."""
    db.session.refresh(matching_round, with_for_update=True)
    check_may_change(matching_round)


def _record(action: str, matching_round: MatchingRound, *, by: audit.Actor, **details: Any) -> None:
    details = {"name": matching_round.name, **details}
    audit.record(audit.Entry(action, "matching_round", matching_round.id, details=details), by=by)
