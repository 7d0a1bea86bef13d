"""Forms of lists that are put together line by line: shapes only; the commands decide."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Field, IntegerField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from app.fields import HouseForm, LineField, SearchForm
from app.programmes.agenda import LONGEST_ITEM, MOST_MINUTES, Item
from app.text import cleaned_line


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


def agenda_form(items: Sequence[Item], sent: Mapping[str, Any] | None = None) -> AgendaForm:
    """Return the form that shows an agenda, or what was sent of it; the site has looked at the token."""
    return AgendaForm(sent, data={"agenda": [line_of(item) for item in items]}, meta={"csrf": False})


def line_of(item: Item) -> str:
    """Return an item as one text."""
    return f"{item['minutes']} {item['words']}"


def item_of(line: str) -> Item:
    """Return the item that a text stands for."""
    minutes, _, words = line.partition(" ")
    return {
        "words": words,
        "minutes": int(minutes) if minutes.isascii() and len(minutes) < 5 and minutes.isdigit() else 0,
    }
