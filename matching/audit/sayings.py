"""What a narrowing makes of somebody's pairs: points, and whom the rules allow, by what they then say."""

from collections.abc import Collection, Iterable
from dataclasses import replace

import numpy as np

from matching.audit.narrowings import Narrowing
from matching.audit.partners import Partner
from matching.candidates import Market
from matching.contrast.sayings import Said
from matching.contrast.today import MarketOfToday
from matching.problem import Ban, MentoringProgramme, Person, Problem, RuleName, SkillRows
from matching.rules import Mask
from matching.solution import Role
from matching.views import Block

# The sides of a programme: mentees, mentors.
SIDES = (Role.MENTEE, Role.MENTOR)


class Sayings:
    """Judges what people of a programme might say, each beside the few whom it could be about.

    A person who says something else is looked at in a problem of their own, with those partners alone. Skills
    are as close as they are today: what one person says less of does not change it here.
    """

    def __init__(self, market: Market) -> None:
        self._market = market
        self._people = {row.id: row for row in market.problem.people}
        self._nodes = {row.id: row for row in market.problem.skills.nodes}
        programme = market.programme
        mentees, mentors = programme.mentees, programme.mentors
        self._ids = tuple(row.person for row in mentees), tuple(row.person for row in mentors)
        self._number = tuple({person: n for n, person in enumerate(ids)} for ids in self._ids)
        history = [row for row in market.problem.history if row.programme == programme.id]
        self._history = sorted(history, key=lambda row: row.round)

    def truth(self, person: str, side: int, partners: Iterable[Partner]) -> Said:
        """Return what somebody says in truth as one of a side, who may be with these partners."""
        others = [row for row in partners if row.role is SIDES[side]]
        return self._said(person, side, {row.who: row.points for row in others})

    def of(self, narrowing: Narrowing, truth: Said, others: Collection[int] | None = None) -> Said:
        """Return what somebody says by a narrowing, beside the truth.

        With the numbers of `others` it is told of these alone. Nobody is asked who is not eligible in truth,
        unless the narrowing is about what is wanted.
        """
        side, person = truth.side, self._ids[truth.side][truth.number]
        ids = self._ids[1 - side]
        if narrowing.partners is not None:
            kept = np.array([name in narrowing.partners for name in ids], dtype=np.bool_)
            return replace(truth, allowed=truth.allowed & kept)
        if narrowing.person is None and (narrowing.wishes is None or side == 1):
            return truth
        if others is None:
            others = np.flatnonzero(truth.allowed | self._wanted(truth, narrowing)).tolist()
        market = self._market_of(person, narrowing, side, [ids[number] for number in others])
        return self._said(person, side, _judged(market, side))

    def _said(self, person: str, side: int, points: dict[str, int]) -> Said:
        found = np.zeros(len(self._ids[1 - side]), dtype=np.int64)
        allowed = np.zeros(len(found), dtype=np.bool_)
        numbers = [self._number[1 - side][who] for who in points]
        found[numbers], allowed[numbers] = list(points.values()), True
        return Said(side, self._number[side][person], found, allowed)

    def _wanted(self, truth: Said, narrowing: Narrowing) -> Mask:
        """Mark who keeps every rule with a mentee but that they cover the wants, where wants change."""
        market = self._market
        own = self._people[self._ids[truth.side][truth.number]]
        if truth.side or narrowing.person is None or narrowing.person.wants == own.wants:
            return truth.allowed
        block = Block(market.sides, np.array([truth.number]), np.arange(market.sides.shape[1]))
        kept = np.ones((1, market.sides.shape[1]), dtype=np.bool_)
        for rule in market.rules:
            if rule.name != RuleName.COVERS_WANTS.value:
                kept &= rule.keeps(block)
        return np.asarray(kept[0])

    def _market_of(self, person: str, narrowing: Narrowing, side: int, others: list[str]) -> Market:
        """Return the market of a person, by what they say, and some partners."""
        programme = self._programme_of(person, narrowing, side, others)
        said = narrowing.person or self._people[person]
        known = {person, *others, *(wished for row in programme.mentees for wished in row.wishes)}
        people = [said if name == person else self._people[name] for name in self._with_managers(known)]
        problem = self._market.problem
        names = {row.id for row in people}
        of_chats = [row for row in problem.chats if row.programme == programme.id]
        made = replace(
            problem,
            skills=SkillRows(nodes=tuple(self._nodes[skill] for skill in _skills(people))),
            people=tuple(people),
            programmes=(programme,),
            joint=None,
            blocks=tuple(row for row in problem.blocks if names.issuperset(row)),
            # The last row tells which round was the latest.
            history=tuple(row for row in self._history if person in row.members or row is self._history[-1]),
            previous=(),
            chats=tuple(row for row in of_chats if names.issuperset(row.members)),
            locks=(),
            bans=tuple(_bans(problem, programme.id, person, names)),
        )
        (ordered,) = made.programmes
        assert isinstance(ordered, MentoringProgramme)  # noqa: S101 - it was one before
        return MarketOfToday(made, ordered, self._market.closeness)

    def _programme_of(
        self, person: str, narrowing: Narrowing, side: int, others: list[str]
    ) -> MentoringProgramme:
        """Return the programme with somebody on one side, and some partners on the other."""
        programme = self._market.programme
        mentees, mentors = ({person}, set(others)) if side == 0 else (set(others), {person})
        wishes = {} if narrowing.wishes is None else {person: narrowing.wishes}
        return replace(
            programme,
            mentees=tuple(
                replace(row, required=False, wishes=wishes.get(row.person, row.wishes))
                for row in programme.mentees
                if row.person in mentees
            ),
            mentors=tuple(row for row in programme.mentors if row.person in mentors),
        )

    def _with_managers(self, people: Iterable[str]) -> set[str]:
        """Return people and all who manage them."""
        found: set[str] = set()
        for name in people:
            above: str | None = name
            while above is not None and above not in found:
                found.add(above)
                above = self._people[above].manager
        return found


def _skills(people: Collection[Person]) -> list[str]:
    held = {row.skill for person in people for row in person.holds}
    return sorted(held.union(row.skill for person in people for row in person.wants))


def _bans(problem: Problem, programme: str, person: str, people: Collection[str]) -> Iterable[Ban]:
    """Yield the bans that are about somebody, of these people."""
    for row in problem.bans:
        members = tuple(member for member in row.members if member in people)
        if row.programme == programme and person in members and len(members) > 1:
            yield replace(row, members=members)


def _judged(market: Market, side: int) -> dict[str, int]:
    """Return the points of the one on a side with each of the others, where every rule allows it."""
    programme = market.programme
    block = Block(market.sides, *(np.arange(count) for count in market.sides.shape))
    allowed, points = market.eligible(block), market.scorer.points(block)
    mentees, mentors = (row.person for row in programme.mentees), (row.person for row in programme.mentors)
    pairs = zip(mentees if side else mentors, allowed.ravel().tolist(), points.ravel().tolist(), strict=True)
    return {person: worth for person, is_allowed, worth in pairs if is_allowed}
