"""Facts for and against each pair of a solution, and about each person left out, as records to keep."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from app.engagements.reasons import AGAINST, FOR
from matching.columns import Columns
from matching.problem import MentoringProgramme, Person, Problem, Wanted
from matching.skills import closeness_of
from matching.solution import Assignment, Cause, CauseKind, Role, Solution

Reasons = list[dict[str, Any]]
BLOCKED = "not_blocked"
# What people settle themselves and may be told of; whom they block is theirs alone.
OWN_RULES = frozenset({"shared_hours", "shared_language"})
FULL = 1000


def reasons_of(problem: Problem, solution: Solution) -> list[Reasons]:
    """Return for each assignment its strongest reason for, and the strongest against when there is one."""
    witness = Witness(problem)
    return [witness.reasons(assignment) for assignment in solution.assignments]


def cause_details(cause: Cause, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return what is kept of a cause: nothing from which one could tell who blocked whom.

    Each partner is counted once, so those who are blocked leave the total, too. `labels` are of the skills.
    """
    return {
        "considered": cause.considered - cause.rules.get(BLOCKED, 0),
        "eligible": cause.eligible,
        "rules": {rule: count for rule, count in cause.rules.items() if rule != BLOCKED},
        "lacks": [
            {"skill": labels[row.skill], "level": row.level, "best": row.best, "possible": row.possible}
            for row in cause.lacks
        ],
    }


def cause_kind(cause: Cause) -> CauseKind:
    """Return the kind of a cause as it is kept: own conditions that were blocks alone are not told."""
    if cause.kind is CauseKind.OWN_CONDITIONS and OWN_RULES.isdisjoint(cause.rules):
        return CauseKind.NO_ELIGIBLE_PARTNER
    return cause.kind


def labels_of(problem: Problem) -> dict[str, str]:
    """Return what the skills of a problem are called."""
    return {skill.id: skill.label or skill.id for skill in problem.skills.nodes}


