"""Some of the people of a peer market, to be decided about apart from all others."""

from dataclasses import replace

from matching.peers.market import PeerMarket
from matching.views import Index


class MarketPart(PeerMarket):
    """People of a market, by their numbers in it, once it has been filled.

    It has all that plans and prices are found with, and nothing else, so that it is quickly handed to another
    process: views of pairs, and the parts of points, are asked of the whole market.
    """

    def __init__(self, market: PeerMarket, numbers: Index) -> None:
        people = tuple(market.programme.people[number] for number in numbers.tolist())
        listed = None if market.programme.candidates is None else ()
        self.programme = replace(market.programme, people=people, candidates=listed)
        self.ids = [row.person for row in people]
        self.number = {person: number for number, person in enumerate(self.ids)}
        self.waiting, self.required = market.waiting[numbers], market.required[numbers]
        both = numbers[:, None], numbers
        self.points, self.eligible = market.points[both], market.eligible[both]
        self.previous = market.previous[both]
        place = {number: n for n, number in enumerate(numbers.tolist())}
        self.banned_triads = frozenset(
            tuple(place[member] for member in triad)
            for triad in market.banned_triads
            if all(member in place for member in triad)
        )
