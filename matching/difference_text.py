"""What differs between two plans, in words: the answer of `python -m matching compare`, as lines."""

from collections.abc import Iterator, Sequence

from matching.counted import counted
from matching.difference import Change, Difference
from matching.problem import Problem
from matching.sentences import Sentences
from matching.solution import Role


def difference_lines(problem: Problem, differences: Sequence[Difference]) -> Iterator[str]:
    """Yield for each programme what stays, who is with others now, and who must be told."""
    words = Sentences(problem)
    for row in differences:
        yield f"{row.programme}: {_summary(row)}"
        for person in row.left:
            yield f"  {words.name(person)} takes part no more."
        for change in (*row.lost, *row.changed, *row.new):
            yield f"  {_sentence(words, change)}"
        if row.told:
            named = _listed([words.name(person) for person in row.told])
            yield f"  To be told: {named}."


def _summary(row: Difference) -> str:
    kept = f"{counted(len(row.kept), 'match')} {'stays' if len(row.kept) == 1 else 'stay'}"
    if not row.ended and not row.made:
        return f"{kept}; nothing changes."
    return f"{kept}, {len(row.ended):,} {'ends' if len(row.ended) == 1 else 'end'}, {len(row.made):,} new."


def _sentence(words: Sentences, change: Change) -> str:
    name = words.name(change.person)
    before = _listed([words.name(partner) for partner in change.before])
    after = _listed([words.name(partner) for partner in change.after])
    match change.role:
        case Role.MENTEE:
            have, noun = "has", "mentor"
        case Role.MENTOR:
            have, noun = "has", "mentee"
        case Role.PEER:
            have, noun = "is with", "peer"
        case Role.MEMBER:
            have, noun = "is in", "community"
    if not change.after:
        return f"{name} has no {noun} any more (before: {before})."
    if not change.before:
        return f"{name} {have} {after} now; before, no {noun}."
    return f"{name} {have} {after} now, not {before}{_as(change.role)}."


def _as(role: Role) -> str:
    return {Role.MENTEE: ", as mentor", Role.MENTOR: ", as mentee"}.get(role, "")


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