class Witness:
    """Tells of a pair what earned it points and what cost it points."""

    def __init__(self, problem: Problem) -> None:
        self._people = {person.id: person for person in problem.people}
        self._labels = labels_of(problem)
        self._programmes = {row.id: row for row in problem.programmes if isinstance(row, MentoringProgramme)}
        self._wishes = {
            (programme.id, mentee.person): mentee.wishes
            for programme in self._programmes.values()
            for mentee in programme.mentees
        }
        self._columns = Columns.of(problem)
        self._closeness = closeness_of(problem)
        self._near: dict[str, dict[str, int]] = {}
        self._facts: dict[str, Callable[[str, Assignment, Person, Person], dict[str, Any] | None]] = {
            "skills": self._skills,
            "level_step": self._level_step,
            "hours": self._hours,
            "variety": self._variety,
            "wishes": self._wish,
            "continuity": self._continuity,
            "location": self._location,
            "grade_step": self._grades,
        }

    def reasons(self, assignment: Assignment) -> Reasons:
        """Return the criterion that earned most, then the one that lost most and says something else."""
        mentee = self._people[assignment.members[Role.MENTEE]]
        mentor = self._people[assignment.members[Role.MENTOR]]
        weights = self._programmes[assignment.programme].criteria
        earned = {str(name): assignment.parts.get(name, 0) for name in weights}
        lost = {str(name): weight - earned[name] for name, weight in weights.items()}

        def facts(side: str, amounts: dict[str, int]) -> Iterator[dict[str, Any]]:
            for name in sorted(amounts, key=lambda name: (-amounts[name], name)):
                fact = self._facts[name](side, assignment, mentee, mentor) if amounts[name] > 0 else None
                if fact is not None:
                    yield {"side": side, "criterion": name, **fact}

        plus = list(islice(facts(FOR, earned), 1))
        minus = list(facts(AGAINST, lost))
        told = {row["skill"] for row in plus if "skill" in row}
        # One skill told twice says less than another criterion, if there is one.
        minus.sort(key=lambda row: row.get("skill") in told)
        return [*plus, *minus[:1]]

    def _skills(self, side: str, _row: Assignment, mentee: Person, mentor: Person) -> dict[str, Any] | None:
        covers = [(*self._cover(wanted, mentor), wanted) for wanted in mentee.wants]
        best = max(covers, default=None, key=lambda row: (row[0] * row[2].importance, row[2].skill))
        if side == FOR:
            return None if best is None else self._offered(best[1], best[2], mentor)
        # What is told in favour of a skill is not held against it as well.
        short = [row for row in covers if row[0] < FULL and not (row is best and row[0])]
        worst = max(short, default=None, key=lambda row: ((FULL - row[0]) * row[2].importance, row[2].skill))
        return None if worst is None else self._lacking(worst[2], mentor)

    def _offered(self, near: str | None, wanted: Wanted, mentor: Person) -> dict[str, Any] | None:
        if near is None:
            return None
        label = self._labels[wanted.skill]
        if near != wanted.skill:
            return {"kind": "near_skill", "skill": label, "near": self._labels[near]}
        level = next(row.level for row in mentor.holds if row.skill == near)
        return {"kind": "has_skill", "skill": label, "level": level, "wanted": wanted.level}

    def _lacking(self, wanted: Wanted, mentor: Person) -> dict[str, Any]:
        label = self._labels[wanted.skill]
        level = next((row.level for row in mentor.holds if row.skill == wanted.skill), None)
        if level is None:
            return {"kind": "lacks_skill", "skill": label}
        return {"kind": "below", "skill": label, "level": level, "wanted": wanted.level}

    def _cover(self, wanted: Wanted, mentor: Person) -> tuple[int, str | None]:
        """Return how well a mentor covers a wanted skill, in thousandths, and by which of theirs."""
        offers = (
            (
                self._close_to(wanted.skill, row.skill) * min(row.level, wanted.level) // wanted.level,
                row.skill,
            )
            for row in mentor.holds
        )
        share, skill = max(offers, default=(0, ""), key=lambda offer: (offer[0], offer[1] == wanted.skill))
        return (share, skill) if share else (0, None)

    def _close_to(self, wanted: str, held: str) -> int:
        """Return how close a held skill is to a wanted one, in thousandths."""
        if wanted not in self._near:
            self._near[wanted] = self._closeness.near(wanted)
        return self._near[wanted].get(held, 0)

    def _level_step(
        self, side: str, _row: Assignment, mentee: Person, mentor: Person
    ) -> dict[str, Any] | None:
        held = {row.skill: row.level for row in mentor.holds}
        both = [row for row in mentee.wants if row.skill in held]
        if not both:
            return None
        steps = {row.skill: self._step(held[row.skill] - row.level) for row in both}
        best = max if side == FOR else min
        wanted = best(both, key=lambda row: (steps[row.skill], row.importance, row.skill))
        if (steps[wanted.skill] >= 600) != (side == FOR):
            return None
        return {
            "kind": "level_step",
            "skill": self._labels[wanted.skill],
            "level": held[wanted.skill],
            "wanted": wanted.level,
        }

    @staticmethod
    def _step(above: int) -> int:
        return 0 if above < 0 else (500, 1000, 1000, 600, 600)[min(above, 4)]

    def _hours(self, _side: str, _row: Assignment, mentee: Person, mentor: Person) -> dict[str, Any]:
        times = self._columns.timetable
        one, other = (times[self._columns.index[person.id]] for person in (mentee, mentor))
        return {"kind": "hours", "minutes": int(self._columns.shared_minutes[one, other])}

    def _variety(self, _side: str, _row: Assignment, mentee: Person, mentor: Person) -> dict[str, Any]:
        return {
            "kind": "variety",
            "department": _differ(mentee.department, mentor.department),
            "place": _differ(mentee.location, mentor.location),
        }

    def _wish(self, _side: str, row: Assignment, mentee: Person, mentor: Person) -> dict[str, Any] | None:
        wishes = self._wishes[row.programme, mentee.id]
        if not wishes:
            return None
        return {"kind": "wish", "rank": wishes.index(mentor.id) + 1 if mentor.id in wishes else 0}

    def _continuity(self, _side: str, _row: Assignment, _mentee: Person, _mentor: Person) -> dict[str, Any]:
        return {"kind": "together"}

    def _location(self, _side: str, _row: Assignment, mentee: Person, mentor: Person) -> dict[str, Any]:
        if mentee.location and mentee.location == mentor.location:
            return {"kind": "location", "same": "location"}
        same_zone = mentee.time_zone and mentee.time_zone == mentor.time_zone
        return {"kind": "location", "same": "time_zone" if same_zone else ""}

    def _grades(self, _side: str, _row: Assignment, mentee: Person, mentor: Person) -> dict[str, Any]:
        known = mentee.grade is not None and mentor.grade is not None
        above = (mentor.grade or 0) - (mentee.grade or 0) if known else None
        return {"kind": "grades", "above": above}


def _differ(one: str | None, other: str | None) -> bool:
    return bool(one and other and one != other)
