"""Commands about matching rounds: `flask --app wsgi rounds ...`."""

import sys
import time
from datetime import date, datetime
from pathlib import Path

import click

from app import audit
from app.db import db
from app.programmes.queries import programme_called, programmes_for_rounds
from app.rounds import (
    closing,
    publishing,
    queries,
    reminding,
    replay_tasks,
    replaying,
    running,
    service,
    states,
    tasks,
)
from app.rounds.certificate_models import Replay
from app.rounds.certificates import replay_in_words
from app.rounds.documents import document_of
from app.rounds.export import csv_of
from app.rounds.models import DocumentKind, MatchingRound, Run
from app.rounds.results import headline, summary
from app.rounds.states import RunState
from app.terminal import CommandGroup, Refused
from app.words import long_date, plural

group = CommandGroup("rounds", help="Matching rounds, from enrolment to published mentorships.")
BY = audit.COMMAND_LINE
LOOKS_EVERY_SECONDS = 0.5
WORKER_EXPECTED_WITHIN_SECONDS = 10.0
DAY = click.DateTime(formats=["%Y-%m-%d"])
ENDED = (RunState.FINISHED, RunState.FAILED, RunState.CANCELLED)


@group.command("create")
@click.argument("name")
@click.option(
    "--programme", "programmes", multiple=True, help="Key, name or id; all current ones by default."
)
@click.option("--opens", type=DAY, required=True, help="First day of enrolment, YYYY-MM-DD.")
@click.option("--closes", type=DAY, required=True, help="Last day of enrolment.")
@click.option("--starts", type=DAY, required=True, help="First day of the matches.")
@click.option("--ends", type=DAY, required=True, help="Last day of the matches.")
def create(
    name: str,
    programmes: tuple[str, ...],
    opens: datetime,
    closes: datetime,
    starts: datetime,
    ends: datetime,
) -> None:
    """Prepare a round called NAME."""
    matching_round = service.create_round(
        name=name,
        programmes=[programme_called(text) for text in programmes] or programmes_for_rounds(),
        opens_on=opens.date(),
        closes_on=closes.date(),
        starts_on=starts.date(),
        ends_on=ends.date(),
        by=BY,
    )
    db.session.commit()
    click.echo(f"{matching_round.name} is ready to be opened. Its id is {matching_round.id}.")


@group.command("open")
@click.argument("name")
def open_(name: str) -> None:
    """Open enrolment in the round NAME, and enrol everyone whose profile asks for it."""
    matching_round = queries.round_called(name)
    enrolled = service.open_round(matching_round, by=BY)
    reminding.invite(matching_round)
    db.session.commit()
    click.echo(
        f"{matching_round.name} is open until {long_date(matching_round.closes_on)}. "
        f"{plural(enrolled, 'enrolment')} made from profiles."
    )


@group.command("close")
@click.argument("name")
def close(name: str) -> None:
    """Close enrolment in the round NAME."""
    matching_round = queries.round_called(name)
    service.close_round(matching_round, by=BY)
    db.session.commit()
    counts = queries.enrolment_counts(matching_round.id)
    click.echo(f"{matching_round.name} is closed: {counts.words()}.")


@group.command("solve")
@click.argument("name")
@click.option("--here", is_flag=True, help="Work in this process instead of a worker.")
@click.option("--seed", default=0, show_default=True, help="Draws the lots between equal plans.")
def solve(name: str, here: bool, seed: int) -> None:
    """Match the round NAME and follow the run to its end."""
    matching_round = queries.round_called(name)
    counts = queries.enrolment_counts(matching_round.id)
    run = running.request_run(
        matching_round,
        mentees=counts.mentees,
        mentors=counts.mentors,
        peers=counts.peers,
        members=counts.members,
        seed=seed,
        by=BY,
    )
    run_id = run.id
    db.session.commit()
    line = LiveLine()
    if here:
        tasks.carry_out(run_id, line.show)
    else:
        tasks.solve_run(run_id)
        _follow(run_id, line)
    line.end()
    run = db.session.get_one(Run, run_id, populate_existing=True)
    if run.state is not RunState.FINISHED:
        raise Refused(run.failure or f"Run {run.id} was stopped.")
    _tell_result(run)


@group.command("publish")
@click.argument("name")
@click.option("--run", "run_id", type=int, help="Which run; the latest finished one by default.")
@click.option("--answer-by", type=DAY, help="Ask both people of each pair first, until this day.")
def publish(name: str, run_id: int | None, answer_by: datetime | None) -> None:
    """Make the plan of the round NAME come true: both people of each pair see it."""
    matching_round = queries.round_called(name)
    run = _finished_run(matching_round, run_id)
    last_day = answer_by.date() if answer_by else None
    published = publishing.publish_run(run, by=BY, answer_by=last_day)
    db.session.commit()
    what = plural(published, "mentorship" if last_day is None else "proposal")
    click.echo(f"{what} of {matching_round.name} published.")


@group.command("cancel")
@click.argument("name")
def cancel(name: str) -> None:
    """Give the round NAME up."""
    matching_round = queries.round_called(name)
    service.cancel_round(matching_round, by=BY)
    db.session.commit()
    click.echo(f"{matching_round.name} is cancelled.")


