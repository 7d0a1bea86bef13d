"""Commands about what-ifs: copies of a run with other settings, which nobody can ever be matched by."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app import audit
from app.db import db
from app.errors import Conflict, Invalid
from app.programmes.models import Programme
from app.programmes.service import (
    change_settings,
    check_settings,
    settings_of,
)
from app.rounds.documents import document_of
from app.rounds.models import DocumentKind, MatchingRound, Run
from app.rounds.running import ACTIVE
from app.rounds.settings import Settings, differences, with_settings
from app.rounds.sharing import refusal_of_goals
from app.rounds.states import RunState
from matching.problem import Problem


@dataclass(frozen=True, slots=True)
class Change:
    """A programme with its settings of today and those it would have."""

    programme: Programme
    before: dict[str, Any]
    after: dict[str, Any]

    def words(self) -> list[str]:
        """Say what would be otherwise."""
        key = self.programme.key
        return differences({key: self.before}, {key: self.after})


def check_may_try(base: Run) -> None:
    """Refuse a what-if of a run that has no plan to hold it against.

    Raises:
        Conflict: with the reason, as the page says it too.
    """
    if base.state is not RunState.FINISHED:
        raise Conflict("This run found no plan, so there is nothing to try something out on.")
    if base.settings is None:
        raise Conflict(
            "This run is from before what-ifs, and the rules it was asked with were not kept. "
            "Run the matching again; what-ifs can start from there."
        )


def request_what_if(base: Run, settings: Settings, *, by: audit.Actor) -> Run:
    """Ask for a copy of a run with other settings; afterwards give its id to `tasks.hand_over`.

    The round stays as it is: what is tried out changes nothing in it.

    Raises:
        Invalid: when a setting makes no sense, also with what the programmes share, or nothing is otherwise.
        Conflict: when the run has no plan, or another what-if of the round is not finished.
    """
    check_may_try(base)
    # Two who ask at once wait for each other here, so that the second finds what the first has asked for.
    db.session.execute(sa.select(MatchingRound.id).filter_by(id=base.matching_round_id).with_for_update())
    kinds = {row.key: row.kind for row in base.matching_round.programmes}
    for key, tried in settings.items():
        check_settings(kinds[key], tried)
    if base.together:
        names = {row.key: row.name for row in base.matching_round.programmes}
        refusal = refusal_of_goals({names[key]: tried["goals"] for key, tried in settings.items()})
        if refusal is not None:
            raise Invalid(refusal)
    changed = differences(base.settings or {}, settings)
    if not changed:
        raise Invalid("Change at least one rule, weight or goal: so far nothing is otherwise.")
    active = sa.select(Run.id).where(
        Run.matching_round_id == base.matching_round_id, Run.state.in_(ACTIVE), Run.base_run_id.is_not(None)
    )
    if db.session.scalar(active) is not None:
        raise Conflict("Another what-if of this round is being worked out. Try again when it has ended.")
    run = Run(
        matching_round_id=base.matching_round_id,
        base_run_id=base.id,
        settings={key: dict(programme) for key, programme in settings.items()},
        seed=base.seed,
    )
    db.session.add(run)
    db.session.flush()
    details = {"round": base.matching_round_id, "base": base.id, "changed": changed}
    audit.record(audit.Entry("what_if.requested", "run", run.id, details=details), by=by)
    return run


def tried_by(run: Run) -> list[str]:
    """Say what is otherwise in a what-if than in the run it is a copy of; nothing of any other run."""
    if run.base_run_id is None:
        return []
    base = db.session.get_one(Run, run.base_run_id)
    return differences(base.settings or {}, run.settings or {})


def changes_by(run: Run) -> list[Change]:
    """Return the programmes that would be otherwise with the settings of a what-if, as they are today.

    Raises:
        Conflict: when it found no plan, or the programmes have these settings already.
    """
    if run.state is not RunState.FINISHED:
        raise Conflict("This what-if found no plan, so its settings are not worth using.")
    tried = run.settings or {}
    changes = [
        Change(programme, settings_of(programme), dict(tried[programme.key]))
        for programme in run.matching_round.programmes
        if programme.key in tried and settings_of(programme) != tried[programme.key]
    ]
    if not changes:
        raise Conflict("The programme has these settings already. Run the matching again to use them.")
    return changes


def use_settings(run: Run, *, seen: str, by: audit.Actor) -> None:
    """Give the programmes of a round the settings of a what-if; runs to come are asked with them.

    `seen` is the mark of the changes that whoever decides has looked at.

    Raises:
        Conflict: when the programmes are no longer as they were then.
    """
    changes = changes_by(run)
    if mark_of(changes) != seen:
        raise Conflict("The programme has been changed meanwhile. Look at what would change now.")
    for change in changes:
        change_settings(change.programme, change.after, seen=change.before, by=by)


def mark_of(changes: Sequence[Change]) -> str:
    """Return what tells these changes from any others."""
    text = json.dumps([[row.programme.key, row.before, row.after] for row in changes], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def problem_of(run: Run) -> Problem:
    """Return the problem of a what-if: that of its base run, with its own settings.

    Raises:
        ProblemError: when these settings make no sense together.
    """
    base = Problem.from_json(document_of(run.base_run_id or 0, DocumentKind.PROBLEM))
    return with_settings(base, run.settings or {})
