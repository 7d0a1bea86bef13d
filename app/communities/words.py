"""The words communities are shown in."""

from app.communities.models import CameBy, Joining, MixOf
from app.communities.queries import Suggestion
from app.words import listed, plural

JOINING_WORDS: dict[Joining, str] = {
    Joining.OPEN: "Open to everyone",
    Joining.REQUEST: "People ask its leads",
    Joining.INVITED: "By invitation only",
}
JOINING_HINTS: dict[str, str] = {
    Joining.OPEN: "Whoever wants to is a member at once, as long as there is a place.",
    Joining.REQUEST: "A lead says yes or no to each person.",
    Joining.INVITED: "Its leads and HR invite people, who may decline.",
}
CAME_BY_WORDS: dict[CameBy, str] = {
    CameBy.JOINED: "joined",
    CameBy.REQUESTED: "asked to join, and were let in,",
    CameBy.INVITED: "were invited, and accepted,",
    CameBy.MATCHED: "were matched",
    CameBy.APPOINTED: "were asked to lead it",
}
MIX_WORDS: dict[MixOf, tuple[str, str]] = {
    MixOf.DEPARTMENT: ("department", "departments"),
    MixOf.LOCATION: ("place of work", "places of work"),
}


def mix_sentence(attribute: MixOf, at_least: int) -> str:
    """Say from how many departments or places the members come."""
    return f"From at least {plural(at_least, *MIX_WORDS[attribute])}"


def why_suggested(suggestion: Suggestion) -> str:
    """Say which skills of the reader speak for a community."""
    about = listed(suggestion.skills)
    if suggestion.of_goals:
        return f"About {about}, which you want to learn"
    return f"About {about}, which you know"
