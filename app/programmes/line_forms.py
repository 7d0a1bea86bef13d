"""Forms of lists that are put together line by line: shapes only; the commands decide."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wtforms import Field, IntegerField, RadioField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, StopValidation

from app.fields import HouseForm, LineField, SearchForm, options
from app.programmes.agenda import LONGEST_ITEM, MOST_MINUTES, Item
from app.programmes.check_ins import HALFWAY, LONGEST_WORDS, MOST_DAYS, CheckIn, in_time
from app.programmes.models import CheckInMoment
from app.text import cleaned_line

MOST_DIGITS = 5


class LinesField(Field):
    """The lines of a list, each as one text, under one name."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the lines, cleaned."""
        self.data = [cleaned_line(text) for text in valuelist]


class AgendaForm(HouseForm):
    """The items of an agenda in their order, each as its minutes and its words."""

    agenda = LinesField("Agenda", [InputRequired("Keep at least one item.")])

    def lines(self) -> list[str]:
        """Return the items as the page writes them."""
        return list(self.agenda.data or ())

    def value(self) -> list[Item]:
        """Return the items; what has no minutes gets none, which is refused."""
        return [item_of(line) for line in self.lines()]


class CheckInsForm(HouseForm):
    """The check-ins of a programme, each as its moment, its days and its words."""

    check_ins = LinesField("Check-ins")

    def lines(self) -> list[str]:
        """Return the check-ins as the page writes them."""
        return list(self.check_ins.data or ())

    def value(self) -> list[CheckIn]:
        """Return the check-ins, in the order in which they come unless one of them is refused anyway."""
        return ordered([check_in_of(line) for line in self.lines()])


class AgendaItemForm(SearchForm):
    """One item, to be added or put in the place of another; it is sent with GET, for nothing is saved yet."""

    words = LineField(
        "What to talk about",
        [
            DataRequired("Enter what to talk about."),
            Length(max=LONGEST_ITEM, message="Enter at most %(max)d characters."),
        ],
    )
    minutes = IntegerField(
        "Minutes",
        [
            InputRequired("Enter the minutes it takes."),
            NumberRange(min=1, max=MOST_MINUTES, message="Enter minutes from %(min)d to %(max)d."),
        ],
    )

    def line(self) -> str:
        """Return the item as one text."""
        return line_of({"words": self.words.data, "minutes": self.minutes.data})


def _days_unless_halfway(form: Any, field: Field) -> None:
    """Ask for days, except where halfway says it all."""
    is_typed = any(text.strip() for text in field.raw_data or ())
    if form.moment.data == HALFWAY or not is_typed:
        field.errors = []
    if form.moment.data == HALFWAY or field.errors:
        raise StopValidation
    if not 1 <= (field.data or 0) <= MOST_DAYS:
        raise StopValidation(f"Enter days from 1 to {MOST_DAYS}.")


class CheckInForm(SearchForm):
    """One check-in, to be added or put in the place of another; it is sent with GET like an item."""

    words = LineField(
        "What to talk about",
        [
            DataRequired("Enter what to talk about."),
            Length(max=LONGEST_WORDS, message="Enter at most %(max)d characters."),
        ],
    )
    moment = RadioField(
        "When",
        [InputRequired("Choose when it is.")],
        choices=options(
            [
                (CheckInMoment.AFTER_START.value, "Some days after the start"),
                (CheckInMoment.HALFWAY.value, "Halfway"),
                (CheckInMoment.BEFORE_END.value, "Some days before the end"),
            ]
        ),
    )
    days = IntegerField("Days", [_days_unless_halfway])

    def line(self) -> str:
        """Return the check-in as one text."""
        days = 0 if self.moment.data == HALFWAY else self.days.data
        return line_of_check_in({"moment": self.moment.data, "days": days, "words": self.words.data})


def with_typed(
    form: type[Any],
    lines: Sequence[str],
    sent: Mapping[str, Any],
    *,
    shown: Callable[[str], Mapping[str, Any]],
    blank: Mapping[str, Any],
) -> tuple[list[str], Any, int | None]:
    """Return the lines with the one typed, the form for a next one, and the place that it is to change."""
    place = _number(sent.get("change", ""), 0)
    place = place if place <= len(lines) else 0
    if "words" not in sent:
        return list(lines), form(None, data=shown(lines[place - 1]) if place else blank), place or None
    typed = form(sent)
    if not typed.validate():
        return list(lines), typed, place or None
    at = slice(place - 1, place) if place else slice(len(lines), None)
    changed = list(lines)
    changed[at] = [typed.line()]
    return changed, form(None, data=blank), None


def check_ins_form(check_ins: Sequence[CheckIn], sent: Mapping[str, Any] | None = None) -> CheckInsForm:
    """Return the form that shows check-ins, or what was sent of it; the site has looked at the token."""
    lines = [line_of_check_in(row) for row in check_ins]
    return CheckInsForm(sent, data={"check_ins": lines}, meta={"csrf": False})


def line_of_check_in(check_in: CheckIn) -> str:
    """Return a check-in as one text."""
    return f"{check_in['moment']} {check_in['days']} {check_in['words']}"


def check_in_of(line: str) -> CheckIn:
    """Return the check-in that a text stands for; days that are none are -1, which is refused."""
    moment, _, rest = line.partition(" ")
    days, _, words = rest.partition(" ")
    return {"moment": moment, "days": _number(days, -1), "words": words}


def ordered(check_ins: Sequence[CheckIn]) -> list[CheckIn]:
    """Return check-ins in the order in which they come, if each says when."""
    known = all(row["moment"] in list(CheckInMoment) for row in check_ins)
    return in_time(check_ins) if known else list(check_ins)


def agenda_form(items: Sequence[Item], sent: Mapping[str, Any] | None = None) -> AgendaForm:
    """Return the form that shows an agenda, or what was sent of it; the site has looked at the token."""
    return AgendaForm(sent, data={"agenda": [line_of(item) for item in items]}, meta={"csrf": False})


def line_of(item: Item) -> str:
    """Return an item as one text."""
    return f"{item['minutes']} {item['words']}"


def item_of(line: str) -> Item:
    """Return the item that a text stands for."""
    minutes, _, words = line.partition(" ")
    return {"words": words, "minutes": _number(minutes, 0)}


def _number(text: str, otherwise: int) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) < MOST_DIGITS
    return int(text) if is_number else otherwise
