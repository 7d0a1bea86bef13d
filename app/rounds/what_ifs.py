"""Commands about what-ifs: copies of a run with other settings, which nobody can ever be matched by."""

import sqlalchemy as sa

from app import audit
from app.db import db
from app.errors import Conflict, Invalid
from app.programmes.service import check_criteria, check_goals, check_rule
from app.rounds.documents import document_of
from app.rounds.models import DocumentKind, MatchingRound, Run
from app.rounds.running import ACTIVE
from app.rounds.settings import Settings, differences, with_settings
from app.rounds.states import RunState
from matching.problem import Problem


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
        Invalid: when a setting makes no sense, or nothing is otherwise.
        Conflict: when the run has no plan, or another what-if of the round is not finished.
    """
    check_may_try(base)
    # Two who ask at once wait for each other here, so that the second finds what the first has asked for.
    db.session.execute(sa.select(MatchingRound.id).filter_by(id=base.matching_round_id).with_for_update())
    for programme in settings.values():
        for rule, figures in programme["rules"].items():
            check_rule(rule, figures)
        check_criteria(programme["criteria"])
        check_goals(programme["goals"])
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


def problem_of(run: Run) -> Problem:
    """Return the problem of a what-if: that of its base run, with its own settings.

    Raises:
        ProblemError: when these settings make no sense together.
    """
    base = Problem.from_json(document_of(run.base_run_id or 0, DocumentKind.PROBLEM))
    return with_settings(base, run.settings or {})
