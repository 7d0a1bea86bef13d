"""The kinds of programme: how people join each, what it starts with, and what makes no sense in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.programmes.models import ProgrammeKind
from app.programmes.vocabulary import CRITERIA, DEFAULT_CRITERIA, DEFAULT_GOALS, DEFAULT_RULES


@dataclass(frozen=True, slots=True)
class Usual:
    """A kind of programme: the cards in which people join it, and the settings it starts with."""

    wish: str
    offer: str = ""
    wish_about: str = ""
    offer_about: str = "You get at most as many mentees as places."
    hours_a_month: float = 2.0
    usual_places: int = 1
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: DEFAULT_RULES)
    criteria: Mapping[str, int] = field(default_factory=lambda: DEFAULT_CRITERIA)
    goals: tuple[str, ...] = DEFAULT_GOALS
    senseless: Mapping[str, str] = field(default_factory=dict)
    """The criteria and goals it does not have, each with why."""

    def criteria_known(self) -> dict[str, str]:
        """Return the criteria a programme of this kind can weigh, with what people call them."""
        return {name: words for name, words in CRITERIA.items() if name not in self.senseless}


KINDS: dict[ProgrammeKind, Usual] = {
    ProgrammeKind.MENTORING: Usual(
        wish="Find a mentor",
        offer="Be a mentor",
    ),
    ProgrammeKind.REVERSE_MENTORING: Usual(
        wish="Find a reverse mentor",
        offer="Be a reverse mentor",
        wish_about="Your mentor has a lower grade than you.",
        offer_about="Your mentees have a higher grade than you. You get at most as many of them as places.",
        hours_a_month=1.0,
        rules={**DEFAULT_RULES, "grade_distance": {"max": -1}},
        criteria={"skills": 50, "level_step": 20, "hours": 15, "variety": 15},
        senseless={"grade_step": "it is for mentors of a higher grade"},
    ),
    ProgrammeKind.FLASH_MENTORING: Usual(
        wish="Find a flash mentor",
        offer="Be a flash mentor",
        wish_about="You meet once or twice.",
        offer_about="You meet each mentee once or twice, and get at most as many of them as places.",
        hours_a_month=0.5,
        usual_places=4,
        rules={
            "covers_wants": {"percent": 20},
            "not_in_reporting_line": {},
            "shared_hours": {"minutes": 30},
            "shared_language": {},
        },
        criteria={"skills": 70, "level_step": 20, "hours": 10},
    ),
    ProgrammeKind.PEER_COACHING: Usual(
        wish="Find a peer coach",
        wish_about="You coach each other in turns: what you can do counts as much as what you want to learn.",
        rules={
            "not_in_reporting_line": {},
            "shared_hours": {"minutes": 60},
            "shared_language": {},
            "no_prior_pair": {},
        },
        criteria={"skills": 60, "hours": 20, "variety": 20},
        senseless={
            "wishes": "nobody names peers",
            "stable": "of three who coach each other two may always rather be a pair",
        },
    ),
    ProgrammeKind.GROUP_MENTORING: Usual(
        wish="Find a group with a mentor",
        offer="Mentor a group",
        wish_about="You meet your mentor together with a few others.",
        offer_about="Your group has at most as many mentees as places, and opens with two or more.",
        usual_places=5,
        criteria={"skills": 50, "level_step": 20, "hours": 15, "variety": 15},
        senseless={"stable": "who leaves a group for another may close it for the rest"},
    ),
    ProgrammeKind.COMMUNITIES: Usual(
        wish="Find communities",
        wish_about="What you want to learn decides which communities suit you.",
        rules={"covers_wants": {"percent": 20}},
        criteria={"skills": 80, "wishes": 20},
        senseless={
            **dict.fromkeys(
                ("level_step", "hours", "variety", "location", "grade_step"), "a community is no person"
            ),
            "continuity": "who is in a community stays in it without being matched again",
            "stable": "who leaves a community for another may close it for the rest",
        },
    ),
}
