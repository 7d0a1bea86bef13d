"""What came of a solve, in the words people read: people matched in each programme, rules, proof."""

from collections.abc import Iterator

from matching.communities.sentences import result_of_communities
from matching.counted import counted
from matching.joint.aims import covering, seekers_of
from matching.peers.sentences import result_of_peers
from matching.problem import CommunitiesProgramme, MentoringProgramme, PeerProgramme, Problem, Programme
from matching.solution import Role, Solution, Status


def result_of(problem: Problem, solution: Solution) -> str:
    """Say what came of a solve: people matched in each programme, rules, proof."""
    solved = [row for row in problem.programmes if row.id in solution.programmes]
    told = [*_cover(problem, solution), *(_result_of(programme, solution) for programme in solved)]
    left_out = sum(_left_out(programme, solution) for programme in solved)
    if left_out:
        told.append(f"{left_out:,} of those who must be matched {'is' if left_out == 1 else 'are'} not.")
    return " ".join((*told, _ENDINGS[solution.status]))


def _cover(problem: Problem, solution: Solution) -> Iterator[str]:
    """Yield how many people are in at least one of the programmes that cover for one another."""
    rows = covering(problem) if solution.joint else ()
    sought = {person for row in rows for person, _waited in seekers_of(row)}
    if not sought:
        return
    by = {row.id for row in rows}
    matches = [row for row in solution.assignments if row.programme in by]
    covered = {name for row in matches for name in (*row.people, row.members.get(Role.MENTEE))} & sought
    yield (
        f"{len(covered):,} of {counted(len(sought), 'person')} {'is' if len(covered) == 1 else 'are'} in at "
        "least one programme of those that cover for one another."
    )


def _result_of(programme: Programme, solution: Solution) -> str:
    if isinstance(programme, PeerProgramme):
        return result_of_peers(programme, solution)
    if isinstance(programme, CommunitiesProgramme):
        return result_of_communities(programme, solution)
    return _result_of_mentoring(programme, solution)


def _left_out(programme: Programme, solution: Solution) -> int:
    """Return how many people, and communities, must be matched and are not."""
    rows = [row for row in solution.assignments if row.programme == programme.id]
    matched = {name for row in rows for name in (*row.people, row.members.get(Role.MENTEE))}
    seekers = getattr(programme, "mentees", ()) or getattr(programme, "people", ())
    missing = [row for row in seekers if row.required and row.person not in matched]
    opened = {row.community for row in rows}
    communities = getattr(programme, "communities", ())
    return len(missing) + len([row for row in communities if row.required and row.id not in opened])


def _result_of_mentoring(programme: Programme, solution: Solution) -> str:
    mentees = programme.mentees if isinstance(programme, MentoringProgramme) else ()
    sought = sum(row.places > 0 for row in mentees)
    here = (row for row in solution.assignments if row.programme == programme.id)
    matched = len({row.members[Role.MENTEE] for row in here})
    return f"{matched} of {counted(sought, 'person')} {'has' if matched == 1 else 'have'} a mentor."


_ENDINGS = {
    Status.OPTIMAL: "All rules are kept. The plan is the best possible.",
    Status.FEASIBLE: "All rules are kept. A better plan may exist.",
    Status.TIMED_OUT: "The matching stopped at its time limit; all rules are kept.",
    Status.CANCELLED: "The matching was stopped; all rules are kept.",
    Status.INFEASIBLE: "These rules cannot all be kept.",
}
