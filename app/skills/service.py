"""Commands about what people can do and wish to learn: claims, their evidence, and goals."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from app import audit, clock
from app.db import db
from app.errors import Invalid
from app.people.models import Person
from app.people.service import hold, record_for_other
from app.skills.models import Claim, ClaimEvidence, EvidenceKind, Goal, Skill
from app.skills.queries import claim_of, goal_of, skill_named
from app.words import listed

MOST_CLAIMS = 30
MOST_GOALS = 10
MOST_EVIDENCE = 10
LOWEST_LEVEL, HIGHEST_LEVEL = 1, 5
LEAST_IMPORTANCE, MOST_IMPORTANCE = 1, 3


def chosen_skill(text: str) -> Skill:
    """Return the one skill in use that goes by this name.

    Raises:
        Invalid: when none does, several do, or it is deprecated.
    """
    named = sorted(skill_named(text), key=lambda skill: skill.label)
    if not text:
        raise Invalid("Enter the name of a skill.", field="skill")
    if not named:
        raise Invalid(f"No skill is called “{text}”. Press Find to see similar ones.", field="skill")
    if len(named) > 1:
        labels = listed(list(dict.fromkeys(skill.label for skill in named)))
        raise Invalid(f"“{text}” can mean {labels}. Press Find and choose one.", field="skill")
    check_is_in_use(named[0])
    return named[0]


def check_is_in_use(skill: Skill) -> None:
    """Refuse a deprecated skill and offer the one that replaced it.

    Raises:
        Invalid: when the skill is deprecated.
    """
    if skill.deprecated_at is None:
        return
    other = db.session.get(Skill, skill.replaced_by_id) if skill.replaced_by_id else None
    instead = f" Add “{other.label}” instead." if other else " Choose another skill."
    raise Invalid(f"“{skill.label}” is no longer in use.{instead}", field="skill")


def add_claim(person: Person, skill: Skill, *, level: int, by: audit.Actor) -> Claim:
    """State that a person holds a skill at a level; a goal that is reached with it is removed.

    Raises:
        Invalid: when the skill is deprecated or claimed already, the level is none, or there are too many.
    """
    check_is_in_use(skill)
    _check_level(level)
    hold(person.id)
    held = claim_of(person.id, skill.id)
    if held is not None and held.level == level:
        return held  # a form sent twice has the same answer twice
    if held is not None:
        raise Invalid(f"{skill.label} is among your skills already. Change its level there.", field="skill")
    if _count(Claim, person.id) >= MOST_CLAIMS:
        raise Invalid(f"Your profile holds {MOST_CLAIMS} skills at most. Remove one first.", field="skill")
    claim = Claim(person_id=person.id, skill=skill, level=level)
    db.session.add(claim)
    db.session.flush()
    _remove_reached_goal(claim)
    details = {"skill_id": skill.id, "level": level}
    _record("claim.add", claim.person_id, claim.id, details, by=by)
    return claim


def change_level(claim: Claim, *, level: int, by: audit.Actor) -> None:
    """Change the level a person states; a goal that is reached with it is removed.

    Raises:
        Invalid: when the level is none.
    """
    _check_level(level)
    before, claim.level = claim.level, level
    db.session.flush()
    _remove_reached_goal(claim)
    _record("claim.change", claim.person_id, claim.id, {"level": [before, level]}, by=by)


def remove_claim(claim: Claim, *, by: audit.Actor) -> None:
    """Take a claim back, with its evidence."""
    _record("claim.remove", claim.person_id, claim.id, {"skill_id": claim.skill_id}, by=by)
    db.session.delete(claim)
    db.session.flush()


def add_evidence(
    claim: Claim, *, kind: EvidenceKind, description: str, happened_on: date | None, by: audit.Actor
) -> ClaimEvidence:
    """Support a claim with something that can be told of.

    Raises:
        Invalid: when the day is still to come or there is enough evidence.
    """
    if happened_on is not None and happened_on > clock.today():
        raise Invalid("Enter a day that is not after today.", field="happened_on")
    hold(claim.person_id)
    db.session.expire(claim, ["evidence"])
    told = (kind, description, happened_on)
    for known in claim.evidence:
        if (known.kind, known.description, known.happened_on) == told:
            return known
    if len(claim.evidence) >= MOST_EVIDENCE:
        raise Invalid(f"A skill holds {MOST_EVIDENCE} pieces of evidence at most. Remove one first.")
    evidence = ClaimEvidence(kind=kind, description=description, happened_on=happened_on)
    claim.evidence.append(evidence)
    db.session.flush()
    _record("evidence.add", claim.person_id, claim.id, {"kind": kind.value}, by=by)
    return evidence


def remove_evidence(claim: Claim, evidence_id: int, *, by: audit.Actor) -> None:
    """Take a piece of evidence back."""
    kept = [evidence for evidence in claim.evidence if evidence.id != evidence_id]
    if len(kept) < len(claim.evidence):
        claim.evidence = kept
        db.session.flush()
        _record("evidence.remove", claim.person_id, claim.id, {}, by=by)


def add_goal(person: Person, skill: Skill, *, level: int, importance: int, by: audit.Actor) -> Goal:
    """State that a person wishes to reach a level in a skill.

    Raises:
        Invalid: when the skill is deprecated or a goal already, the level is held, or there are too many.
    """
    check_is_in_use(skill)
    hold(person.id)
    _check_wish(person.id, skill, level=level, importance=importance)
    wished = goal_of(person.id, skill.id)
    if wished is not None and (wished.level, wished.importance) == (level, importance):
        return wished
    if wished is not None:
        raise Invalid(f"{skill.label} is among your goals already. Change it there.", field="skill")
    if _count(Goal, person.id) >= MOST_GOALS:
        raise Invalid(f"You can have {MOST_GOALS} goals at most. Remove one first.", field="skill")
    goal = Goal(person_id=person.id, skill=skill, level=level, importance=importance)
    db.session.add(goal)
    db.session.flush()
    details = {"skill_id": skill.id, "level": level, "importance": importance}
    _record("goal.add", goal.person_id, goal.id, details, by=by)
    return goal


def change_goal(goal: Goal, *, level: int, importance: int, by: audit.Actor) -> None:
    """Change the level a person wishes to reach and how much it matters.

    Raises:
        Invalid: when the person holds that level already.
    """
    _check_wish(goal.person_id, goal.skill, level=level, importance=importance)
    details = {"level": [goal.level, level], "importance": [goal.importance, importance]}
    goal.level, goal.importance = level, importance
    db.session.flush()
    _record("goal.change", goal.person_id, goal.id, details, by=by)


def remove_goal(goal: Goal, *, by: audit.Actor) -> None:
    """Take a wish back."""
    _record("goal.remove", goal.person_id, goal.id, {"skill_id": goal.skill_id}, by=by)
    db.session.delete(goal)
    db.session.flush()


def _check_level(level: int) -> None:
    if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
        raise Invalid(f"Choose a level from {LOWEST_LEVEL} to {HIGHEST_LEVEL}.", field="level")


def _check_wish(person_id: int, skill: Skill, *, level: int, importance: int) -> None:
    _check_level(level)
    if not LEAST_IMPORTANCE <= importance <= MOST_IMPORTANCE:
        raise Invalid("Choose how much it matters.", field="importance")
    held = claim_of(person_id, skill.id)
    if held is not None and level <= held.level:
        raise Invalid(
            f"You hold {skill.label} at level {held.level}. Choose a higher level to reach.", field="level"
        )


def _remove_reached_goal(claim: Claim) -> None:
    db.session.execute(
        sa.delete(Goal).where(
            Goal.person_id == claim.person_id, Goal.skill_id == claim.skill_id, Goal.level <= claim.level
        )
    )


def _count(model: type[Claim | Goal], person_id: int) -> int:
    query = sa.select(sa.func.count()).select_from(model).filter_by(person_id=person_id)
    return db.session.scalar(query) or 0


def _record(action: str, person_id: int, row_id: int, details: dict[str, Any], *, by: audit.Actor) -> None:
    subject = action.partition(".")[0]
    record_for_other(person_id, audit.Entry(action, subject, row_id, person_id, details), by=by)
