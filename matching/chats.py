"""Rounds in two stages: trial chats first, then the final match, by what both thought of their chat."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from matching.errors import ProblemError
from matching.locks import programme_of
from matching.problem import (
    Ban,
    Chat,
    Criterion,
    GoalName,
    MentoringProgramme,
    Previous,
    Problem,
)
from matching.rematch import matches_of
from matching.solution import Solution
from matching.values import check_whole, shown

CHATS = 3
NOT_AGAIN = 1
REFUSED = "One of them rated their chat 1."
LARGEST_WEIGHT = 1_000
# By mentee, by mentor: 1 to 5, or `None` where somebody has not rated.
Ratings = tuple[int | None, int | None]


def chats_problem(
    problem: Problem, programme: str, *, chats: int = CHATS, chats_a_mentor: int | None = None
) -> Problem:
    """Return the problem whose best plan says who has a trial chat with whom.

    Parameters
    ----------
    programme
        Id of a mentoring programme; the others are left out.
    chats
        How many mentors each mentee meets, at most: as many different ones. Who seeks more mentors meets
        as many as they seek.
    chats_a_mentor
        How many mentees each mentor with places meets, at most; `chats` for each of their places when not
        given.

    Raises
    ------
    ProblemError
        When there is no such mentoring programme, or a number makes no sense.

    Notes
    -----
    Everything else is as in the round: rules, criteria, locks, bans, and coverage before points, so that
    nobody is without a chat who could have one. With `chats` for each place, and as many chats for every
    mentee, the chats leave room for everybody: any group of mentees has met at least as many places as it has
    people (Hall 1935).
    """
    check_whole(chats, "chats", 1, 100)
    if chats_a_mentor is not None:
        check_whole(chats_a_mentor, "chats_a_mentor", 1, 1000)
    asked = programme_of(problem, programme)
    mentees = [replace(row, places=max(chats, row.places) if row.places else 0) for row in asked.mentees]
    mentors = [
        replace(row, capacity=min(row.capacity, 1) * (chats_a_mentor or chats * row.capacity))
        for row in asked.mentors
    ]
    made = replace(
        asked,
        mentees=tuple(mentees),
        mentors=tuple(mentors),
        goals=(GoalName.COVERAGE, GoalName.POINTS),
    )
    return replace(
        problem,
        programmes=(made,),
        joint=None,
        previous=(),
        chats=(),
        locks=tuple(row for row in problem.locks if row.programme == programme),
        bans=tuple(row for row in problem.bans if row.programme == programme),
    )


def final_problem(
    problem: Problem,
    chats: Solution,
    ratings: Mapping[tuple[str, str], Ratings],
    *,
    weight: int | None = None,
) -> Problem:
    """Return the problem of the final match of the programme that had trial chats.

    Parameters
    ----------
    problem
        The round as it was before the chats: places and capacity are those of the final match.
    chats
        The plan of the chats.
    ratings
        What (mentee, mentor) gave their chat, mentee first.
    weight
        Weight of the criterion `ratings`; as much as all other criteria together when not given.

    Raises
    ------
    ProblemError
        When the plan is of another problem, or somebody rates a chat that was not planned.

    Notes
    -----
    Who met comes first: the goal `same_partners` over the pairs of the chats stands before the programme's
    own goals, so that a match between people who have not met is made only where it costs none between those
    who have. A rating of 1, by either, is a ban. No rating counts as one of 3.
    """
    asked = _programme_of(problem, chats)
    met = [match.members for match in matches_of(chats)]
    _check_met(asked, met, ratings)
    found = [
        Chat(programme=asked.id, members=pair, ratings=_rated(pair, ratings))
        for pair in {tuple(sorted(pair)) for pair in met}
    ]
    refused = [row.members for row in found if NOT_AGAIN in row.ratings]
    lifted = {(asked.id, frozenset(members)) for members in refused}
    others = tuple(row for row in asked.goals if row is not GoalName.SAME_PARTNERS)
    made = _weighed(replace(asked, goals=(GoalName.SAME_PARTNERS, *others)), weight)
    return replace(
        problem,
        programmes=tuple(made if row.id == asked.id else row for row in problem.programmes),
        previous=(
            *(row for row in problem.previous if row.programme != asked.id),
            *(Previous(programme=asked.id, members=pair) for pair in met),
        ),
        chats=(*(row for row in problem.chats if row.programme != asked.id), *found),
        bans=(
            *problem.bans,
            *(Ban(programme=asked.id, members=members, reason=REFUSED) for members in refused),
        ),
        locks=tuple(row for row in problem.locks if (row.programme, frozenset(row.members)) not in lifted),
    )


def _programme_of(problem: Problem, chats: Solution) -> MentoringProgramme:
    if len(chats.programmes) != 1:
        raise ProblemError("$.programmes", "the chats are those of one programme.")
    return programme_of(problem, chats.programmes[0])


def _check_met(
    programme: MentoringProgramme, met: Iterable[tuple[str, ...]], ratings: Iterable[tuple[str, str]]
) -> None:
    """Raise for a chat of people who are not in the programme, and for a rating of no chat."""
    mentees = {row.person for row in programme.mentees}
    mentors = {row.person for row in programme.mentors}
    pairs = set(met)
    for pair in sorted(pairs):
        if pair[0] not in mentees or pair[1] not in mentors:
            raise ProblemError(
                "$.assignments", f"{shown(pair)} had a chat, but not as mentee and mentor of {programme.id}."
            )
    for pair in sorted(ratings):
        if pair not in pairs:
            raise ProblemError("ratings", f"{shown(pair)} had no chat.")


def _rated(pair: tuple[str, ...], ratings: Mapping[tuple[str, str], Ratings]) -> Ratings:
    """Return what two gave their chat; two who mentor each other have one, rated in either direction."""
    first, second = pair
    if (second, first) not in ratings:
        return ratings.get((first, second), (None, None))
    if (first, second) in ratings:
        raise ProblemError("ratings", f"{shown(pair)} had one chat, which is rated twice.")
    return ratings[second, first][::-1]


def _weighed(programme: MentoringProgramme, weight: int | None) -> MentoringProgramme:
    """Return a programme in which ratings count."""
    if programme.candidates is not None:
        named = shown(programme.id)
        sentence = f"programme {named} has candidates with points; ratings need criteria to stand among."
        raise ProblemError("$.programmes", sentence)
    others = sum(share for name, share in programme.criteria.items() if name is not Criterion.RATINGS)
    if weight is None:
        weight = programme.criteria.get(Criterion.RATINGS) or min(max(others, 1), LARGEST_WEIGHT)
    return replace(programme, criteria={**programme.criteria, Criterion.RATINGS: weight})
