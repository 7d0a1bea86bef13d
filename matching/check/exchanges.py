"""Whether everybody can have a place, by looking for ever longer exchanges of places."""

from collections import deque
from collections.abc import Mapping


def places_for(may: Mapping[str, list[int]], places: Mapping[int, int]) -> dict[str, int] | None:
    """Return a column for each person among those they may have; `None` where not all can have one.

    Parameters
    ----------
    places
        How many each column takes; one that is not named takes anybody.

    References
    ----------
    H. W. Kuhn, "The Hungarian method for the assignment problem", 1955; P. Hall, "On representatives of
    subsets", 1935: whoever finds no exchange competes with others for too few places.
    """
    held: dict[str, int] = {}
    return held if all(_finds_place(person, may, places, held) for person in may) else None


def _finds_place(
    person: str, may: Mapping[str, list[int]], places: Mapping[int, int], held: dict[str, int]
) -> bool:
    """Give somebody a column, if need be by others changing theirs; tell whether it worked."""
    asked_by: dict[int, str] = {}
    asking = deque([person])
    while asking:
        asker = asking.popleft()
        for column in may[asker]:
            if column in asked_by:
                continue
            asked_by[column] = asker
            holders = [other for other, own in held.items() if own == column]
            if column not in places or len(holders) < places[column]:
                _exchange(column, asked_by, held)
                return True
            asking.extend(holders)
    return False


def _exchange(column: int, asked_by: Mapping[int, str], held: dict[str, int]) -> None:
    """Let each who asked have the column, and hand on the one they held before."""
    left: int | None = column
    while left is not None:
        person = asked_by[left]
        before = held.get(person)
        held[person] = left
        left = before
