"""Which rules of a mentoring programme a pair breaks, each with what it asks for and what the pair has."""

from matching.candidates import Market
from matching.contrast.records import BrokenRule
from matching.problem import Person, Rule, RuleName
from matching.rules import BANNED, NOT_A_CANDIDATE, grades_above, shared_minutes
from matching.views import Pairs


def broken_rules(market: Market, mentee: int, mentor: int) -> tuple[BrokenRule, ...]:
    """Return the rules that a mentee and a mentor, by their numbers, break, in the order they are applied."""
    view = Pairs(market.sides, [mentee], [mentor])
    named = market.programme.rules if market.explicit is None else ()
    always = len(market.rules) - len(named)
    found = []
    for number, rule in enumerate(market.rules):
        if rule.keeps(view).all():
            continue
        if number >= always:
            found.append(_broken(market, named[number - always], view))
        else:
            found.append(BrokenRule(rule=rule.name, values=_reasons(market, view, rule.name)))
    if market.explicit is not None and not market.named_pairs[mentee, mentor]:
        found.append(BrokenRule(rule=NOT_A_CANDIDATE))
    return tuple(found)


def _broken(market: Market, rule: Rule, view: Pairs) -> BrokenRule:
    mentee, mentor = (market.problem.people[place] for place in (int(view.mentee[0]), int(view.mentor[0])))
    name = rule.rule.value
    match rule.rule:
        case RuleName.SHARED_HOURS:
            return BrokenRule(
                rule=name, needed=rule.minutes, found=int(shared_minutes(view, market.columns)[0])
            )
        case RuleName.COVERS_WANTS:
            return BrokenRule(rule=name, needed=rule.percent, found=int(market.fit.cover(view)[0]) // 10)
        case RuleName.GRADE_DISTANCE:
            return _grade_distance(market, rule, view)
        case RuleName.NOT_IN_REPORTING_LINE:
            return _reporting_line(market, mentee, mentor)
        case RuleName.NO_PRIOR_PAIR:
            return BrokenRule(rule=name, values=_rounds(market, mentee, mentor))
        case RuleName.OTHER_DEPARTMENT:
            return BrokenRule(
                rule=name,
                values=(mentee.department,)
                if mentee.department == mentor.department and mentee.department
                else (),
            )
        case RuleName.SAME_ATTRIBUTE:
            values = (person.attributes.get(rule.name or "", "") for person in (mentee, mentor))
            return BrokenRule(rule=name, attribute=rule.name, values=tuple(values))
        case RuleName.SHARED_LANGUAGE:
            return BrokenRule(rule=name)


def _grade_distance(market: Market, rule: Rule, view: Pairs) -> BrokenRule:
    above, known = grades_above(view, market.columns)
    if not known[0]:
        return BrokenRule(rule=rule.rule.value)
    found = int(above[0])
    needed = rule.min if rule.min is not None and found < rule.min else rule.max
    return BrokenRule(rule=rule.rule.value, needed=needed, found=found)


def _reporting_line(market: Market, mentee: Person, mentor: Person) -> BrokenRule:
    people = {person.id: person for person in market.problem.people}
    for top, bottom in ((mentor, mentee), (mentee, mentor)):
        steps, boss = 1, bottom.manager
        while boss is not None and boss != top.id:
            steps, boss = steps + 1, people[boss].manager
        if boss is not None:
            return BrokenRule(
                rule=RuleName.NOT_IN_REPORTING_LINE.value, found=steps, values=(top.id, bottom.id)
            )
    raise AssertionError("neither is above the other, and yet the rule is broken")


def _rounds(market: Market, mentee: Person, mentor: Person) -> tuple[str, ...]:
    programme = market.programme.id
    rows = (row for row in market.problem.history if row.programme == programme)
    return tuple(sorted({row.round for row in rows if {mentee.id, mentor.id} <= set(row.members)}))


def _reasons(market: Market, view: Pairs, name: str) -> tuple[str, ...]:
    """Return why HR has ruled a pair out, where it said so."""
    if name != BANNED:
        return ()
    both = {market.problem.people[int(place[0])].id for place in (view.mentee, view.mentor)}
    bans = (ban for ban in market.problem.bans if ban.programme == market.programme.id)
    return tuple(sorted({ban.reason for ban in bans if ban.reason and both <= set(ban.members)}))
