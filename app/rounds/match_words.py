"""Why a pair or a group of a run fits, in words."""

from app.engagements.reasons import Party, Told, told, told_among
from app.rounds.run_queries import Match


def told_of(match: Match) -> Told:
    """Say the reasons for and against a match."""
    if not match.is_among_peers or match.mentor_id is None:
        return told(match.reasons, mentee=Party(match.mentee), mentor=Party(match.mentor))
    people = {match.mentee_id: Party(match.mentee), match.mentor_id: Party(match.second)}
    if match.third_id is not None and match.third is not None:
        people[match.third_id] = Party(match.third)
    return told_among(match.reasons, people)


def people_in(match: Match) -> dict[int, str]:
    """Return who is matched, by id with their names; a community is nobody."""
    people = {match.mentee_id: match.mentee}
    if match.mentor_id is not None:
        people[match.mentor_id] = match.second
    if match.third_id is not None:
        people[match.third_id] = match.third or ""
    return people
