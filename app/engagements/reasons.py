"""Why two people were matched, in sentences: the one place that turns records of reasons into words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.words import duration, plural

Record = Mapping[str, Any]
FOR, AGAINST = "for", "against"
# What earns points, by the engine's names; a test keeps both alike.
CRITERIA: dict[str, str] = {
    "skills": "Skills asked for",
    "level_step": "Right step up in level",
    "hours": "Working hours overlap",
    "variety": "Another department and place",
    "wishes": "Named preference",
    "continuity": "Together last round",
    "location": "Same place of work",
    "grade_step": "Right step up in grade",
}
# What a skill on a way is to the one before it, by the engine's names; a test keeps both alike.
RELATIONS: dict[str, str] = {
    "broader": "broader",
    "narrower": "narrower",
    "required": "required",
    "builds_on": "builds on it",
    "related": "related",
    "together": "held by the same people",
}
ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two as a sentence names them: by name, or as the reader."""

    name: str
    is_reader: bool = False

    def does(self, one: str, you: str) -> str:
        """Begin a sentence: "Mei has", "You have"."""
        return f"You {you}" if self.is_reader else f"{self.name} {one}"

    def also(self, one: str, you: str) -> str:
        """Name the person inside a sentence: "Mei wants", "you want"."""
        return f"you {you}" if self.is_reader else f"{self.name} {one}"

    @property
    def whom(self) -> str:
        """Name the person as an object: "Mei", "you"."""
        return "you" if self.is_reader else self.name


@dataclass(frozen=True, slots=True)
class Said:
    """A reason as a sentence; `way` has the skills from a near one to the one wanted, if it is about such."""

    sentence: str
    way: tuple[str, ...] = ()

    @property
    def in_a_line(self) -> str:
        """Say it where there is one line for both."""
        return f"{self.sentence} ({' -> '.join(self.way)})" if self.way else self.sentence


@dataclass(frozen=True, slots=True)
class Told:
    """The reasons of one pair as sentences."""

    plus: list[Said]
    minus: list[Said]


Sentence = Callable[[Record, Party, Party], str]


def told(reasons: Iterable[Record], *, mentee: Party, mentor: Party) -> Told:
    """Say the reasons for and against a pair; whom a mentee has named is told to nobody else."""
    said = [
        (row["side"], Said(_SENTENCES[row["kind"]](row, mentee, mentor), _way(row)))
        for row in reasons
        if mentee.is_reader or row["kind"] != "wish"
    ]
    return Told(
        [reason for side, reason in said if side == FOR],
        [reason for side, reason in said if side == AGAINST],
    )


def told_among(reasons: Iterable[Record], people: Mapping[int, Party]) -> Told:
    """Say the reasons for and against people who coach each other; what holds both ways is said once."""
    said: dict[str, dict[Said, None]] = {FOR: {}, AGAINST: {}}
    for row in reasons:
        learner, helper = people.get(row["mentee_id"]), people.get(row["mentor_id"])
        if learner is not None and helper is not None:
            said[row["side"]][Said(_SENTENCES[row["kind"]](row, learner, helper), _way(row))] = None
    return Told(list(said[FOR]), list(said[AGAINST]))


def parts_in_words(parts: Iterable[Record]) -> list[tuple[str, int, int]]:
    """Return (criterion, points, most) for the table that adds up to the fit."""
    return [(CRITERIA[row["criterion"]], row["points"], row["weight"]) for row in parts]


def _way(row: Record) -> tuple[str, ...]:
    steps = row.get("way")  # records of earlier rounds have none
    if not steps:
        return ()
    return (row["near"], *(f"{step['skill']}, {RELATIONS[step['relation']]}" for step in steps))


def _has_skill(row: Record, mentee: Party, mentor: Party) -> str:
    wants = mentee.also("wants", "want")
    return (
        f"{mentor.does('has', 'have')} {row['skill']} at level {row['level']}; {wants} level {row['wanted']}"
    )


