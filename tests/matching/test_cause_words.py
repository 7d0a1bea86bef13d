"""Every cause that somebody may be left for has a sentence of its own, in each kind of programme."""

import pytest

from matching.problem import CommunitiesProgramme, MentoringProgramme, PeerProgramme, Person, Problem
from matching.sentences import Sentences
from matching.solution import Cause, CauseKind, Role, Unmatched

# What cannot be said of each: a new cause has words for everybody, or stands here.
NEVER = {
    Role.MENTEE: {CauseKind.NOT_NEEDED, CauseKind.NOT_OPENED},
    Role.MENTOR: {
        CauseKind.PLACES_RAN_OUT,
        CauseKind.HOURS_RAN_OUT,
        CauseKind.NO_GAIN,
        CauseKind.NOT_OPENED,
    },
    Role.PEER: {CauseKind.NO_PLACES_ASKED, CauseKind.NOT_NEEDED, CauseKind.NOT_OPENED},
    Role.MEMBER: {CauseKind.HOURS_RAN_OUT, CauseKind.NOT_NEEDED},
}
PROGRAMMES = {
    Role.MENTEE: MentoringProgramme(id="m"),
    Role.MENTOR: MentoringProgramme(id="m"),
    Role.PEER: PeerProgramme(id="m", group_sizes=(2,)),
    Role.MEMBER: CommunitiesProgramme(id="m"),
}


@pytest.mark.parametrize("role", Role)
def test_every_cause_is_told_in_words_of_its_own(role: Role) -> None:
    """No two causes share a sentence, so none of them is told as a matching that was stopped."""
    problem = Problem(round="r", people=(Person(id="p", name="Ada"),), programmes=(PROGRAMMES[role],))
    words = Sentences(problem)
    told = {
        kind: words.cause(
            Unmatched(
                programme="m",
                person="p",
                role=role,
                cause=Cause(kind=kind, considered=3, eligible=2, rival_count=2),
            )
        )
        for kind in CauseKind
        if kind not in NEVER[role]
    }
    assert len(set(told.values())) == len(told)
    assert all(sentence.endswith(".") for sentence in told.values())
