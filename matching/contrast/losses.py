"""What a best plan loses when somebody's places are taken away: exact, by cheapest ways."""

from matching.contrast.standing import Standing
from matching.contrast.told import with_fewer_places, without_mentee


def loss_of_mentee(standing: Standing, row: int) -> int:
    """Return what the best plan without a mentee is worth less, in units of the weighted sum."""
    return standing.worth - without_mentee(standing, row).worth


def loss_of_mentor(standing: Standing, column: int) -> int:
    """Return what the best plan without a mentor is worth less, in units of the weighted sum."""
    return standing.worth - with_fewer_places(standing, column, 0).worth
