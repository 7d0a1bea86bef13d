"""The states of an engagement, and which may follow which."""

from enum import StrEnum


class EngagementState(StrEnum):
    """Where an engagement stands: waiting for answers, going on, over, or one that never came about."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    COMPLETED = "completed"
    ENDED = "ended"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


# An engagement begins as proposed, or as active when people start at once.
ENGAGEMENT_TRANSITIONS: dict[EngagementState, frozenset[EngagementState]] = {
    EngagementState.PROPOSED: frozenset(
        {
            EngagementState.ACTIVE,
            EngagementState.DECLINED,
            EngagementState.LAPSED,
            EngagementState.WITHDRAWN,
        }
    ),
    EngagementState.ACTIVE: frozenset(
        {EngagementState.COMPLETED, EngagementState.ENDED, EngagementState.WITHDRAWN}
    ),
    EngagementState.COMPLETED: frozenset(),
    EngagementState.ENDED: frozenset(),
    EngagementState.DECLINED: frozenset(),
    EngagementState.LAPSED: frozenset(),
    EngagementState.WITHDRAWN: frozenset(),
}

CAME_ABOUT = (EngagementState.ACTIVE, EngagementState.COMPLETED, EngagementState.ENDED)
FELL_THROUGH = (EngagementState.DECLINED, EngagementState.LAPSED, EngagementState.WITHDRAWN)
