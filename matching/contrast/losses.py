"""What a best plan loses when somebody's places are taken away: exact, by cheapest ways."""

from matching.contrast.mentoring import steps_of
from matching.contrast.standing import Standing
from matching.contrast.ways import Ways


def loss_of_mentee(standing: Standing, row: int) -> int:
    """Return what the best plan without a mentee of one place is worth less, in units of the weighted sum.

    Notes
    -----
    Whoever has no mentor is missed by nobody. Otherwise the pair goes, and the place is worth again what one
    more place with this mentor is: its price less the cheapest way there from the end. The mentee is in no
    such way, for they can only be pushed out of the place where it ends.
    """
    own = standing.chosen.only(standing.chosen.rows == row)
    if not len(own):
        return 0
    (column,), (points,) = own.columns.tolist(), own.points.tolist()
    node = standing.shape[0] + column
    again = int(standing.price[column] - Ways(standing, sum(standing.shape), node).cost[node])
    return int(standing.bonus[row] + standing.points_weight * points) - max(0, again)


def loss_of_mentor(standing: Standing, column: int) -> int:
    """Return what the best plan without a mentor is worth less, in units of the weighted sum.

    Notes
    -----
    Their empty places are worth nothing. The taken ones go one after another: somebody is pushed out, and
    the flow is led by the cheapest way to the end.
    """
    lost = 0
    standing = standing.without_empty_places(column)
    end, node = sum(standing.shape), standing.shape[0] + column
    for _place in range(int(standing.given[column])):
        ways = Ways(standing, node, end)
        lost += int(standing.price[column] + ways.cost[end])
        steps = steps_of(standing, ways.way_to(end))
        standing = standing.with_place_less(column, ways, steps)
    return lost
