"""What a session of an engagement can look like, as its programme suggests it."""

from dataclasses import dataclass

from app.engagements.models import Engagement
from app.engagements.signals import agenda_wanted
from app.engagements.states import EngagementState


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One thing to talk about, and for how many minutes."""

    words: str
    minutes: int


def agenda_for(engagement: Engagement) -> list[AgendaItem]:
    """Return what a session can look like; nothing for an engagement that does not go on."""
    if engagement.state is not EngagementState.ACTIVE:
        return []
    return [item for _receiver, items in agenda_wanted.send(engagement.programme_id) for item in items]
