"""What the prices of a step of a joint round bound, by the formula of the documentation and by trying all sets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

from matching.problem import (
    CommunitiesProgramme,
    Community,
    MentoringProgramme,
    PeerProgramme,
    Problem,
    Programme,
)
from matching.solution import Certificate, HoursPrice, JointStep

Aim = tuple[str, str | None]


def aims_of(problem: Problem) -> list[Aim]:
    """Return the goals of a round in their order, by the words of the documentation."""
    assert problem.joint is not None
    first = problem.joint.cover_by
    found: list[Aim] = [("cover", None)] if first else []
    last: list[Aim] = []
    for name in (*first, *(row.id for row in problem.programmes if row.id not in first)):
        programme = problem.programme(name)
        if "coverage" in programme.goals:
            found.append(("coverage", name))
        if isinstance(programme, PeerProgramme) and len(programme.group_sizes) > 1:
            (found if "coverage" in programme.goals else last).append(("triads", name))
    if any("points" in row.goals for row in problem.programmes):
        found.append(("points", None))
    return found + last


@dataclass(frozen=True)
class Round:
    """A joint round, beside what its locks settle."""

    problem: Problem

    def locked(self, name: str) -> list[tuple[str, ...]]:
        return [lock.members for lock in self.problem.locks if lock.programme == name]

    def settled(self, programme: Programme) -> set[str]:
        """Return whom locks give a place."""
        locked = self.locked(programme.id)
        if isinstance(programme, PeerProgramme):
            return {person for members in locked for person in members}
        return {members[0] for members in locked}

    def waited(self, programme: Programme) -> dict[str, int]:
        """Return one more than the rounds waited of who asks for a place."""
        rows = programme.mentees if isinstance(programme, MentoringProgramme) else programme.people  # type: ignore[attr-defined]
        return {row.person: 1 + row.rounds_waited for row in rows if getattr(row, "places", 1)}

    def counts(self) -> dict[str, int]:
        """Return what covering each person counts for, whom locks cover left out."""
        assert self.problem.joint is not None
        found: dict[str, int] = {}
        members = [self.problem.programme(name) for name in self.problem.joint.cover_by]
        covered = {person for programme in members for person in self.settled(programme)}
        for programme in members:
            for person, worth in self.waited(programme).items():
                if person not in covered:
                    found[person] = max(worth, found.get(person, 0))
        return found

    def seeks(self, programme: Programme) -> dict[str, int]:
        """Return how many more engagements each person could be covered by."""
        locked = self.locked(programme.id)
        if isinstance(programme, PeerProgramme):
            settled = self.settled(programme)
            return {row.person: int(row.person not in settled) for row in programme.people}
        if isinstance(programme, MentoringProgramme):
            rows, most = programme.mentees, len(programme.mentors)
        else:
            assert isinstance(programme, CommunitiesProgramme)
            rows, most = programme.people, len(programme.communities)  # type: ignore[assignment]
        return {row.person: min(row.places - sum(row.person == a for a, _ in locked), most) for row in rows}

    def gives(self, programme: Programme) -> dict[str, int]:
        """Return how many more engagements each person could give."""
        locked = self.locked(programme.id)
        if isinstance(programme, PeerProgramme):
            return {}
        if isinstance(programme, MentoringProgramme):
            most = len(programme.mentees)
            return {
                row.person: min(row.capacity - sum(row.person == b for _, b in locked), most)
                for row in programme.mentors
            }
        assert isinstance(programme, CommunitiesProgramme)
        opened = {name for _, name in locked}
        led = [row.lead for row in programme.communities if row.id not in opened and programme.people]
        return {lead: led.count(lead) for lead in led if lead is not None}

    def limit(self, row: HoursPrice) -> int:
        """Return the greatest sum of a row by trying all numbers of engagements."""
        has = next(person.hours_a_month for person in self.problem.people if person.id == row.person)
        assert has is not None
        left, kinds = round(100 * has), []
        for programme in self.problem.programmes:
            takes = round(100 * (programme.hours_a_month or 0))
            left -= takes * self.spent(programme, row.person)
            for shares, most in ((row.seeking, self.seeks(programme)), (row.giving, self.gives(programme))):
                kinds.append((shares.get(programme.id, 0), takes, max(0, most.get(row.person, 0))))
        return max(
            sum(share * number for (share, _, _), number in zip(kinds, numbers, strict=True))
            for numbers in product(*(range(most + 1) for _, _, most in kinds))
            if sum(takes * number for (_, takes, _), number in zip(kinds, numbers, strict=True))
            <= max(0, left)
        )

    def spent(self, programme: Programme, person: str) -> int:
        """Return how many engagements of somebody locks settle."""
        locked = self.locked(programme.id)
        if not isinstance(programme, CommunitiesProgramme):
            return sum(members.count(person) for members in locked)
        leads = {row.id: row.lead for row in programme.communities}
        opened = {name for _, name in locked}
        return sum(a == person for a, _ in locked) + sum(leads[name] == person for name in opened)


@dataclass(frozen=True)
class Worths:
    """What choices of one programme are worth under a step: a point, covering each person, engagements."""

    point: int
    triad: int
    group: int
    bonus: Mapping[str, int]
    toll: Mapping[str, int]
    fee: Mapping[str, int]


def worths_of(found: Round, programme: Programme, order: list[Aim], step: JointStep) -> Worths:
    assert found.problem.joint is not None
    weights = dict(zip(order, step.weights, strict=False))
    coverage, settled = weights.get(("coverage", programme.id), 0), found.settled(programme)
    covers = programme.id in found.problem.joint.cover_by
    ids = [person.id for person in found.problem.people]
    tolls, fees = dict.fromkeys(ids, 0), dict.fromkeys(ids, 0)
    for row in step.hours:
        tolls[row.person] += row.price * row.seeking.get(programme.id, 0)
        fees[row.person] += row.price * row.giving.get(programme.id, 0)
    return Worths(
        point=weights.get(("points", None), 0) if "points" in programme.goals else 0,
        triad=weights.get(("triads", programme.id), 0),
        group=step.turnout.get(programme.id, 0),
        bonus={
            person: coverage * worth * (person not in settled) + (step.cover.get(person, 0) if covers else 0)
            for person, worth in found.waited(programme).items()
        },
        toll=tolls,
        fee=fees,
    )


def share_of(found: Round, programme: Programme, certificate: Certificate, worths: Worths) -> int | None:
    """Return what no plan of the programme is worth more than; none where locks allow no plan."""
    if isinstance(programme, MentoringProgramme):
        return of_mentoring(found, programme, certificate, worths)
    if isinstance(programme, PeerProgramme):
        return of_peers(found, programme, certificate, worths)
    assert isinstance(programme, CommunitiesProgramme)
    return of_communities(found, programme, certificate, worths)


def of_mentoring(
    found: Round, programme: MentoringProgramme, certificate: Certificate, worths: Worths
) -> int:
    places, capacity = found.seeks(programme), found.gives(programme)
    locked, banned = found.locked(programme.id), banned_in(found.problem, programme)
    asked, own = certificate.mentees, certificate.mentors
    total = sum(capacity[person] * own.get(person, 0) for person in capacity)
    for person, number in places.items():
        if number > 0:
            price = asked.get(person, 0)
            total += max(0, price) + (number - 1) * max(0, price - worths.bonus[person])
    for a, b, points in programme.candidates or ():
        if places[a] > 0 and capacity[b] > 0 and (a, b) not in locked and frozenset((a, b)) not in banned:
            worth = worths.point * points + worths.bonus[a] - worths.toll[a] - worths.fee[b]
            total += max(0, worth - asked.get(a, 0) - own.get(b, 0))
    return total


def of_peers(found: Round, programme: PeerProgramme, certificate: Certificate, worths: Worths) -> int:
    points = {frozenset(row[:2]): row[2] for row in programme.candidates or ()}
    settled, banned = found.settled(programme), banned_in(found.problem, programme)
    asked = certificate.people
    total = sum(asked.values()) + sum(
        row.price * (len(row.members) // row.size) for row in certificate.odd_sets
    )
    free = [row.person for row in programme.people if row.person not in settled]
    for size in programme.group_sizes:
        for group in combinations(free, size):
            pairs = [frozenset(pair) for pair in combinations(group, 2)]
            if all(pair in points for pair in pairs) and not any(ban <= set(group) for ban in banned):
                worth = worths.point * sum(points[pair] for pair in pairs) * (2 if size == 2 else 1)
                worth += sum(worths.bonus[p] - worths.toll[p] - asked.get(p, 0) for p in group)
                worth -= worths.triad * (size == 3) + worths.group
                for row in certificate.odd_sets:
                    worth -= row.price * (len(set(group) & set(row.members)) // row.size)
                total += max(0, worth)
    return total


def of_communities(
    found: Round, programme: CommunitiesProgramme, certificate: Certificate, worths: Worths
) -> int | None:
    places, asked = found.seeks(programme), certificate.people
    total = 0
    for person, number in places.items():
        if number > 0:
            price = asked.get(person, 0)
            total += price + (number - 1) * max(0, price - worths.bonus[person])
    for community in programme.communities:
        inside = [a for a, name in found.locked(programme.id) if name == community.id]
        joining = dict(may_join(found, programme, community, inside))
        here = [
            row
            for row in certificate.meetings
            if row.community == community.id and row.first in joining and row.second in joining
        ]
        for person, points in joining.items():
            worth = worths.point * points + worths.bonus[person] - worths.toll[person] - asked.get(person, 0)
            joining[person] = worth - sum(row.price for row in here if person in (row.first, row.second))
        best = most_of(found.problem, community, inside, joining)
        if best is None:
            if inside:
                return None
            continue
        best += sum(row.price for row in here)
        total += best if inside else max(0, best - worths.fee.get(community.lead or "", 0))
    return total


def may_join(
    found: Round, programme: CommunitiesProgramme, community: Community, inside: list[str]
) -> Iterator[tuple[str, int]]:
    places, banned = found.seeks(programme), banned_in(found.problem, programme)
    for person, name, points in programme.candidates or ():
        apart = any(frozenset((person, other)) in banned for other in (*inside, community.lead))
        open_to = name == community.id and person not in (*inside, community.lead) and not apart
        if open_to and places[person] > 0 and len(inside) < community.max:
            yield person, points


def most_of(
    problem: Problem, community: Community, inside: list[str], worths: Mapping[str, int]
) -> int | None:
    """Return the most that members who suffice are worth, with each mix taken alone."""
    department = {person.id: person.department for person in problem.people}
    found = []
    for mix in (None, *community.mix):
        sums = [
            sum(worths[person] for person in members)
            for size in range(len(worths) + 1)
            for members in combinations(worths, size)
            if max(community.min, 1) <= len(inside) + size <= community.max
            and (mix is None or len({department[p] for p in (*inside, *members)} - {None}) >= mix.at_least)
        ]
        if not sums:
            return None
        found.append(max(sums))
    return min(found)


def banned_in(problem: Problem, programme: Programme) -> set[frozenset[str]]:
    return {frozenset(ban.members) for ban in problem.bans if ban.programme == programme.id}
