"""Manipulation: what somebody could gain by saying less than is true, found by solving each way anew."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from matching.audit.by_ways import ByWays
from matching.audit.matches import Match, matches_in, scale_of
from matching.audit.narrowings import (
    LOWERING,
    OF_WANTS,
    Narrowing,
    NarrowingKind,
    narrowings_of,
    with_bans,
)
from matching.audit.partners import Partner, partners_of
from matching.audit.price_bound import PriceBound, PriceBounds
from matching.contrast.anew import Anew
from matching.errors import ProblemError
from matching.problem import Mentor, PeerProgramme, Programme
from matching.solution import Status
from matching.values import shown
from matching.watch import Limits, Stopped, Watch

# Lists cut down to the best partners are tried up to this length.
LONGEST_LIST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What one way to say less would bring, in points by the person's true criteria."""

    kind: NarrowingKind
    what: str
    gain: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manipulation:
    """What was found for one person, whose matches are worth `points` to them now.

    `at_most` is a proved bound on the gain of narrowings that only take candidates away or make them worth
    less (`LOWERING`), `None` where there is none; others are not bounded. `ruled_out` counts ways that were
    not tried, for the prices prove that they gain nothing. `finished` is false when the search was stopped.
    Points are in units of 1 / `scale`.
    """

    programme: str
    person: str
    points: int
    attempts: tuple[Attempt, ...]
    at_most: int | None = None
    ruled_out: int = 0
    finished: bool = True
    scale: int = 1

    @property
    def best(self) -> Attempt | None:
        """The way that gains most, the first of equals; `None` when none gains."""
        found = max(self.attempts, key=lambda attempt: attempt.gain, default=None)
        return found if found is not None and found.gain > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was found for some people of a programme, drawn by the seed out of `enrolled`."""

    programme: str
    enrolled: int
    people: tuple[Manipulation, ...]

    @property
    def gaining(self) -> tuple[tuple[Manipulation, Attempt], ...]:
        """Those who would gain, each with their best way, the greatest gain first."""
        found = [(row, row.best) for row in self.people]
        gaining = [(row, best) for row, best in found if best is not None]
        return tuple(sorted(gaining, key=lambda item: (-item[1].gain, item[0].person)))


def manipulation_of(anew: Anew, programme_id: str, person: str) -> Manipulation:
    """Return what somebody could gain: each single narrowing is solved anew, their matches scored in truth.

    Lists cut down to the best partner, the best two and so on are tried until the person has as many matches
    as they have now: with one place, a longer list only brings worse partners, or plans there were before.

    Raises
    ------
    ProblemError
        When the person is not in the programme, or the plan was stopped and is no measure of anything.
    """
    return _Search(anew, programme_id).of(person)


def manipulations_of(anew: Anew, person: str) -> Iterator[Manipulation]:
    """Yield what somebody could gain in each programme of the plan in which they have a place.

    Raises
    ------
    ProblemError
        When there is no such programme, or as `manipulation_of`.
    """
    solved = [row for row in anew.problem.programmes if row.id in anew.solution.programmes]
    theirs = [row for row in solved if person in enrolled_in(row)]
    if not theirs:
        raise ProblemError("$.people", f"{shown(person)} has no place in what was solved.")
    for programme in theirs:
        yield manipulation_of(anew, programme.id, person)


def sample_of(anew: Anew, programme_id: str, people: int) -> Sample:
    """Return what some people of a programme could gain, as far as the limits allow; the seed draws them.

    Raises
    ------
    ProblemError
        As `manipulation_of`.
    """
    search = _Search(anew, programme_id)
    enrolled = enrolled_in(anew.problem.programme(programme_id))
    found: list[Manipulation] = []
    for person in _drawn(enrolled, programme_id, anew.solution.seed)[:people]:
        found.append(search.of(person))
        if not found[-1].finished:
            break
    return Sample(programme=programme_id, enrolled=len(enrolled), people=tuple(found))


def enrolled_in(programme: Programme) -> list[str]:
    """Return everybody who has a place in a programme, to seek or to offer a match."""
    if isinstance(programme, PeerProgramme):
        return [row.person for row in programme.people]
    rows = [row for name in ("mentees", "mentors", "people") for row in getattr(programme, name, ())]
    return sorted({row.person for row in rows if (row.capacity if isinstance(row, Mentor) else row.places)})


def _drawn(people: Sequence[str], programme: str, seed: int) -> list[str]:
    key = hashlib.blake2b(f"{seed} {programme} sample".encode(), digest_size=32).digest()
    return sorted(
        people, key=lambda person: hashlib.blake2b(person.encode(), key=key, digest_size=16).digest()
    )


class _Search:
    """Solves the narrowings of a programme's people, and reads what each brings by the true problem."""

    def __init__(self, anew: Anew, programme_id: str) -> None:
        if anew.solution.status not in (Status.OPTIMAL, Status.FEASIBLE):
            raise ProblemError(
                "$.status", "the solve was stopped, so what could be gained on it says nothing."
            )
        self._anew = anew
        self._watch = Watch(Limits())
        self._programme = anew.problem.programme(programme_id)
        self._reader = matches_in(anew.problem, self._programme, self._watch)
        self._now = self._reader.of(anew.solution)
        self._bounds = PriceBounds(anew, self._programme, self._reader)
        self._ways = ByWays(anew, self._programme, self._reader)

    def of(self, person: str) -> Manipulation:
        """Return what was found for one person, as far as the limits allow."""
        if person not in enrolled_in(self._programme):
            raise ProblemError("$", f"{shown(person)} has no place in programme {self._programme.id}.")
        now = sum(match.points for match in self._now if match.person == person)
        attempts: list[Attempt] = []
        bound: PriceBound | None = None
        ruled_out, finished = 0, True
        try:
            partners = partners_of(self._reader, person, self._watch)
            bound = self._bounds.of(person, partners, now)
            for attempt in self._attempts(person, partners, bound, now):
                if attempt is None:
                    ruled_out += 1
                else:
                    attempts.append(attempt)
        except Stopped:
            finished = False
        return Manipulation(
            programme=self._programme.id,
            person=person,
            points=now,
            attempts=tuple(attempts),
            at_most=None if bound is None else bound.at_most,
            ruled_out=ruled_out,
            finished=finished,
            scale=scale_of(self._programme),
        )

    def _attempts(
        self, person: str, partners: list[Partner], bound: PriceBound | None, now: int
    ) -> Iterator[Attempt | None]:
        """Yield what each way brings; `None` for one that gains nothing, as the prices prove."""
        hopeless = bound is not None and not bound.at_most
        for narrowing in narrowings_of(self._anew.problem, self._programme, person):
            if hopeless and narrowing.kind in LOWERING:
                yield None
                continue
            points = self._points_after(person, narrowing, partners, now)
            if points is not None:
                yield _attempt(narrowing, points, now)
        held = [match for match in self._now if match.person == person]
        for narrowing, kept in self._shorter_lists(person, partners, held):
            # Who gets none of these is left with nothing, which is more than a match of less than nothing.
            nobody = bound is not None and now >= 0 and bound.within.isdisjoint(kept)
            if hopeless or nobody:
                yield None
                continue
            points = self._points_after(person, narrowing, partners, now)
            if points is not None:
                yield _attempt(narrowing, points, now)
                if len(points) >= max(1, len(held)):
                    return

    def _shorter_lists(
        self, person: str, partners: list[Partner], held: Sequence[Match]
    ) -> Iterator[tuple[Narrowing, list[str]]]:
        """Yield the lists cut down to the best partners, and those, unless somebody has all of them now."""
        has = {partner for match in held for partner in match.partners}
        locked = {partner for match in held for partner in match.partners if match.locked}
        loose = list(dict.fromkeys(row.who for row in partners if row.who not in locked))
        for length in range(1, min(LONGEST_LIST, len(loose) - 1) + 1):
            if has >= set(loose[:length]):
                continue
            bans = partial(with_bans, self._anew.problem, self._programme, person, loose[length:])
            narrowing = Narrowing(
                kind=NarrowingKind.BEST_PARTNERS_ALONE,
                what=str(length),
                change=bans,
                partners=frozenset(locked.union(loose[:length])),
            )
            yield narrowing, loose[:length]

    def _points_after(
        self, person: str, narrowing: Narrowing, partners: list[Partner], now: int
    ) -> list[int] | None:
        """Return what a person's matches are worth after a narrowing; `None` when a lock forbids it."""
        points = self._ways.points_after(person, narrowing, partners)
        # What is wanted also makes skills a little closer or less close, to everybody.
        moves_skills = narrowing.kind in OF_WANTS and self._anew.problem.skills.closeness is None
        if points is None or (moves_skills and sum(points) > now):
            return self._solved(person, narrowing)
        return points

    def _solved(self, person: str, narrowing: Narrowing) -> list[int] | None:
        """Return what a person's matches are worth when all is solved anew."""
        try:
            found = self._anew.solved(narrowing.change(), self._programme.id, narrowing.stage(person))
        except ProblemError:
            return None
        return [match.points for match in self._reader.of(found) if match.person == person]


def _attempt(narrowing: Narrowing, points: Sequence[int], now: int) -> Attempt:
    return Attempt(kind=narrowing.kind, what=narrowing.what, gain=sum(points) - now)
