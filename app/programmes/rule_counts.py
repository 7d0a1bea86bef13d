"""What rules forbid, in words: counted pairs, or shares of a sample that is named as one."""

from app.programmes.part_forms import RulesForm
from app.programmes.signals import Counted
from app.words import number

PERCENT = 100
LEAST_SHOWN = 0.01


def counts_in_words(counted: Counted | None, form: RulesForm) -> dict[str, str]:
    """Say of each rule how many pairs it forbids, with the figures that stand beside it now."""
    if counted is None:
        return {}
    shown = form.everything()
    return {
        row.rule: _count(counted, row.rule, shown.get(row.rule), is_on=row.switch.data)
        for row in form.switched()
    }


def together_in_words(counted: Counted | None) -> str:
    """Say how many pairs all rules leave that were in force when they were counted."""
    if counted is None or counted.counted_at is None:
        return ""
    if not counted.looked_at:
        return f"{counted.round_name} has no pair of a mentee and a mentor yet."
    if not counted.in_force:
        return f"Without a rule, all {number(counted.pairs)} pairs are possible."
    return f"Together the rules forbid {_share(counted, counted.together)}."


def _count(counted: Counted, rule: str, parameters: object, *, is_on: bool) -> str:
    if counted.is_active:
        return "Being counted"
    if rule not in counted.forbidden or counted.rules.get(rule) != parameters:
        return "Not counted with this figure yet" if counted.forbidden and parameters else "Not counted yet"
    if not counted.looked_at:
        return "There are no pairs yet"
    return f"{'Forbids' if is_on else 'Would forbid'} {_share(counted, counted.forbidden[rule])}"


def _share(counted: Counted, forbidden: int) -> str:
    if counted.looked_at == counted.pairs:
        return f"{number(forbidden)} of {number(counted.pairs)} pairs"
    share = PERCENT * forbidden / counted.looked_at
    if 0 < share < LEAST_SHOWN:
        return f"fewer than {LEAST_SHOWN}% of {number(counted.pairs)} pairs"
    said = f"{share:.2f}" if share < 1 else f"{share:.1f}"
    return f"about {said}% of {number(counted.pairs)} pairs"
