"""The answers of `python -m matching explain`, as lines."""

from collections.abc import Iterator

from matching.communities.sentences import closed_sentence
from matching.errors import ProblemError
from matching.explain import Explainer, PairReasons, assignments_of, why_unmatched
from matching.problem import Criterion, Problem
from matching.sentences import CRITERION_LABELS, Sentences
from matching.solution import Assignment, Role, Solution
from matching.values import shown


def why_lines(problem: Problem, solution: Solution, person: str) -> Iterator[str]:
    """Yield why somebody has the matches they have, or none; `ProblemError` when there is no such person."""
    if all(row.id != person for row in problem.people):
        raise ProblemError("$.people", f"there is no person {shown(person)}.")
    words = Sentences(problem)
    found = assignments_of(solution, person)
    for row in found:
        if row.people:
            yield from _group_lines(words, row, person)
            continue
        reasons = Explainer(problem, row.programme).why(row.members[Role.MENTEE], row.members[Role.MENTOR])
        yield from _pair_lines(words, reasons, locked=row.locked)
    left_out = why_unmatched(solution, person)
    for cause in left_out:
        yield f"{cause.programme}, as {cause.role.value}: {words.cause(cause)}"
    if not found and not left_out:
        yield f"{words.name(person)} does not take part in what was solved."


def unmatched_lines(problem: Problem, solution: Solution) -> Iterator[str]:
    """Yield everybody without a match and what would match them, and each community that stays closed."""
    # The solver's libraries take a while to load; other questions do without.
    from matching.contrast.anew import Anew
    from matching.contrast.text import ChangeLines

    changes = ChangeLines(Anew(problem, solution))
    words = Sentences(problem)
    for row in solution.unmatched:
        who = f"{words.name(row.person)} ({row.person}, {row.role.value})"
        yield f"{row.programme}: {who}: {words.cause(row)}"
        yield from changes.of(row)
    for closed in solution.closed:
        yield f"{closed.programme}: {closed_sentence(closed)}"
    if not solution.unmatched:
        yield "Everybody has a match."


def _group_lines(words: Sentences, group: Assignment, person: str) -> Iterator[str]:
    others = [words.name(member) for member in group.people if member != person]
    where = f"in {group.community} " if group.community is not None else ""
    together = f"with {_listed(others)}" if others else "alone"
    kept = ", locked" if group.locked else ""
    yield f"{group.programme}: {words.name(person)} {where}{together}: {group.points} points in all{kept}"
    for criterion, points in group.parts.items():
        yield f"    {CRITERION_LABELS[Criterion(criterion)]}: {points}"


def _listed(names: list[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _pair_lines(words: Sentences, reasons: PairReasons, *, locked: bool) -> Iterator[str]:
    mentee, mentor = words.name(reasons.mentee), words.name(reasons.mentor)
    of_most = f" of {reasons.most}" if reasons.parts else ""
    kept = ", locked" if locked else ""
    yield f"{reasons.programme}: {mentee} with mentor {mentor}: {reasons.points}{of_most} points{kept}"
    told = (
        ("+", words.speaks_for(reasons), words.way(reasons.best)),
        ("-", words.speaks_against(reasons), words.way(reasons.worst)),
    )
    for sign, sentence, way in told:
        if sentence is not None:
            yield f"  {sign} {sentence}"
        if way is not None:
            yield f"      {way}"
    for part in reasons.parts:
        yield f"    {CRITERION_LABELS[part.criterion]}: {part.points} of {part.weight}"
