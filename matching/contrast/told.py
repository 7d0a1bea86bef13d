"""The best plan when somebody says something else: led by cheapest ways from the plan there is."""

from collections.abc import Sequence

from matching.contrast.mentoring import steps_of
from matching.contrast.sayings import Said
from matching.contrast.standing import Standing
from matching.contrast.ways import Ways


def without_mentee(standing: Standing, row: int) -> Standing:
    """Return the best plan without a mentee: the places that they had are filled again or stay empty."""
    left = standing.chosen.columns[standing.chosen.rows == row].tolist()
    standing = standing.without_mentee(row)
    for column in left:
        node, empty = standing.shape[0] + column, int(standing.price[column])
        ways = Ways(standing, sum(standing.shape), node, within=empty)
        steps = steps_of(standing, ways.way_to(node)) if ways.cost[node] < empty else []
        standing = standing.with_place(column, ways, steps)
    return standing


def with_mentee(standing: Standing, said: Said, places: int) -> Standing:
    """Return the best plan with a mentee put in, who is in no pair, says this and asks for so many places."""
    row, end = said.number, sum(standing.shape)
    standing = standing.with_newcomer(said)
    for _place in range(places):
        standing = standing.with_mentee_place(row)
        empty = int(standing.bonus[row] * (standing.taken[row] == 0) - standing.way_out[row])
        ways = Ways(standing, row, end, within=empty)
        if ways.cost[end] >= empty:
            return standing.led_along(ways, empty, [])
        standing = standing.led_along(ways, int(ways.cost[end]), steps_of(standing, ways.way_to(end)))
    return standing


def with_fewer_places(standing: Standing, column: int, places: int) -> Standing:
    """Return the best plan with only so many places with a mentor, who has no fewer now.

    Empty places go first. The taken ones go one after another: somebody is pushed out, and the flow is led to
    the end by the cheapest way.
    """
    end, node = sum(standing.shape), standing.shape[0] + column
    standing = standing.with_empty_places_less(column, places)
    while standing.room.capacity[column] > places:
        ways = Ways(standing, node, end)
        standing = standing.with_place_less(column, ways, steps_of(standing, ways.way_to(end)))
    return standing


def with_less(standing: Standing, told: Sequence[Said]) -> Standing:
    """Return the best plan when what is said only forbids pairs or makes them worth less.

    Notes
    -----
    Pairs outside the plan change nothing. Each pair in it that is worth less is taken out, and the mentee's
    unit led back to the mentor by the cheapest way: by the pair itself, as it is worth then, or by others.
    """
    for said in told:
        standing = standing.where(said)
    for said in told:
        for row, column, points in standing.pairs_with(said.side, said.number):
            other = row if said.side else column
            is_allowed = bool(said.allowed[other])
            if not is_allowed or said.points[other] < points:
                standing = _with_pair_less(standing, row, column, is_allowed=is_allowed)
    return standing


def _with_pair_less(standing: Standing, row: int, column: int, *, is_allowed: bool) -> Standing:
    """Return the best plan when a pair in it is forbidden, or worth what is said of it."""
    again, node = standing.pairs_of([(row, column)]), standing.shape[0] + column
    standing = standing.with_unit_in_hand(row, column)
    if is_allowed and standing.gains_of(again)[0] >= 0:
        return standing.with_steps([(row, column, 1)])
    ways = Ways(standing, row, node)
    return standing.led_along(ways, int(ways.cost[node]), steps_of(standing, ways.way_to(node)))
