"""A certificate in words: which rules were verified on how many matches, and how far the proof reaches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.programmes.models import ProgrammeKind
from app.programmes.vocabulary import GOALS, rule_sentence
from app.rounds.certificate_models import Replay, RunCertificate
from app.rounds.models import Run
from app.rounds.run_queries import KEPT_ALWAYS, PLACES_KEPT
from app.rounds.together import HOURS_KEPT
from app.words import number, plural
from matching.joint.aims import AimName
from matching.problem import GoalName
from matching.solution import Status

STOPPED = "The run was stopped early, so a better plan may exist."
JOINT_GOALS: dict[str, str] = {
    AimName.COVER: "As many people as possible have a match in at least one of the programmes that cover for "
    "one another, those who waited longest first",
    AimName.TRIADS: "As few groups of three as possible",
}
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verified:
    """A rule that was verified, where it holds, and on how much."""

    words: str
    programme: str
    on: str


@dataclass(frozen=True, slots=True)
class Proved:
    """A goal, where it counts, and how far its proof reaches."""

    words: str
    programme: str
    proof: str


def verified(
    certificate: RunCertificate, run: Run, names: Names, matches: Mapping[ProgrammeKind, int]
) -> list[Verified]:
    """Return every rule of a run with what was verified; who never wants to meet whom is not told.

    `names` are those of the programmes by their keys, of which a plan with only one tells none; `matches` are
    how many there are of each kind.
    """
    kinds = {row.key: row.kind for row in run.matching_round.programmes}
    return [
        *(
            Verified(
                rule_sentence(row["rule"], row["figures"], kinds[row["programme"]]),
                _called(names, row["programme"]),
                _on(row),
            )
            for row in certificate.rules
        ),
        *_kept_always(run, matches),
    ]


def _kept_always(run: Run, matches: Mapping[ProgrammeKind, int]) -> Iterator[Verified]:
    """Yield what holds without a rule, on the matches of the kinds that know of it."""
    for words, kinds in KEPT_ALWAYS.items():
        concerned = matches.keys() & kinds if kinds else matches.keys()
        if words == PLACES_KEPT and concerned:
            yield Verified(words, "", plural(run.mentors or 0, "mentor"))
        elif concerned:
            yield Verified(words, "", plural(sum(matches[kind] for kind in concerned), "match", "matches"))
    if run.together and run.together["hours"]:
        yield Verified(HOURS_KEPT, "", plural(run.together["people"], "person", "people"))


def proved(certificate: RunCertificate, run: Run, names: Names) -> list[Proved]:
    """Return every goal of a run in its order, with how far the proof reaches."""
    return [
        Proved(
            GOALS.get(row["goal"]) or JOINT_GOALS[row["goal"]],
            _called(names, row["programme"]),
            _proof(row, run),
        )
        for row in certificate.goals
    ]


def replay_in_words(replay: Replay) -> str:
    """Say what came of a replay that has ended."""
    if replay.failure is not None:
        return replay.failure
    if replay.is_same:
        return "The same answer, bit for bit"
    made_with = ", ".join(f"{name} {version}" for name, version in (replay.engine or {}).items())
    return f"Another answer, made with {made_with}. Tell whoever looks after Trellis."


def _called(names: Names, key: str) -> str:
    return names.get(key, key) if len(names) > 1 else ""


def _on(row: Mapping[str, Any]) -> str:
    excepted = row["excepted"]
    kept = plural(row["matches"] - excepted, "match", "matches")
    if not excepted:
        return kept
    return f"{kept}; {number(excepted)} more may break it, which HR locked with a reason"


def _proof(row: Mapping[str, Any], run: Run) -> str:
    if run.status in (Status.CANCELLED, Status.TIMED_OUT):
        return STOPPED
    reached = f"{plural(row['value'], 'point')} of fit. " if row["goal"] == GoalName.POINTS else ""
    if row["bound"] <= row["value"]:
        how = "the search of the solver says so" if row["by_search"] else "prices over all pairs prove it"
        return f"{reached}No plan does better: {how}."
    if row["goal"] == AimName.TRIADS:
        return "Fewer may be possible."
    behind = 100 * (row["bound"] - row["value"]) / row["bound"]
    return f"{reached}Within {behind:.1f}% of the best possible: prices over all pairs prove it."
