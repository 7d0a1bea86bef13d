"""How many pairs each rule forbids: counted over all of them, or estimated on a sample that says so."""

from dataclasses import replace

import pytest

from matching.forbidden import forbidden_pairs
from matching.generate import generate
from matching.problem import Ban, Problem, Rule, RuleName
from matching.rules import sentence_of
from tests.matching.problems import one_pair, read

RULES = (
    Rule(rule=RuleName.COVERS_WANTS, percent=20),
    Rule(rule=RuleName.NOT_IN_REPORTING_LINE),
    Rule(rule=RuleName.SHARED_HOURS, minutes=240),
    Rule(rule=RuleName.SHARED_LANGUAGE),
    Rule(rule=RuleName.NO_PRIOR_PAIR),
    Rule(rule=RuleName.GRADE_DISTANCE, min=1),
    Rule(rule=RuleName.OTHER_DEPARTMENT),
    Rule(rule=RuleName.SAME_ATTRIBUTE, name="site"),
)
NAMES = [rule.rule.value for rule in RULES]


@pytest.fixture(scope="module")
def company() -> Problem:
    return with_rules(generate(mentees=200, mentors=60, seed=3), RULES)


def with_rules(problem: Problem, rules: tuple[Rule, ...]) -> Problem:
    return replace(problem, programmes=(replace(problem.programmes[0], rules=rules),))


def counted(problem: Problem, in_force=(), **options):
    return forbidden_pairs(problem, problem.programmes[0], in_force, **options)


def pairs_of(problem: Problem) -> list[tuple[str, str]]:
    programme = problem.programmes[0]
    return [
        (mentee.person, mentor.person)
        for mentee in programme.mentees
        for mentor in programme.mentors
        if mentee.person != mentor.person
    ]


def test_each_rule_is_said_of_another_rule_than_the_next(company):
    """The example below is about every rule there is."""
    assert {rule.rule for rule in RULES} == set(RuleName)
    assert len({sentence_of(rule) for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("name", ["not_in_reporting_line", "grade_distance", "other_department"])
def test_a_count_is_that_of_a_plain_loop_over_all_pairs(company, name):
    """Counting by hand, from the people's own fields, gives the same number."""
    people = {person.id: person for person in company.people}

    def above(person):
        while people[person].manager is not None:
            person = people[person].manager
            yield person

    forbids = {
        "not_in_reporting_line": lambda a, b: a in above(b) or b in above(a),
        "grade_distance": lambda a, b: (people[b].grade or 0) < (people[a].grade or 0) + 1,
        "other_department": lambda a, b: people[a].department == people[b].department,
    }[name]
    found = counted(company)
    assert found.by_rule[name] == sum(forbids(mentee, mentor) for mentee, mentor in pairs_of(company)) > 0


def test_every_pair_is_looked_at_once_and_nobody_with_themself(company):
    """People who are mentee and mentor at once make no pair with themselves."""
    found = counted(company)
    assert found.pairs == found.looked_at == len(pairs_of(company))
    assert not found.is_sample


def test_together_rules_forbid_at_least_as_much_as_the_strictest_and_no_more_than_their_sum(company):
    """Only rules in force count together."""
    found = counted(company, NAMES)
    assert max(found.by_rule.values()) <= found.together <= min(sum(found.by_rule.values()), found.pairs)
    assert counted(company).together == 0
    assert counted(company, ["shared_hours"]).together == found.by_rule["shared_hours"]


def test_what_is_settled_about_single_people_changes_no_count(company):
    """A personal block or a ban cannot be told from the counts."""
    pairs = pairs_of(company)
    bans = tuple(Ban(programme=company.programmes[0].id, members=pair) for pair in pairs[:40])
    settled = replace(company, blocks=tuple(tuple(sorted(pair)) for pair in pairs[60:90]), bans=bans)
    open_to_all = replace(company, blocks=(), bans=())
    assert counted(settled, NAMES) == counted(open_to_all, NAMES)


def test_a_sample_says_so_and_comes_near_the_whole(company):
    """Of 8,000 pairs drawn by lot, shares are right to two percent; the same lots are drawn each time."""
    whole, sample = counted(company, NAMES), counted(company, NAMES, all_pairs=10, sampled=8_000)
    assert sample.is_sample
    assert sample.pairs == whole.pairs
    for name in NAMES:
        share = sample.by_rule[name] / sample.looked_at
        assert share == pytest.approx(whole.by_rule[name] / whole.pairs, abs=0.02)
    assert sample == counted(company, NAMES, all_pairs=10, sampled=8_000)
    assert sample != counted(company, NAMES, all_pairs=10, sampled=8_000, seed=1)


def test_a_programme_without_people_has_no_pairs():
    """Nothing to look at is no reason to fail."""
    problem = read(one_pair([]))
    empty = replace(problem, programmes=(replace(problem.programmes[0], mentees=(), mentors=()),))
    found = counted(empty)
    assert (found.pairs, found.looked_at, found.together) == (0, 0, 0)
