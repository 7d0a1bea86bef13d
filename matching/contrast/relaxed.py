"""What each hard rule and each lock costs: the whole problem solved anew without it."""

from collections.abc import Iterator
from dataclasses import replace

from matching.contrast.anew import Anew
from matching.contrast.forbidden import forbidden_by
from matching.contrast.records import Difference, LockPrice, RulePrice
from matching.problem import Problem, Programme, Rule
from matching.solution import Status
from matching.watch import Stopped


def rule_prices(anew: Anew) -> Iterator[RulePrice]:
    """Yield the price of each rule that a programme of the plan names; explicit candidates know no rules."""
    for programme in anew.problem.programmes:
        if programme.id not in anew.solution.programmes or programme.candidates is not None:
            continue
        counts = forbidden_by(anew.problem, programme)
        for rule, forbidden in zip(programme.rules, counts, strict=True):
            changed = _without_rule(anew.problem, programme, rule)
            difference, status = _price(anew, changed, programme.id, f"without {rule.rule.value}")
            yield RulePrice(
                programme=programme.id, rule=rule, forbidden=forbidden, difference=difference, status=status
            )


def lock_prices(anew: Anew) -> Iterator[LockPrice]:
    """Yield the price of each lock of the plan's programmes."""
    for lock in anew.problem.locks:
        if lock.programme not in anew.solution.programmes:
            continue
        changed = replace(anew.problem, locks=tuple(row for row in anew.problem.locks if row is not lock))
        stage = f"without the lock on {' and '.join(lock.members)}"
        difference, status = _price(anew, changed, lock.programme, stage)
        yield LockPrice(programme=lock.programme, members=lock.members, difference=difference, status=status)


def _without_rule(problem: Problem, programme: Programme, rule: Rule) -> Problem:
    freer = replace(programme, rules=tuple(row for row in programme.rules if row is not rule))
    return replace(
        problem, programmes=tuple(freer if row is programme else row for row in problem.programmes)
    )


def _price(anew: Anew, changed: Problem, programme: str, stage: str) -> tuple[Difference | None, Status]:
    try:
        found = anew.solved(changed, programme, stage)
    except Stopped as stop:
        return None, stop.status
    return anew.difference(found, programme), found.status
