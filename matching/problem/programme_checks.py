"""What must be true of programmes: their people, rules, criteria, goals and candidates."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from matching import values
from matching.errors import ProblemError
from matching.problem.checks import MINUTES_A_DAY, each

if TYPE_CHECKING:
    from matching.problem import CommunitiesProgramme, MentoringProgramme, Programme, Rule

LARGEST_COUNT = 100_000
LARGEST_WEIGHT = 1_000
# The figures of each rule: those it needs, and those it may have.
RULE_FIGURES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "not_in_reporting_line": ((), ()),
    "shared_hours": (("minutes",), ()),
    "shared_language": ((), ()),
    "no_prior_pair": ((), ()),
    "grade_distance": ((), ("min", "max")),
    "other_department": ((), ()),
    "same_attribute": (("name",), ()),
    "covers_wants": (("percent",), ()),
}
CRITERIA = (
    "skills",
    "level_step",
    "hours",
    "variety",
    "wishes",
    "continuity",
    "ratings",
    "location",
    "grade_step",
)
GOALS = ("coverage", "points", "worst_match", "stable", "parity", "same_partners")


def check_programme(programme: "Programme", people: Collection[str], skills: Collection[str]) -> None:
    """Raise `ProblemError` at the first thing wrong in one programme."""
    values.check_id(programme.id, ".id")
    values.check_hours(programme.hours_a_month, ".hours_a_month")
    values.check_rows(programme.rules, ".rules")
    each(".rules", programme.rules, _check_rule)
    values.check_distinct(
        ((row.rule, row.name) for row in programme.rules), ".rules", "the rule {} stands here twice."
    )
    _check_criteria(programme)
    _check_goals(programme)
    left, right = _check_members(programme, people, skills)
    if programme.candidates is not None:
        _check_candidates(programme, left, right)


def _check_rule(rule: "Rule") -> None:
    values.check_choice(rule.rule, RULE_FIGURES, ".rule", "rule")
    needed, allowed = RULE_FIGURES[rule.rule]
    for name in ("minutes", "min", "max", "name", "percent"):
        value = getattr(rule, name)
        if value is None and name in needed:
            raise ProblemError(f".{name}", f"the rule {rule.rule} needs {name}.")
        if value is not None and name not in needed + allowed:
            raise ProblemError(f".{name}", f"the rule {rule.rule} has no {name}.")
    if rule.minutes is not None:
        values.check_whole(rule.minutes, ".minutes", 0, MINUTES_A_DAY)
    if rule.name is not None:
        values.check_id(rule.name, ".name")
    if rule.percent is not None:
        values.check_whole(rule.percent, ".percent", 1, 100)
    for name in ("min", "max"):
        if getattr(rule, name) is not None:
            values.check_whole(getattr(rule, name), f".{name}", -100, 100)
    if rule.rule == "grade_distance":
        if rule.min is None and rule.max is None:
            raise ProblemError("", "the rule grade_distance needs min, max or both.")
        if rule.min is not None and rule.max is not None and rule.min > rule.max:
            raise ProblemError(".min", "is more than max.")


def _check_criteria(programme: "Programme") -> None:
    if not isinstance(programme.criteria, dict):
        raise ProblemError(".criteria", f"must be an object, not {values.shown(programme.criteria)}.")
    for name, weight in programme.criteria.items():
        values.check_choice(name, CRITERIA, ".criteria", "criterion")
        values.check_whole(weight, f".criteria.{name}", 0, LARGEST_WEIGHT)
    if programme.criteria and programme.candidates is not None:
        raise ProblemError(".criteria", "a programme has explicit candidates or criteria, not both.")


def _check_goals(programme: Any) -> None:
    values.check_rows(programme.goals, ".goals")
    if not programme.goals:
        raise ProblemError(".goals", "a programme has at least one goal.")
    each(".goals", programme.goals, lambda goal: values.check_choice(goal, GOALS, "", "goal"))
    values.check_distinct(programme.goals, ".goals", "the goal {} stands here twice.")
    parity = getattr(programme, "parity", None)
    if parity is not None:
        values.check_id(parity.attribute, ".parity.attribute")
    each(".goals", programme.goals, lambda goal: _check_goal(programme, goal, has_groups=parity is not None))


def _check_goal(programme: Any, goal: str, *, has_groups: bool) -> None:
    """Raise for a goal that this kind of programme cannot have, or not at this place among the others."""
    earlier = programme.goals[: programme.goals.index(goal)]
    if goal == "worst_match" and "coverage" not in earlier:
        raise ProblemError("", "the goal worst_match must come after coverage; else to match nobody is best.")
    if goal == "parity" and not has_groups:
        raise ProblemError("", 'the goal parity needs "parity": {"attribute": ...}: who is a group.')
    if goal == "stable":
        _check_stable(programme, earlier)
    if goal in ("worst_match", "parity") and "stable" in earlier:
        raise ProblemError("", f"the goal {goal} cannot be sought among stable plans.")


def _check_stable(programme: Any, earlier: tuple[str, ...]) -> None:
    """Raise where there need be no stable plan, or where somebody must be matched all the same."""
    if programme.kind in ("communities", "group_mentoring"):
        raise ProblemError(
            "",
            "the goal stable is none of communities: who leaves one for another may close it for the rest.",
        )
    if type(getattr(programme, "group_sizes", None)) is tuple and 3 in programme.group_sizes:
        raise ProblemError(
            "", "the goal stable needs groups of 2 alone: two of a triad may always rather be a pair."
        )
    if earlier:
        raise ProblemError("", "the goal stable must come first: it leaves no choice of who may block whom.")
    seeking = programme.mentees if programme.kind == "mentoring" else programme.people
    # Whether these are rows at all is looked at later.
    if type(seeking) is tuple and any(getattr(row, "required", False) for row in seeking):
        raise ProblemError("", "the goal stable cannot be sought where somebody must be matched.")


def _check_members(
    programme: Any, people: Collection[str], skills: Collection[str]
) -> tuple[Collection[str], Collection[str]]:
    """Check who takes part; return the ids that may stand first and second in a candidate."""
    if programme.kind == "mentoring":
        return _check_mentoring(programme, people)
    communities: Collection[str] = ()
    if programme.kind == "peer_coaching":
        values.check_rows(programme.group_sizes, ".group_sizes")
        each(".group_sizes", programme.group_sizes, _check_group_size)
        if not programme.group_sizes:
            raise ProblemError(".group_sizes", "peer coaching needs at least one group size.")
    else:
        values.check_choice(programme.kind, ("communities", "group_mentoring"), ".kind", "kind of programme")
        communities = _check_communities(programme, people, skills)
    values.check_rows(programme.people, ".people")
    targets = communities if programme.kind != "peer_coaching" else people
    noun = "community" if programme.kind != "peer_coaching" else "person"

    def check(row: Any) -> None:
        if noun == "community":
            values.check_whole(row.places, ".places", 0, LARGEST_COUNT)
        _check_seeker(row, people, targets, noun)
        if noun == "community":
            _check_required_has_places(row)

    each(".people", programme.people, check)
    listed = _distinct_people(programme.people, ".people")
    return listed, communities if noun == "community" else listed


def _check_group_size(size: Any) -> None:
    if type(size) is not int or size not in (2, 3):
        raise ProblemError(
            "",
            f"peers coach each other in groups of 2 or 3, not {values.shown(size)}; "
            "larger groups are group mentoring or communities.",
        )


def _check_mentoring(
    programme: "MentoringProgramme", people: Collection[str]
) -> tuple[Collection[str], Collection[str]]:
    values.check_rows(programme.mentees, ".mentees")
    values.check_rows(programme.mentors, ".mentors")

    def check_mentee(row: Any) -> None:
        _check_seeker(row, people, people, "person")
        values.check_whole(row.places, ".places", 0, LARGEST_COUNT)
        _check_required_has_places(row)

    def check_mentor(row: Any) -> None:
        values.check_known(row.person, people, ".person", "person")
        values.check_whole(row.capacity, ".capacity", 0, LARGEST_COUNT)

    each(".mentees", programme.mentees, check_mentee)
    each(".mentors", programme.mentors, check_mentor)
    return _distinct_people(programme.mentees, ".mentees"), _distinct_people(programme.mentors, ".mentors")


def _distinct_people(rows: tuple[Any, ...], path: str) -> set[str]:
    listed = {row.person for row in rows}
    if len(listed) < len(rows):
        values.check_distinct((row.person for row in rows), path, "person {} is listed twice.")
    return listed


def _check_seeker(row: Any, people: Collection[str], targets: Collection[str], noun: str) -> None:
    values.check_known(row.person, people, ".person", "person")
    values.check_whole(row.rounds_waited, ".rounds_waited", 0, 100)
    values.check_flag(row.required, ".required")
    values.check_rows(row.wishes, ".wishes")
    if row.wishes:
        each(".wishes", row.wishes, lambda wish: values.check_known(wish, targets, "", noun))
        values.check_distinct(row.wishes, ".wishes", f"{noun} {{}} is wished for twice.")
        if row.person in row.wishes:
            raise ProblemError(".wishes", f"person {values.shown(row.person)} wishes for themselves.")


def _check_required_has_places(row: Any) -> None:
    if row.required and not row.places:
        raise ProblemError(
            ".required", f"person {values.shown(row.person)} must be matched, but has no places."
        )


def _check_communities(
    programme: "CommunitiesProgramme", people: Collection[str], skills: Collection[str]
) -> Collection[str]:
    values.check_rows(programme.communities, ".communities")

    def check(row: Any) -> None:
        values.check_id(row.id, ".id")
        values.check_rows(row.skills, ".skills")
        each(".skills", row.skills, lambda skill: values.check_known(skill, skills, "", "skill"))
        if row.lead is not None:
            values.check_known(row.lead, people, ".lead", "person")
        values.check_whole(row.min, ".min", 0, LARGEST_COUNT)
        values.check_whole(row.max, ".max", 0, LARGEST_COUNT)
        if row.min > row.max:
            raise ProblemError(".min", "is more than max.")
        values.check_flag(row.required, ".required")
        if row.required and not row.max:
            raise ProblemError(".required", f"community {values.shown(row.id)} must open, but has no room.")
        values.check_rows(row.mix, ".mix")
        for index, mix in enumerate(row.mix):
            values.check_id(mix.attribute, f".mix[{index}].attribute")
            values.check_whole(mix.at_least, f".mix[{index}].at_least", 0, LARGEST_COUNT)

    each(".communities", programme.communities, check)
    ids = [row.id for row in programme.communities]
    values.check_distinct(ids, ".communities", "there are two communities {}.")
    return set(ids)


def _check_candidates(programme: Any, left: Collection[str], right: Collection[str]) -> None:
    values.check_rows(programme.candidates, ".candidates")
    nouns = {"mentoring": ("mentee", "mentor"), "peer_coaching": ("person of this programme",) * 2}
    first, second = nouns.get(programme.kind, ("person of this programme", "community"))
    most = values.LARGEST_POINTS

    def check(row: Any) -> None:
        if type(row) is not tuple or len(row) != 3:
            raise ProblemError("", "a candidate is two ids and a whole number of points.")
        a, b, points = row
        if (
            type(a) is not str
            or type(b) is not str
            or a not in left
            or b not in right
            or a == b
            or type(points) is not int
            or not -most <= points <= most
        ):
            values.check_known(a, left, "[0]", first)
            values.check_known(b, right, "[1]", second)
            if a == b:
                raise ProblemError("", f"person {values.shown(a)} is a candidate for themselves.")
            values.check_whole(points, "[2]", -most, most)

    each(".candidates", programme.candidates, check)
    unordered = programme.kind == "peer_coaching"
    pairs = [(min(a, b), max(a, b)) if unordered else (a, b) for a, b, _points in programme.candidates]
    if len(set(pairs)) < len(pairs):
        values.check_distinct(pairs, ".candidates", "the candidate {} stands here twice.")