@group.command("complete")
@click.argument("name")
@click.option("--keep", help="What went well and stays as it is, unless the page says it already.")
def complete(name: str, keep: str | None) -> None:
    """Mark the published round NAME as over, once somebody has looked back on it."""
    matching_round = queries.round_called(name)
    if keep is not None:
        closing.save_check(matching_round, keep=keep, by=BY)
    service.complete_round(matching_round, by=BY)
    db.session.commit()
    click.echo(f"{matching_round.name} is completed.")


@group.command("list")
def list_all() -> None:
    """List the rounds, the latest first."""
    rows = queries.all_rounds()
    for row in rows:
        state = states.STATE_WORDS[row.matching_round.state]
        click.echo(f"{row.matching_round.id}  {row.matching_round.name}: {state}, {row.counts.words()}")
    if not rows:
        click.echo("There is no round yet. Create one with: flask rounds create NAME")


@group.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Show the round NAME and its runs."""
    matching_round = queries.round_called(name)
    click.echo(
        f"{matching_round.name} (id {matching_round.id}) is {states.STATE_WORDS[matching_round.state]}"
    )
    click.echo(f"Enrolment   {_span(matching_round.opens_on, matching_round.closes_on)}")
    click.echo(f"Mentorships {_span(matching_round.starts_on, matching_round.ends_on)}")
    click.echo(f"Taking part {queries.enrolment_counts(matching_round.id).words()}")
    for run in queries.runs_of(matching_round.id):
        published = ", published" if run.published_at else ""
        click.echo(f"Run {run.id}: {states.RUN_STATE_WORDS[run.state]}{published}")
        if run.state is RunState.FINISHED:
            _tell_result(run)
        elif run.failure:
            click.echo(f"  {run.failure}")


@group.command("export")
@click.argument("name")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--run", "run_id", type=int, help="Which run; the latest finished one by default.")
def export(name: str, folder: Path, run_id: int | None) -> None:
    """Write a run of the round NAME to FOLDER: pairs.csv, problem.json and solution.json.

    A run that found no plan has its problem only. The problem lists who never wants to meet whom.
    """
    run = _finished_run(queries.round_called(name), run_id)
    contents = {"problem.json": document_of(run.id, DocumentKind.PROBLEM)}
    if run.state is RunState.FINISHED:
        contents["pairs.csv"] = csv_of(run).encode("utf-8-sig")
        contents["solution.json"] = document_of(run.id, DocumentKind.SOLUTION)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file_name, content in contents.items():
            (folder / file_name).write_bytes(content)
    except OSError as error:
        raise Refused(f"The files cannot be written to {folder}: {error.strerror}.") from None
    click.echo(f"{', '.join(sorted(contents))} of run {run.id} are in {folder}.")


@group.command("replay")
@click.argument("run_id", type=int)
def replay(run_id: int) -> None:
    """Solve the problem of run RUN_ID again, here, and say whether the answer is the same bit for bit.

    The exit status is 0 when it is, 1 when it is not.
    """
    asked = replaying.request_replay(queries.any_run(run_id), by=BY)
    replay_id = asked.id
    db.session.commit()
    line = LiveLine()
    replay_tasks.carry_out(replay_id, line.show)
    line.end()
    ended = db.session.get_one(Replay, replay_id, populate_existing=True)
    click.echo(f"Run {run_id}: {replay_in_words(ended)}")
    if not ended.is_same:
        raise SystemExit(1)


@group.command("states")
def show_states() -> None:
    """Print docs/states.md."""
    click.echo(states.diagrams(), nl=False)


class LiveLine:
    """One line of the terminal that is written again and again; elsewhere only what is new is a line."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._words = ""

    def show(self, words: str, percent: int) -> None:
        """Show how far the work is."""
        if self._live:
            click.echo(f"\r\033[K{percent:>3}%  {words}", nl=False, err=True)
        elif words != self._words:
            click.echo(words, err=True)
        self._words = words

    def end(self) -> None:
        """Leave the line behind."""
        if self._live and self._words:
            click.echo("", err=True)


def _follow(run_id: int, line: LiveLine) -> None:
    """Show the progress of a run until it ends."""
    began, warned = time.monotonic(), False
    while True:
        run = db.session.get_one(Run, run_id, populate_existing=True)
        ended, waiting = run.state in ENDED, run.state is RunState.QUEUED
        line.show(run.stage, 100 * run.done // max(run.total, 1))
        db.session.rollback()
        if ended:
            return
        if waiting and not warned and time.monotonic() - began > WORKER_EXPECTED_WITHIN_SECONDS:
            line.end()
            click.echo("No worker has taken this up yet. Start one with: flask jobs work", err=True)
            warned = True
        time.sleep(LOOKS_EVERY_SECONDS)


def _finished_run(matching_round: MatchingRound, run_id: int | None) -> Run:
    if run_id is not None:
        return queries.run_numbered(matching_round.id, run_id)
    runs = queries.runs_of(matching_round.id)
    finished = (run for run in runs if run.state is RunState.FINISHED and not run.is_what_if)
    run = next(finished, None)
    if run is None:
        raise Refused(f"{matching_round.name} has no finished run. Match it with: flask rounds solve")
    return run


def _tell_result(run: Run) -> None:
    click.echo(f"{headline(run)}. {summary(run)}")


def _span(first: date, last: date) -> str:
    return f"{long_date(first)} to {long_date(last)}"
