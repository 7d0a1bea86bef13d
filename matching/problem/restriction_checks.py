"""What must be true of the rows that join people: blocks, history, earlier plans, locks and bans."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from matching import values
from matching.errors import ProblemError
from matching.problem.checks import each

if TYPE_CHECKING:
    from matching.problem import Lock, Problem

# From "not again" to "just right".
RATINGS = 1, 5
# Who may stand in each position of a lock or ban, and what they are called there.
Takers = tuple[tuple[Collection[str], str], ...]
# What each position of a lock is called, how often each may be locked, and by which figure.
Rooms = tuple[tuple[str, Mapping[str, int], str], ...]


def check_restrictions(problem: "Problem", people: Collection[str]) -> None:
    """Raise at the first wrong block, earlier pair, lock or ban, or lock that nothing could keep."""
    each("$.blocks", problem.blocks, lambda row: _check_block(row, people))
    each("$.history", problem.history, _check_history)
    takers = {programme.id: _takers(programme) for programme in problem.programmes}
    _check_previous(problem, takers)
    _check_chats(problem, takers, people)
    each("$.bans", problem.bans, lambda row: _check_ban(row, takers, people))
    each("$.locks", problem.locks, lambda row: _check_lock(row, takers, people))
    _check_locks(problem)


def _check_block(row: Any, people: Collection[str]) -> None:
    if type(row) is not tuple or len(row) != 2:
        raise ProblemError("", "a block is two people.")
    for index, person in enumerate(row):
        values.check_known(person, people, f"[{index}]", "person")
    if row[0] == row[1]:
        raise ProblemError("", f"person {values.shown(row[0])} is blocked from themselves.")


def _check_history(row: Any) -> None:
    values.check_id(row.programme, ".programme")
    values.check_text(row.round, ".round")
    _check_members(row)


def _check_previous(problem: "Problem", takers: Mapping[str, Takers]) -> None:
    """Check the rows of an earlier plan; its people may have left, so only their number is looked at."""
    seen: dict[tuple[str, tuple[str, ...]], bool] = {}

    def check(row: Any) -> None:
        values.check_known(row.programme, takers, ".programme", "programme")
        values.check_flag(row.accepted, ".accepted")
        _check_members(row)
        peers = len(takers[row.programme]) == 1
        if not peers and len(row.members) != 2:
            raise ProblemError(".members", f"has {len(row.members)} members; this programme pairs two.")
        members = tuple(sorted(row.members)) if peers else row.members
        if seen.setdefault((row.programme, members), row.accepted) != row.accepted:
            raise ProblemError(".accepted", f"{values.shown(members)} stand here both accepted and not.")

    each("$.previous", problem.previous, check)


def _check_chats(problem: "Problem", takers: Mapping[str, Takers], people: Collection[str]) -> None:
    seen: set[tuple[str, frozenset[str]]] = set()

    def check(row: Any) -> None:
        values.check_known(row.programme, takers, ".programme", "programme")
        _check_members(row)
        each(".members", row.members, lambda member: values.check_known(member, people, "", "person"))
        values.check_rows(row.ratings, ".ratings")
        for name in ("members", "ratings"):
            if len(getattr(row, name)) != 2:
                raise ProblemError(f".{name}", f"has {len(getattr(row, name))} {name}; a chat has two.")
        for number, rating in enumerate(row.ratings):
            if rating is not None:
                values.check_whole(rating, f".ratings[{number}]", *RATINGS)
        key = row.programme, frozenset(row.members)
        if key in seen:
            raise ProblemError(".members", f"the chat of {values.shown(row.members)} stands here twice.")
        seen.add(key)

    each("$.chats", problem.chats, check)


def _check_members(row: Any) -> None:
    values.check_rows(row.members, ".members")
    if len(row.members) < 2:
        raise ProblemError(".members", "needs at least two members.")
    each(".members", row.members, lambda member: values.check_id(member, ""))
    values.check_distinct(row.members, ".members", "{} stands here twice.")


def _check_ban(row: Any, takers: Mapping[str, Takers], people: Collection[str]) -> None:
    values.check_known(row.programme, takers, ".programme", "programme")
    values.check_text(row.reason, ".reason")
    _check_members(row)
    known = {member for group, _noun in takers[row.programme] for member in group}
    for index, member in enumerate(row.members):
        # Somebody may be banned and not enrol: only a name that means nothing is an error.
        if member not in known:
            values.check_known(member, people, f".members[{index}]", "person")


def _check_lock(row: Any, takers: Mapping[str, Takers], people: Collection[str]) -> None:
    _check_ban(row, takers, people)
    positions = takers[row.programme]
    if len(positions) == 2 and len(row.members) != 2:
        raise ProblemError(".members", f"has {len(row.members)} members; this programme pairs two.")
    for index, member in enumerate(row.members):
        group, noun = positions[min(index, len(positions) - 1)]
        values.check_known(member, group, f".members[{index}]", f"{noun} in programme {row.programme}")


def _takers(programme: Any) -> Takers:
    """Return who may stand in each position of a lock or ban; the last goes for all that follow."""
    if programme.kind == "mentoring":
        return ({row.person for row in programme.mentees}, "mentee"), (
            {row.person for row in programme.mentors},
            "mentor",
        )
    listed = {row.person for row in programme.people}
    if programme.kind == "peer_coaching":
        return ((listed, "person"),)
    return (listed, "person"), ({row.id for row in programme.communities}, "community")


def _check_locks(problem: "Problem") -> None:
    """Raise for a lock that is banned, blocked, overrides without a reason, or is one too many."""
    blocked = {frozenset(pair) for pair in problem.blocks}
    bans = {(ban.programme, frozenset(ban.members)) for ban in problem.bans}
    seen: set[tuple[str, tuple[str, ...]]] = set()

    def check(lock: "Lock") -> None:
        values.check_flag(lock.override, ".override")
        if lock.override and not lock.reason.strip():
            raise ProblemError(".reason", "a lock that overrides a rule needs a reason.")
        named = values.shown(lock.members)
        if (lock.programme, lock.members) in seen:
            raise ProblemError("", f"{named} are locked twice.")
        seen.add((lock.programme, lock.members))
        if (lock.programme, frozenset(lock.members)) in bans:
            raise ProblemError("", f"{named} are both locked and banned.")
        for index, first in enumerate(lock.members):
            if any(frozenset((first, second)) in blocked for second in lock.members[index + 1 :]):
                raise ProblemError(
                    "", f"{named} are locked, but one of them has blocked the other; no lock overrides that."
                )

    each("$.locks", problem.locks, check)
    programmes: tuple[Any, ...] = problem.programmes
    for programme in programmes:
        if programme.kind == "mentoring":
            places = {row.person: row.places for row in programme.mentees}
            capacity = {row.person: row.capacity for row in programme.mentors}
            rooms: Rooms = (("mentee", places, "places"), ("mentor", capacity, "capacity"))
            _check_room(problem, programme, rooms)
        elif programme.kind == "peer_coaching":
            _check_groups(problem, programme)
        else:
            places = {row.person: row.places for row in programme.people}
            largest = {row.id: row.max for row in programme.communities}
            rooms = (("person", places, "places"), ("community", largest, "max"))
            _check_room(problem, programme, rooms)


def _check_groups(problem: "Problem", programme: Any) -> None:
    """Raise unless each lock is a group of a size the programme allows, and nobody is in two."""
    locked: set[str] = set()
    for index, lock in enumerate(problem.locks):
        if lock.programme != programme.id:
            continue
        if len(lock.members) not in programme.group_sizes:
            sizes = " or ".join(str(size) for size in sorted(set(programme.group_sizes)))
            raise ProblemError(
                f"$.locks[{index}].members",
                f"locks {len(lock.members)} people together, but the groups of programme "
                f"{values.shown(programme.id)} have {sizes}.",
            )
        for member in lock.members:
            if member in locked:
                raise ProblemError(
                    f"$.locks[{index}]", f"{values.shown(member)} is locked into two groups; one is the most."
                )
            locked.add(member)


def _check_room(problem: "Problem", programme: Any, rooms: Rooms) -> None:
    taken: Counter[tuple[str, str]] = Counter()
    for index, lock in enumerate(problem.locks):
        if lock.programme != programme.id:
            continue
        for member, (role, most, word) in zip(lock.members, rooms, strict=True):
            taken[role, member] += 1
            if taken[role, member] > most[member]:
                raise ProblemError(
                    f"$.locks[{index}]",
                    f"one lock too many for {role} {values.shown(member)}, who has {word} {most[member]}.",
                )
