"""Answers in words: what would change for whom, which rule forbids it, and what rules and locks cost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.programmes.vocabulary import rule_sentence
from app.rounds.contrasts import FORBIDDEN, POSSIBLE, PRIVATE, TOGETHER
from app.rounds.snapshot_people import person_id_of
from app.words import duration, listed, number, plural, signed

Record = Mapping[str, Any]
Names = Mapping[int, str]
Rules = Mapping[str, Mapping[str, Any]]
SOMEBODY = "Somebody who is gone"
MOST_NAMED = 3
BANNED = "not_banned"


@dataclass(frozen=True, slots=True)
class Option:
    """Somebody who could mentor a person instead, or why they cannot."""

    mentor_id: int
    mentor: str
    verdict: str
    change: str
    """What the person themself would gain or lose."""
    sentence: str
    moves: list[str]
    rules: list[str]
    may_override: bool

    @property
    def is_possible(self) -> bool:
        """Tell whether no rule speaks against it."""
        return self.verdict == POSSIBLE

    @property
    def is_forbidden(self) -> bool:
        """Tell whether a rule that can be told forbids it."""
        return self.verdict == FORBIDDEN


@dataclass(frozen=True, slots=True)
class Price:
    """What a rule, or a lock, costs: who and how many points the plan would have more without it."""

    words: str
    small: str
    people: str
    points: str
    verdict: str


def people_in(answer: Record) -> set[int]:
    """Return the ids of everybody whom an answer names."""
    found: set[int] = set()
    for option in (answer, *answer.get("options", ()), *answer.get("forbidden", ())):
        found.add(option.get("mentor", 0))
        for move in (option.get("effect") or {}).get("moves", ()):
            found.update((move["mentee"], *move["before"], *move["after"]))
        for broken in option.get("broken", ()):
            if broken["rule"] == "not_in_reporting_line":
                found.update(map(person_id_of, broken["values"]))
    for row in answer.get("rows", ()):
        found.update((row.get("mentee", 0), row.get("mentor", 0)))
    return found - {0}


class Answers:
    """Words the options of one person, with the names of everybody concerned."""

    def __init__(self, mentee_id: int, names: Names, rules: Rules) -> None:
        self._mentee_id = mentee_id
        self._names = names
        self._rules = rules

    def option(self, record: Record) -> Option:
        """Say one option."""
        mentor_id, effect = record["mentor"], record.get("effect")
        return Option(
            mentor_id=mentor_id,
            mentor=self._name(mentor_id),
            verdict=record["verdict"],
            change=self._own(effect) if effect else "",
            sentence=self._sentence(effect) if effect else self._plain(record["verdict"], mentor_id),
            moves=list(self._moves(effect)) if effect else [],
            rules=[self._rule(broken, mentor_id) for broken in record.get("broken", ())],
            may_override=record.get("may_override", False),
        )

    def _name(self, person_id: int) -> str:
        return self._names.get(person_id, SOMEBODY)

    def _plain(self, verdict: str, mentor_id: int) -> str:
        mentee, mentor = self._name(self._mentee_id), self._name(mentor_id)
        if verdict == TOGETHER:
            return f"{mentee} and {mentor} are together in this plan."
        if verdict == PRIVATE:
            # Word for word the same whatever the cause: one of them is known to its author alone.
            return (
                f"{mentee} and {mentor} cannot be matched in this round. One of them may be away or have no "
                "place that is not locked, or have asked for something that stays private."
            )
        if verdict == FORBIDDEN:
            return ""
        return "The best plan with both was not found in time."

    def _own(self, effect: Record) -> str:
        own = next((move for move in effect["moves"] if move["mentee"] == self._mentee_id), None)
        if own is None or not own["points"]:
            return "the same fit"
        if not own["before"]:
            return f"fit {own['points']}"
        return f"{signed(own['points'])} {'point' if abs(own['points']) == 1 else 'points'}"

    def _sentence(self, effect: Record) -> str:
        """Say the effect on others and on the plan: "Leila Haddad loses 12: the total falls by 8."."""
        others = [move for move in effect["moves"] if move["mentee"] != self._mentee_id]
        told = [self._short(move) for move in others[:MOST_NAMED]]
        if len(others) > MOST_NAMED:
            told.append(f"{plural(len(others) - MOST_NAMED, 'other mentee')} get somebody else")
        start = listed(told) if told else "Nobody else moves"
        return f"{start}: {_total(effect)}."

    def _short(self, move: Record) -> str:
        name, points = self._name(move["mentee"]), move["points"]
        if not move["after"]:
            return f"{name} has no mentor then"
        if not move["before"]:
            return f"{name} has a mentor then"
        if not points:
            return f"{name} gets somebody else, for the same fit"
        return f"{name} {'gains' if points > 0 else 'loses'} {number(abs(points))}"

    def _moves(self, effect: Record) -> Iterator[str]:
        for move in effect["moves"]:
            name = self._name(move["mentee"])
            gone = [self._name(one) for one in move["before"] if one not in move["after"]]
            come = [self._name(one) for one in move["after"] if one not in move["before"]]
            if come and gone:
                said = f"{name} would have {listed(come)} instead of {listed(gone)}"
            elif come:
                said = f"{name} would have {listed(come)}{' as well' if move['before'] else ''}"
            else:
                left = "" if move["after"] else ", and no other mentor"
                said = f"{name} would no longer have {listed(gone)}{left}"
            yield f"{said} ({signed(move['points'])})" if move["points"] else said

    def _rule(self, broken: Record, mentor_id: int) -> str:
        """Say a rule, and what the two have where it asks for more."""
        if broken["rule"] == BANNED:
            why = f": {broken['values'][0].rstrip('.')}" if broken["values"] else ""
            return f"HR keeps them apart{why}."
        figures = self._rules.get(broken["rule"])
        rule = "A rule of the programme" if figures is None else rule_sentence(broken["rule"], figures)
        figure = self._figure(broken, self._name(mentor_id))
        return f"{rule}. {figure}." if figure else f"{rule}."

    def _figure(self, broken: Record, mentor: str) -> str:
        mentee, found, values = self._name(self._mentee_id), broken["found"], broken["values"]
        match broken["rule"]:
            case "shared_hours" if found is not None:
                return f"They share {duration(found)}" if found else "They share none"
            case "covers_wants" if found is not None:
                return f"{mentor} can help with {found}%"
            case "grade_distance" if found is not None:
                return f"{mentor} is {signed(found)} from {mentee}"
            case "not_in_reporting_line" if values:
                top, bottom = (self._name(person_id_of(value)) for value in values)
                return f"{top} manages {bottom}, {'directly' if found == 1 else f'{found} steps up'}"
            case "no_prior_pair" if any(values):
                return f"They were together in {listed([value[11:] or value for value in values])}"
            case "other_department" if values:
                return f"Both work in {values[0]}"
            case "same_attribute" if all(values) and values:
                return f"{mentee} has {values[0]}, {mentor} {values[1]}"
            case _:
                return ""


def _total(effect: Record) -> str:
    said = []
    if effect["people"]:
        less = "fewer has" if abs(effect["people"]) == 1 else "fewer have"
        more = "more has" if abs(effect["people"]) == 1 else "more have"
        count = "1 person" if abs(effect["people"]) == 1 else f"{number(abs(effect['people']))} people"
        said.append(f"{count} {less if effect['people'] < 0 else more} a mentor")
    points = effect["points"]
    if points:
        said.append(f"the total {'rises' if points > 0 else 'falls'} by {number(abs(points))}")
    elif not said:
        said.append("the total stays the same")
    return " and ".join(said)


def prices_in_words(rows: Sequence[Record], names: Names, settings: Mapping[str, str]) -> list[Price]:
    """Say what rules or locks cost; `settings` has the names of programmes, when there are several."""
    return [_price(row, names, settings) for row in rows]


def _price(row: Record, names: Names, programmes: Mapping[str, str]) -> Price:
    if "rule" in row:
        words, small = rule_sentence(row["rule"], row["figures"]), f"Forbids {plural(row['pairs'], 'pair')}"
    elif "mentee" in row:
        words, small = " with ".join(names.get(row[key], SOMEBODY) for key in ("mentee", "mentor")), ""
    else:
        words, small = f"All {plural(row['locks'], 'lock')} together", ""
    where = programmes.get(row["programme"], "")
    small = " · ".join(filter(None, (where, small)))
    if row["points"] is None:
        return Price(words, small, "", "", "Not found in time")
    verdict = "" if row["proved"] else "Perhaps more: this was not proved"
    if not row["people"] and not row["points"]:
        verdict = verdict or "Costs nothing"
    return Price(words, small, signed(row["people"]), signed(row["points"]), verdict)
