"""The shortest ways that prices are, compiled: for plans of a great many candidates."""

import numpy as np
from numpy.typing import NDArray

from matching.candidates import Candidates
from matching.compiled import compiled
from matching.goals import Amounts

Numbers = NDArray[np.int64]


@compiled
def _settle(
    first: Numbers,
    mentor: Numbers,
    cost: Numbers,
    by_mentor: Numbers,
    mentor_first: Numbers,
    mentee: Numbers,
    used: NDArray[np.bool_],
    closed: NDArray[np.bool_],
    way: Numbers,
    price: Numbers,
    patience: int,
) -> bool:
    """Shorten ways until none can be; false when that takes so long that some way must run in a circle.

    It is also false when more candidates have been looked at than there is patience for.

    Mentors whose price fell are told to the mentees who could go on to them, and those to the mentors who
    could take their place back.
    """
    mentees, mentors = len(way), len(price)
    queue, waits = np.empty(mentors, dtype=np.int64), np.zeros(mentors, dtype=np.bool_)
    head, length = 0, 0
    rounds = np.zeros(mentors, dtype=np.int64)
    # Ways past the mentors first: every mentee's is told to those who have one of its places.
    for number in range(mentees):
        for candidate in range(first[number], first[number + 1]):
            if used[candidate]:
                price[mentor[candidate]] = min(price[mentor[candidate]], way[number] - cost[candidate])
    for number in range(mentors):
        queue[length] = number
        length += 1
        waits[number] = True
    while length:
        here = queue[head]
        head = (head + 1) % mentors
        length -= 1
        waits[here] = False
        rounds[here] += 1
        patience -= mentor_first[here + 1] - mentor_first[here]
        if rounds[here] > mentees + mentors + 2 or patience < 0:
            return False
        for place in range(mentor_first[here], mentor_first[here + 1]):
            candidate = by_mentor[place]
            if closed[candidate] or price[here] + cost[candidate] >= way[mentee[candidate]]:
                continue
            number = mentee[candidate]
            way[number] = price[here] + cost[candidate]
            for other in range(first[number], first[number + 1]):
                back = mentor[other]
                if used[other] and way[number] - cost[other] < price[back]:
                    price[back] = way[number] - cost[other]
                    if not waits[back]:
                        queue[(head + length) % mentors] = back
                        length += 1
                        waits[back] = True
    return True


def settled(
    candidates: Candidates,
    costs: Amounts,
    used: NDArray[np.bool_],
    closed: NDArray[np.bool_],
    past: Amounts,
    free: Amounts,
    patience: int,
) -> tuple[Amounts, Amounts] | None:
    """Return the shortest ways of mentees and of mentors to the end, or `None` when they never settle.

    Parameters
    ----------
    costs
        Of going on along a candidate; going back along a used one gains as much.
    closed
        Candidates along which nobody goes on.
    past, free
        The way past the mentors of each mentee, and each mentor's own way.
    patience
        How many candidates may be looked at, each as often as a way through it might be shorter.
    """
    way, price = past.copy(), free.copy()
    done = _settle(
        np.searchsorted(candidates.rows, np.arange(len(past) + 1)).astype(np.int64),
        candidates.columns.astype(np.int64),
        costs,
        candidates.by_mentor().astype(np.int64),
        np.concatenate(([0], np.cumsum(np.bincount(candidates.columns, minlength=len(free))))).astype(
            np.int64
        ),
        candidates.rows.astype(np.int64),
        used,
        closed,
        way,
        price,
        patience,
    )
    return (way, price) if done else None
