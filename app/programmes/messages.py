"""What a programme writes to people: its texts, the names they may hold, and how they read when filled in."""

import re
from collections.abc import Mapping
from datetime import date

from app.errors import Invalid
from app.programmes.models import MessageKind, Programme, ProgrammeKind
from app.text import cleaned_text
from app.words import listed, long_date

LONGEST_MESSAGE = 2000
PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
# What may stand in a text, and what it is filled with in an example.
EXAMPLE: dict[str, str | date] = {
    "name": "Amara Diallo",
    "other": "Tomas Lindqvist",
    "round": "Winter 2027",
    "starts_on": date(2027, 1, 4),
}
MATCHED = ("name", "other", "round", "starts_on")
PLACEHOLDERS: dict[MessageKind, tuple[str, ...]] = {
    MessageKind.INVITATION: ("name", "round", "starts_on"),
    MessageKind.MATCHED_MENTEE: MATCHED,
    MessageKind.MATCHED_MENTOR: MATCHED,
    MessageKind.LEFT_OUT: ("name", "round"),
}
USUAL: dict[MessageKind, str] = {
    MessageKind.INVITATION: (
        "Hello {name},\n\nyou can join {round} now. Say what you want to learn, "
        "or offer a place as a mentor. Whoever is matched starts on {starts_on}."
    ),
    MessageKind.MATCHED_MENTEE: (
        "Hello {name},\n\nyour mentor in {round} is {other}. You start on {starts_on}. "
        "Write to {other} and agree on a first meeting."
    ),
    MessageKind.MATCHED_MENTOR: (
        "Hello {name},\n\n{other} is your mentee in {round}. You start on {starts_on}. "
        "{other} will write to you; if a week passes, write first."
    ),
    MessageKind.LEFT_OUT: (
        "Hello {name},\n\nyou have no mentor in {round}: there was no free place with somebody who fits. "
        "You go first in the next round."
    ),
}
# The usual texts of kinds in which those would not be true.
_USUAL_OF: dict[ProgrammeKind, dict[MessageKind, str]] = {
    ProgrammeKind.PEER_COACHING: {
        MessageKind.INVITATION: (
            "Hello {name},\n\nyou can join {round} now. Say what you want to learn and what you can help "
            "with. Whoever is matched starts on {starts_on}."
        ),
        MessageKind.MATCHED_MENTEE: (
            "Hello {name},\n\nin {round} you and {other} coach each other. You start on {starts_on}. "
            "Write to {other} and agree on a first meeting."
        ),
        MessageKind.LEFT_OUT: (
            "Hello {name},\n\nyou have no peer coach in {round}: nobody who fits was free. "
            "You go first in the next round."
        ),
    },
    ProgrammeKind.GROUP_MENTORING: {
        MessageKind.MATCHED_MENTEE: (
            "Hello {name},\n\nin {round} you are in the group of {other}. You start on {starts_on}. "
            "{other} will write to all of you; if a week passes, write first."
        ),
        MessageKind.MATCHED_MENTOR: (
            "Hello {name},\n\nyour group in {round} is {other}. You start on {starts_on}. "
            "Write to them and agree on a first meeting."
        ),
    },
    ProgrammeKind.COMMUNITIES: {
        MessageKind.INVITATION: (
            "Hello {name},\n\nyou can join {round} now. Say which communities you would like to be in. "
            "Whoever is matched starts on {starts_on}."
        ),
        MessageKind.MATCHED_MENTEE: (
            "Hello {name},\n\nin {round} you come into the community {other}, from {starts_on} on. "
            "Its page says who leads it and who is there."
        ),
        MessageKind.LEFT_OUT: (
            "Hello {name},\n\nno community that fits had a place for you in {round}. You go first in the "
            "next round, and you can join any community that is open."
        ),
    },
}
_EXAMPLES_OF: dict[ProgrammeKind, dict[str, str | date]] = {
    ProgrammeKind.COMMUNITIES: {"other": "Data storytelling"},
}


def usual_text(of: ProgrammeKind, kind: MessageKind) -> str:
    """Return what programmes of a kind write as long as they have no text of their own."""
    return _USUAL_OF.get(of, USUAL).get(kind, USUAL[kind])


def text_of(programme: Programme, kind: MessageKind) -> str:
    """Return what a programme writes, with its placeholders: its own text, or the usual one."""
    own = {row.kind: row.body for row in programme.messages}
    return own.get(kind, usual_text(programme.kind, kind))


def render(programme: Programme, kind: MessageKind, values: Mapping[str, str | date]) -> str:
    """Return what one person reads; `values` holds each of `PLACEHOLDERS[kind]`, days as dates."""
    return PLACEHOLDER.sub(lambda found: _said(values[found[1].strip()]), text_of(programme, kind))


def example(programme: Programme, kind: MessageKind) -> str:
    """Return what somebody would read in a made-up round."""
    return render(programme, kind, EXAMPLE | _EXAMPLES_OF.get(programme.kind, {}))


def placeholder_words(kind: MessageKind) -> str:
    """Say which placeholders a message may hold."""
    return listed([f"{{{name}}}" for name in PLACEHOLDERS[kind]])


def own_texts(of: ProgrammeKind, typed: Mapping[MessageKind, str]) -> dict[str, str]:
    """Return those of the texts typed that are not the usual ones of a kind of programme."""
    cleaned = {kind: cleaned_text(text) for kind, text in typed.items()}
    return {kind.value: text for kind, text in cleaned.items() if text != usual_text(of, kind)}


def check_messages(messages: Mapping[str, str]) -> None:
    """Refuse a text that is empty or too long, or holds a placeholder that nothing would fill.

    Raises:
        Invalid: beside the message it concerns.
    """
    for kind, text in messages.items():
        if not 1 <= len(text) <= LONGEST_MESSAGE:
            raise Invalid(f"Enter a text of at most {LONGEST_MESSAGE} characters.", field=kind)
        known = PLACEHOLDERS[MessageKind(kind)]
        unknown = [name for name in PLACEHOLDER.findall(text) if name.strip() not in known]
        if unknown:
            choices = placeholder_words(MessageKind(kind))
            told = f"Nothing is known for {{{unknown[0]}}} here. You can use {choices}."
            raise Invalid(told, field=kind)


def _said(value: str | date) -> str:
    return long_date(value) if isinstance(value, date) else value
