"""What came of a round, and what was decided at its end, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.rounds.closing import in_words
from app.rounds.closing_models import ChangedPart, ClosingDecision
from app.rounds.looking_back import Outcome
from app.rounds.queries import FEWEST_FOR_AVERAGE
from app.words import long_date, number, plural
from matching.solution import CauseKind

CAUSES: dict[str, str] = {
    CauseKind.NO_PLACES_ASKED: "asked for no place",
    CauseKind.NO_ELIGIBLE_PARTNER: "no mentor was possible",
    CauseKind.PLACES_RAN_OUT: "every place went to others",
    CauseKind.OWN_CONDITIONS: "their own conditions left no mentor",
    CauseKind.NO_GAIN: "no mentor had anything they asked for",
    CauseKind.OWN_HOURS: "their own hours left none for one more",
    CauseKind.HOURS_RAN_OUT: "no mentor had hours left",
    CauseKind.NOT_SOLVED: "the run was stopped before their turn",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a round, with what stands beside it."""

    label: str
    value: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A decision in words, with who sees to it and by when."""

    id: int
    words: str
    small: str


def figures_of(outcome: Outcome) -> list[Figure]:
    """Return the figures of a round; those that would tell of too few people are left out."""
    return [*_of_the_run(outcome), *_of_what_followed(outcome)]


def causes_of(outcome: Outcome) -> list[str]:
    """Say of how many people left out which cause held."""
    return [
        f"{plural(count, 'person', 'people')}: {CAUSES.get(cause, 'another cause')}"
        for cause, count in outcome.causes
    ]


def told(rows: Iterable[ClosingDecision], owners: Mapping[int, str]) -> list[Told]:
    """Return decisions in words; words beside a setting stand in the small print."""
    return [Told(row.id, in_words(row), " · ".join(_small(row, owners))) for row in rows]


def _of_the_run(outcome: Outcome) -> list[Figure]:
    run, fits = outcome.run, outcome.fits
    if run is None:
        return []
    found = [
        Figure(
            "Had a mentor",
            f"{number(run.mentees_matched or 0)} of {number(run.mentees or 0)}",
            "Of those who asked for one",
        )
    ]
    if fits.average is not None:
        weak = plural(fits.weak, "weak fit")
        found += [
            Figure("Average fit", f"{fits.average:.0f}", "Out of 100"),
            Figure("Weakest fit", str(fits.weakest), f"Out of 100; {weak} in all"),
        ]
    if outcome.named_somebody >= FEWEST_FOR_AVERAGE:
        of_those = f"{number(outcome.first_choices)} of {number(outcome.named_somebody)}"
        found.append(Figure("Got whom they named first", of_those, "Of those who named somebody"))
    return found


def _of_what_followed(outcome: Outcome) -> list[Figure]:
    found = [
        Figure(
            "Met at least once",
            f"{number(outcome.met)} of {number(outcome.matches)}",
            f"{plural(outcome.sessions, 'session')} so far",
        ),
        Figure("Ended early", number(outcome.ended_early), "Of all matches"),
    ]
    if outcome.declined or outcome.unanswered:
        unanswered = f"{number(outcome.unanswered)} more went unanswered"
        found.append(Figure("Declined", number(outcome.declined), unanswered))
    if outcome.rating is not None:
        found.append(
            Figure("How useful it was", f"{outcome.rating:.1f}", f"Of 5; {plural(outcome.answers, 'answer')}")
        )
    return found


def _small(row: ClosingDecision, owners: Mapping[int, str]) -> list[str]:
    beside = [row.words] if row.part is not ChangedPart.OTHER and row.words else []
    if row.programme is not None:
        beside.append(row.programme.name)
    if row.owner_id is not None and row.owner_id in owners:
        beside.append(f"{owners[row.owner_id]} sees to it")
    if row.due_on is not None:
        beside.append(f"by {long_date(row.due_on)}")
    return beside
