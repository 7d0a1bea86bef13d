"""What one more place with a mentor is worth: the cheapest way there from the empty places, exact."""

from collections.abc import Iterator

import numpy as np

from matching.contrast.mentoring import changes, steps_of
from matching.contrast.records import PlaceValue
from matching.contrast.standing import Standing, Step
from matching.contrast.ways import Ways


def place_values(standing: Standing) -> Iterator[PlaceValue]:
    """Yield what one more place with each mentor is worth, the most first; those worth nothing are left out.

    Notes
    -----
    Ways from the network's end lead to every mentor at once: somebody comes from nowhere, or leaves another
    place, which stays empty or goes to somebody else. A mentor's price less the cost of the way is the worth.
    """
    ways = Ways(standing, sum(standing.shape))
    mentees = standing.shape[0]
    worth = standing.price - ways.cost[mentees:-1]
    order = np.argsort(-worth, kind="stable")
    for column in order[worth[order] > 0].tolist():
        difference, moves = changes(standing, steps_of(standing, ways.way_to(mentees + column)))
        yield PlaceValue(
            programme=standing.market.programme.id,
            mentor=standing.mentor_ids[column],
            difference=difference,
            moves=moves,
        )


def filled(
    standing: Standing, column: int, places: int, least: int = -1
) -> tuple[Standing, list[Step]] | None:
    """Return the best plan with so many more places with a mentor, and every pair that changes in turn.

    Places that are worth nothing are not filled. A place is worth no more than the one before it: `None` is
    returned as soon as that shows that all of them together are worth no more than `least`.
    """
    steps: list[Step] = []
    node = standing.shape[0] + column
    gained = 0
    for left in range(places, 0, -1):
        price = int(standing.price[column])
        # A way that costs more leaves too little for all of the places.
        ways = Ways(standing, sum(standing.shape), node, within=price - max(0, (least - gained) // left))
        worth = max(0, price - int(ways.cost[node]))
        if gained + left * worth <= least:
            return None
        if not worth:
            break
        gained += worth
        found = steps_of(standing, ways.way_to(node))
        standing = standing.with_place(column, ways, found)
        steps += found
    return standing, steps
