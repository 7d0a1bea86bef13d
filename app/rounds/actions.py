"""What HR can do with a round now: one thing first, then the others, or the reason why one cannot be done."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.errors import DomainError
from app.rounds import rematching, running, unpublishing
from app.rounds.answers import AnswersCounted
from app.rounds.enrolling import is_led_by_profiles
from app.rounds.models import MatchingRound, Run
from app.rounds.queries import Counts
from app.rounds.states import RoundState, RunState, check_may_follow
from app.words import days_away, long_date, number, plural


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do at `endpoint`: at once by a form, or on a page of its own."""

    words: str
    endpoint: str
    values: dict[str, int] = field(default_factory=dict)
    has_page: bool = False
    reason_against: str | None = None


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do next with a round."""

    title: str
    sentence: str
    action: Action | None = None


def refusal_of(check: Callable[[], None]) -> str | None:
    """Return the sentence with which a command would be refused, if it would."""
    try:
        check()
    except DomainError as refusal:
        return refusal.message
    return None


def next_step(matching_round: MatchingRound, counts: Counts, latest_run_id: int | None) -> NextStep:
    """Return what a round waits for."""
    match matching_round.state:
        case RoundState.DRAFT | RoundState.OPEN:
            return _step_of_enrolment(matching_round)
        case RoundState.CLOSED:
            return NextStep("Run the matching", _before_run(counts), run_action(matching_round, counts))
        case RoundState.SOLVING | RoundState.PROPOSED if latest_run_id is not None:
            return _step_of_run(matching_round, latest_run_id)
        case RoundState.PUBLISHED:
            return NextStep(
                "The matches are under way",
                f"They last until {long_date(matching_round.ends_on)}, {days_away(matching_round.ends_on)}. "
                "Look back on the round when they are over: what you decide then is offered for the next.",
            )
        case RoundState.COMPLETED:
            return NextStep(
                "This round is over",
                "Its matches count as met before in later rounds.",
                _look_back("See what came of it", matching_round),
            )
        case _:
            return NextStep("This round was cancelled", "Nobody was matched in it.")


def step_after_publishing(
    matching_round: MatchingRound, counted: AnswersCounted, latest_run: Run | None
) -> NextStep:
    """Return what a published round waits for: answers, further matches, or its end."""
    if latest_run is not None and latest_run.is_rematch and latest_run.published_at is None:
        if latest_run.state in running.ACTIVE:
            return _step_of_rematch(latest_run, "Those who are free again are being matched", "See the run")
        if latest_run.state is RunState.FINISHED and latest_run.mentees_matched:
            return _step_of_rematch(latest_run, "Review the further matches", "Review the matches")
    if counted.answer_by is not None:
        return NextStep(
            "Answers come in",
            f"{number(counted.settled)} of {plural(counted.proposed, 'match', 'matches')} are settled, and "
            f"{plural(counted.waiting, 'match waits', 'matches wait')} for an answer until "
            f"{long_date(counted.answer_by)}, {days_away(counted.answer_by)}.",
        )
    if counted.fell_through:
        return NextStep(
            f"{plural(counted.fell_through, 'match', 'matches')} fell through",
            "What is settled stays as it is. Match those who are free again with the places that are free.",
            rematch_action(matching_round, counted),
        )
    return next_step(matching_round, Counts(0, 0, 0), None)


def _step_of_rematch(run: Run, title: str, words: str) -> NextStep:
    values = {"round_id": run.matching_round_id, "run_id": run.id}
    return NextStep(
        title,
        "What is settled, or waits for an answer, stays as it is.",
        Action(words, "rounds.show_run", values, has_page=True),
    )


def rematch_action(matching_round: MatchingRound, counted: AnswersCounted) -> Action:
    """Return the action that matches those who are free again, with the reason when it cannot."""
    reason = refusal_of(lambda: rematching.check_may_match_again(matching_round, counted))
    return Action(
        "Match them again", "rounds.match_again", {"round_id": matching_round.id}, reason_against=reason
    )


def actions_after_publishing(matching_round: MatchingRound, counted: AnswersCounted) -> list[Action]:
    """Return what else may be done with a published round: match again, or take the matches back."""
    values, offered = {"round_id": matching_round.id}, []
    if counted.fell_through + counted.ended:
        offered.append(rematch_action(matching_round, counted))
    if refusal_of(lambda: unpublishing.check_may_unpublish(matching_round)) is None:
        reason = refusal_of(lambda: unpublishing.check_untouched(matching_round))
        offered.append(
            Action("Take the matches back", "rounds.unpublish", values, has_page=True, reason_against=reason)
        )
    return offered


def _step_of_enrolment(matching_round: MatchingRound) -> NextStep:
    last_day, values = long_date(matching_round.closes_on), {"round_id": matching_round.id}
    if matching_round.state is RoundState.DRAFT:
        enrolled = (
            "Everyone whose profile seeks a mentor or offers a place is enrolled at once. Others can join"
        )
        if not any(map(is_led_by_profiles, matching_round.programmes)):
            enrolled = "Nobody is enrolled by their profile. People can join"
        return NextStep(
            "Open enrolment",
            f"{enrolled}, and everyone can withdraw, until {last_day}.",
            Action("Open enrolment", "rounds.open_", values),
        )
    return NextStep(
        "Close enrolment when everyone has decided",
        f"The last day of enrolment is {last_day}, {days_away(matching_round.closes_on)}. "
        "After that nobody joins or leaves by themselves.",
        Action("Close enrolment", "rounds.close", values),
    )


def _step_of_run(matching_round: MatchingRound, run_id: int) -> NextStep:
    values = {"round_id": matching_round.id, "run_id": run_id}
    if matching_round.state is RoundState.SOLVING:
        return NextStep(
            "The matching is running",
            "You can leave; it goes on, and the result waits for you here.",
            Action("See the run", "rounds.show_run", values, has_page=True),
        )
    return NextStep(
        "Review the matches",
        "Nobody has been told yet. Look at who is left out and at the weak fits, then publish.",
        Action("Review the matches", "rounds.show_run", values, has_page=True),
    )


def other_actions(matching_round: MatchingRound, counts: Counts) -> list[Action]:
    """Return what else may be done with a round now."""
    values = {"round_id": matching_round.id}
    offered = []
    if matching_round.state is RoundState.PROPOSED:
        offered.append(run_action(matching_round, counts, words="Run again"))
    if matching_round.state is RoundState.CLOSED:
        offered.append(Action("Add somebody late", "rounds.late_joiners", values, has_page=True))
    if matching_round.state in (RoundState.CLOSED, RoundState.PROPOSED):
        offered.append(Action("Open enrolment again", "rounds.open_", values))
    if matching_round.state is RoundState.PUBLISHED:
        offered.append(_look_back("Look back and complete", matching_round))
    if _may_become(matching_round, RoundState.CANCELLED):
        offered.append(Action("Cancel the round", "rounds.cancel", values, has_page=True))
    return offered


def run_action(matching_round: MatchingRound, counts: Counts, *, words: str = "Run the matching") -> Action:
    """Return the action that runs a round, with the reason when it cannot."""
    reason = refusal_of(
        lambda: running.check_may_run(
            matching_round,
            mentees=counts.mentees,
            mentors=counts.mentors,
            peers=counts.peers,
            members=counts.members,
        )
    )
    return Action(words, "rounds.run", {"round_id": matching_round.id}, reason_against=reason)


def _look_back(words: str, matching_round: MatchingRound) -> Action:
    return Action(words, "rounds.closing_page", {"round_id": matching_round.id}, has_page=True)


def _before_run(counts: Counts) -> str:
    if not counts.mentees and counts.peers and not counts.members:
        triad = " Three of them stay together, as they are an odd number." if counts.peers % 2 else ""
        return f"{counts.words()}: there is somebody for everyone, if people fit.{triad}"
    if not counts.mentees and counts.members:
        return f"{counts.words()}: a community opens when enough people suit it."
    if counts.places >= counts.mentees:
        return f"{counts.words()}: there is a place for everyone, if people fit."
    short = counts.mentees - counts.places
    return f"{counts.words()}: at least {short} will be left out. Whoever waited longest goes first."


def _may_become(matching_round: MatchingRound, state: RoundState) -> bool:
    return refusal_of(lambda: check_may_follow(matching_round.name, matching_round.state, state)) is None
