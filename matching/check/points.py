"""The points once more, each criterion with code of its own: for one mentee, an array over all mentors."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from matching.check.fit import Fit
from matching.check.hours import SharedHours
from matching.check.sheet import Integers, Sheet, Texts
from matching.problem import Criterion, Person

THOUSAND = 1000
HOURS_ENOUGH = 240
WISH_RANKS = (1000, 800, 600, 400)
LATER_WISH = 200
MIDDLE_RATING = 3
GRADE_STEPS = ((0, 600), (1, 1000), (2, 1000), (3, 600), (4, 300))


class Points:
    """The parts of the points of one programme; criteria without weight are left out, as earning nothing.

    References
    ----------
    The shares are those of ``docs/matching.md``, section Points.
    """

    def __init__(self, sheet: Sheet, hours: SharedHours, fit: Fit) -> None:
        self.sheet = sheet
        self.hours = hours
        self.fit = fit
        self.weights = {name: weight for name, weight in sheet.programme.criteria.items() if weight > 0}
        # What each share earns, rounded: to look it up is faster than to divide.
        shares = np.arange(THOUSAND + 1)
        self.earned = {name: (weight * shares + 500) // THOUSAND for name, weight in self.weights.items()}
        self.wishes = {mentee.person: mentee.wishes for mentee in sheet.programme.mentees}
        self.departments = Texts(mentor.department for mentor in sheet.mentors)
        self.locations = Texts(mentor.location for mentor in sheet.mentors)
        self.time_zones = Texts(mentor.time_zone for mentor in sheet.mentors)
        grades = [np.nan if mentor.grade is None else mentor.grade for mentor in sheet.mentors]
        self.grades = np.array(grades, dtype=float)
        self.latest = self._latest_partners()

    def shares(self, row: int) -> dict[Criterion, Integers]:
        """Return, for one mentee, how well each criterion is met with every mentor, in thousandths."""
        mentee = self.sheet.mentees[row]
        return {name: _SHARES[name](self, mentee) for name in self.weights}

    def parts(self, row: int) -> dict[Criterion, Integers]:
        """Return, for one mentee, the points of each criterion with every mentor."""
        return {name: self.earned[name][share] for name, share in self.shares(row).items()}

    def points(self, row: int) -> Integers:
        """Return, for one mentee, the sum of the parts with every mentor."""
        return sum(self.parts(row).values(), self._nothing())

    def _skills(self, mentee: Person) -> Integers:
        return self.fit.covered(mentee)

    def _level_step(self, mentee: Person) -> Integers:
        return self.fit.stepped(mentee)

    def _hours(self, mentee: Person) -> Integers:
        return np.minimum(self.hours.row(mentee), HOURS_ENOUGH) * THOUSAND // HOURS_ENOUGH

    def _variety(self, mentee: Person) -> Integers:
        department = self.departments.other(mentee.department)
        return 500 * (department.astype(np.int64) + self.locations.other(mentee.location))

    def _wishes(self, mentee: Person) -> Integers:
        share = self._nothing()
        for rank, wished in enumerate(self.wishes[mentee.id]):
            if wished in self.sheet.column:
                share[self.sheet.column[wished]] = WISH_RANKS[rank] if rank < len(WISH_RANKS) else LATER_WISH
        return share

    def _continuity(self, mentee: Person) -> Integers:
        share = self._nothing()
        share[self.sheet.columns(self.latest.get(mentee.id, set()))] = THOUSAND
        return share

    def _ratings(self, mentee: Person) -> Integers:
        share = self._nothing()
        for chat in self.sheet.problem.chats:
            if chat.programme == self.sheet.programme.id and mentee.id in chat.members:
                given = [MIDDLE_RATING if rating is None else rating for rating in chat.ratings]
                others = [member for member in chat.members if member != mentee.id]
                share[self.sheet.columns(others)] = (sum(given) - 2) * THOUSAND // 8
        return share

    def _location(self, mentee: Person) -> Integers:
        nearby = np.where(self.time_zones.same(mentee.time_zone), 500, 0)
        return np.where(self.locations.same(mentee.location), THOUSAND, nearby)

    def _grade_step(self, mentee: Person) -> Integers:
        share = self._nothing()
        for step, worth in GRADE_STEPS:
            if mentee.grade is not None:
                share[self.grades == mentee.grade + step] = worth
        return share

    def _nothing(self) -> Integers:
        return np.zeros(len(self.sheet.mentors), dtype=np.int64)

    def _latest_partners(self) -> dict[str, set[str]]:
        rows = [row for row in self.sheet.problem.history if row.programme == self.sheet.programme.id]
        latest = max((row.round for row in rows), default="")
        partners: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if row.round == latest:
                for member in row.members:
                    partners[member].update(row.members)
        return partners


_SHARES: dict[Criterion, Callable[[Points, Person], Integers]] = {
    Criterion.SKILLS: Points._skills,
    Criterion.LEVEL_STEP: Points._level_step,
    Criterion.HOURS: Points._hours,
    Criterion.VARIETY: Points._variety,
    Criterion.WISHES: Points._wishes,
    Criterion.CONTINUITY: Points._continuity,
    Criterion.RATINGS: Points._ratings,
    Criterion.LOCATION: Points._location,
    Criterion.GRADE_STEP: Points._grade_step,
}