def _near_skill(row: Record, mentee: Party, mentor: Party) -> str:
    has = mentor.does("has", "have")
    return f"{has} {row['near']}, close to {row['skill']}, which {mentee.also('wants', 'want')}"


def _lacks_skill(row: Record, mentee: Party, mentor: Party) -> str:
    lacks = mentor.does("does not have", "do not have")
    closest = f"; {row['near']} comes closest" if "near" in row else ""
    return f"{lacks} {row['skill']}, which {mentee.also('wants', 'want')}{closest}"


def _below(row: Record, mentee: Party, mentor: Party) -> str:
    has, wants = mentor.does("has", "have"), mentee.also("wants", "want")
    return f"{has} {row['skill']} at level {row['level']}, and {wants} level {row['wanted']}"


def _level_step(row: Record, mentee: Party, mentor: Party) -> str:
    above = row["level"] - row["wanted"]
    what = f"the level {mentee.also('wants', 'want')} in {row['skill']}"
    if above == 0:
        return f"{mentor.does('is', 'are')} just at {what}"
    if above < 0:
        return f"{mentor.does('is', 'are')} below {what}"
    return f"{mentor.does('is', 'are')} {plural(above, 'level')} above {what}"


def _hours(row: Record, _mentee: Party, _mentor: Party) -> str:
    if not row.get("known", True):  # records of earlier rounds do not say
        return "It is not known when both work"
    if not row["minutes"]:
        return "No shared working hours"
    return f"{duration(row['minutes'])} of shared working hours a day"


def _variety(row: Record, _mentee: Party, _mentor: Party) -> str:
    if row["side"] == FOR:
        named = [word for word in ("department", "place of work") if row[word.split()[0]]]
        return f"Another {' and another '.join(named)}"
    named = [word for word in ("department", "place of work") if not row[word.split()[0]]]
    return f"Same {' and '.join(named)}, or not known"


def _wish(row: Record, _mentee: Party, mentor: Party) -> str:
    """Say it to the mentee, who alone may know."""
    if not row["rank"]:
        return "You named someone else"
    return f"You named {mentor.whom} {ORDINALS.get(row['rank'], 'later')}"


def _together(row: Record, _mentee: Party, _mentor: Party) -> str:
    return "Together last round" if row["side"] == FOR else "Not together last round"


def _location(row: Record, _mentee: Party, _mentor: Party) -> str:
    if row["same"] == "location":
        return "Same place of work"
    if row["same"] == "time_zone":
        return "Same time zone" if row["side"] == FOR else "Different places in one time zone"
    return "Far apart"


def _grades(row: Record, mentee: Party, mentor: Party) -> str:
    above = row["above"]
    if above is None:
        return "A grade is not known"
    if above == 0:
        return "Both have the same grade"
    way = "above" if above > 0 else "below"
    return f"{mentor.does('is', 'are')} {plural(abs(above), 'grade')} {way} {mentee.whom}"


def _topic(row: Record, mentee: Party, mentor: Party) -> str:
    """Say what a community, in the place of a mentor, is about."""
    whose = mentee.also("wants", "want") if row["wanted"] else mentee.also("knows", "know")
    if "near" in row:
        return f"{mentor.name} is about {row['near']}, close to {row['skill']}, which {whose}"
    return f"{mentor.name} is about {row['skill']}, which {whose}"


def _no_topic(row: Record, mentee: Party, mentor: Party) -> str:
    whose = mentee.also("wants", "want") if row["wanted"] else mentee.also("knows", "know")
    return f"{mentor.name} is not about {row['skill']}, which {whose}"


_SENTENCES: dict[str, Sentence] = {
    "topic": _topic,
    "no_topic": _no_topic,
    "has_skill": _has_skill,
    "near_skill": _near_skill,
    "lacks_skill": _lacks_skill,
    "below": _below,
    "level_step": _level_step,
    "hours": _hours,
    "variety": _variety,
    "wish": _wish,
    "together": _together,
    "location": _location,
    "grades": _grades,
}
