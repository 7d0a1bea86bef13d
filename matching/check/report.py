"""What the check finds: violations by kind and place, each a sentence that names people, and a summary."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ViolationKind(StrEnum):
    """What can be wrong with a solution; the words after the dash of a summary."""

    OTHER_PROBLEM = "other_problem"
    UNKNOWN_PROGRAMME = "unknown_programme"
    PROGRAMME_NOT_SOLVED = "programme_not_solved"
    WRONG_MEMBERS = "wrong_members"
    WRONG_SIZE = "wrong_size"
    UNKNOWN_PERSON = "unknown_person"
    NOT_LISTED = "not_listed"
    DUPLICATE = "duplicate"
    NOT_A_CANDIDATE = "not_a_candidate"
    SELF = "self"
    PLACES = "places"
    CAPACITY = "capacity"
    BLOCK = "block"
    BAN = "ban"
    REPORTING_LINE = "not_in_reporting_line"
    SHARED_HOURS = "shared_hours"
    SHARED_LANGUAGE = "shared_language"
    PRIOR_PAIR = "no_prior_pair"
    GRADE_DISTANCE = "grade_distance"
    OTHER_DEPARTMENT = "other_department"
    SAME_ATTRIBUTE = "same_attribute"
    COVERS_WANTS = "covers_wants"
    UNKNOWN_COMMUNITY = "unknown_community"
    TOO_FEW_MEMBERS = "too_few_members"
    TOO_MANY_MEMBERS = "too_many_members"
    MIX = "mix"
    KEPT_APART = "kept_apart"
    WRONG_CLOSED = "wrong_closed"
    REQUIRED = "required"
    WRONG_CLASH = "wrong_clash"
    HOURS = "hours"
    LOCK_NOT_KEPT = "lock_not_kept"
    FALSE_LOCK = "false_lock"
    OVERRIDE_WITHOUT_REASON = "override_without_reason"
    WRONG_POINTS = "wrong_points"
    WRONG_PARTS = "wrong_parts"
    WRONG_GOAL = "wrong_goal"
    UNMATCHED_MISSING = "unmatched_missing"
    UNMATCHED_BUT_MATCHED = "unmatched_but_matched"
    UNMATCHED_TWICE = "unmatched_twice"
    WRONG_CAUSE = "wrong_cause"
    WRONG_STATUS = "wrong_status"
    NO_CERTIFICATE = "no_certificate"
    WRONG_PRICE = "wrong_price"
    WRONG_WEIGHTS = "wrong_weights"
    WRONG_BOUND = "wrong_bound"
    NOT_PROVED = "not_proved"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong: its kind, its place in the solution file, and a sentence."""

    kind: ViolationKind
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found; no violations means that everything it looks at is true."""

    violations: tuple[Violation, ...]
    summary: str

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations


def counted(violations: Sequence[Violation]) -> str:
    """Return how many violations there are of each kind, the most frequent first, as one sentence."""
    counts = Counter(violation.kind for violation in violations)
    listed = ", ".join(f"{number} {kind}" for kind, number in counts.most_common())
    noun = "violation" if len(violations) == 1 else "violations"
    return f"{len(violations)} {noun}: {listed}."
