"""Reads instances in other people's published formats, as `trellis-problem/1` with explicit candidates.

This module has what the formats share, and **generalised assignment**, the text format of the OR-Library
(Beasley, *OR-Library: distributing test problems by electronic mail*, 1990; files `gap1` to `gap12`, `gapa`
to `gapd`): whole numbers, separated by spaces and line ends wherever they fall. First the number of problems;
then for each problem the agents m and the jobs n, m rows of n costs, m rows of n amounts of the resource that
agent i uses for job j, and m capacities. Every job goes to one agent. Jobs become mentees and agents mentors.
That is our problem when an agent uses the same amount for every job, since it then takes `capacity // amount`
of them. Any other problem, as all of those published are, is a knapsack at each agent, and is refused.

`hospital_residents` reads the other format.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from benchmarks.assignment import Instance
from matching.problem import Candidate, Mentee, Mentor, MentoringProgramme, Person, Problem
from matching.values import LARGEST_POINTS

Pair = tuple[str, str]


class InstanceError(ValueError):
    """A file is wrong, or is no problem of ours, at ``line``; ``sentence`` says why."""

    def __init__(self, line: int, sentence: str) -> None:
        self.line = line
        self.sentence = sentence
        super().__init__(f"line {line}: {sentence}")


class Sense(StrEnum):
    """Whether a file's costs are to be large (`gap1` to `gap12`) or small (`gapa` to `gapd`)."""

    GREATEST = "greatest"
    LEAST = "least"


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as a problem; ``kept`` says what of its objective was kept and what was not.

    ``ranks`` are how the mentee likes the mentor and the mentor the mentee, 0 best, when the file says so.
    """

    problem: Problem
    kept: str
    ranks: Mapping[Pair, tuple[int, int]] = field(default_factory=dict)


def arrays_of(reading: Reading) -> Instance:
    """Return a mentoring problem with explicit candidates and one place a mentee as arrays."""
    programme = reading.problem.programmes[0]
    if not isinstance(programme, MentoringProgramme) or not programme.candidates:
        raise ValueError("The benchmark needs a mentoring programme with explicit candidates.")
    if any(mentee.places != 1 or mentee.rounds_waited for mentee in programme.mentees):
        raise ValueError("The benchmark needs mentees with one place who have not waited.")
    mentees = {mentee.person: index for index, mentee in enumerate(programme.mentees)}
    mentors = {mentor.person: index for index, mentor in enumerate(programme.mentors)}
    rows = [(mentees[a], mentors[b], points) for a, b, points in programme.candidates]
    mentee, mentor, points = np.array(rows, dtype=np.int64).T
    capacity = np.array([mentor.capacity for mentor in programme.mentors], dtype=np.int64)
    if not reading.ranks:
        return Instance.by_points(len(mentees), capacity, mentee, mentor, points)
    ranks = np.array([reading.ranks[a, b] for a, b, _points in programme.candidates], dtype=np.int64).T
    return Instance(len(mentees), capacity, mentee, mentor, points, *ranks)


def read_generalised_assignment(text: str, *, sense: Sense, number: int = 1) -> Reading:
    """Return problem ``number`` (from 1) of a file of generalised assignment problems.

    Raises
    ------
    InstanceError
        The file is not in the format, or the problem is no matching.
    """
    words = _Words(text)
    count = words.whole("the number of problems", least=1)
    if not 1 <= number <= count:
        raise InstanceError(words.line, f"the file holds {count} problems, so there is no problem {number}.")
    problems = [_agents_and_jobs(words) for _problem in range(count)]
    if words.left():
        raise InstanceError(words.line, f"there are more numbers after the last of {count} problems.")
    return _as_matching(*problems[number - 1], sense=sense, number=number)


@dataclass(frozen=True, slots=True)
class _Agent:
    """An agent with what each job costs and uses, its capacity, and the line its amounts begin on."""

    costs: list[int]
    amounts: list[int]
    capacity: int
    line: int


def _agents_and_jobs(words: "_Words") -> tuple[list[_Agent], int]:
    agents = words.whole("the number of agents", least=1)
    jobs = words.whole("the number of jobs", least=1)
    costs = [words.row("a cost", jobs)[0] for _agent in range(agents)]
    amounts = [words.row("an amount", jobs, least=0) for _agent in range(agents)]
    capacities = words.row("a capacity", agents, least=0)[0]
    rows = zip(costs, amounts, capacities, strict=True)
    return [_Agent(cost, used, capacity, line) for cost, (used, line), capacity in rows], jobs


def _as_matching(agents: list[_Agent], jobs: int, *, sense: Sense, number: int) -> Reading:
    least = min(min(agent.costs) for agent in agents)
    greatest = max(max(agent.costs) for agent in agents)
    if greatest - least > LARGEST_POINTS:
        raise InstanceError(agents[0].line, f"costs differ by more than {LARGEST_POINTS:,}, the most points.")
    mentees = [f"job {job + 1}" for job in range(jobs)]
    mentors, candidates = [], []
    for index, agent in enumerate(agents, start=1):
        mentor = f"agent {index}"
        mentors.append(Mentor(person=mentor, capacity=_places(agent, index, jobs)))
        worth = (cost - least if sense is Sense.GREATEST else greatest - cost for cost in agent.costs)
        candidates += [(mentee, mentor, points) for mentee, points in zip(mentees, worth, strict=True)]
    total = f"points + {jobs * least}" if sense is Sense.GREATEST else f"{jobs * greatest} - points"
    kept = (
        f"Kept whole: with every job assigned, the {sense.value} total cost of the file is {total}. "
        "Added: when not every job can be, the most jobs are, where the file's problem has no answer."
    )
    name = f"generalised assignment {number}"
    return Reading(problem_of(name, mentees, mentors, candidates), kept)


def _places(agent: _Agent, index: int, jobs: int) -> int:
    """Return how many jobs an agent can take; refuse one for whom that depends on which jobs."""
    if len(set(agent.amounts)) > 1:
        other = next(job for job, amount in enumerate(agent.amounts) if amount != agent.amounts[0])
        raise InstanceError(
            agent.line,
            f"agent {index} uses {agent.amounts[0]} for job 1 and {agent.amounts[other]} for "
            f"job {other + 1}; only a problem whose agents use the same for every job is a matching.",
        )
    amount = agent.amounts[0]
    return jobs if amount == 0 else min(jobs, agent.capacity // amount)


class _Words:
    """The words of a file in turn, with the line of the last one taken."""

    def __init__(self, text: str) -> None:
        lines = enumerate(text.splitlines(), start=1)
        self._words: Iterator[tuple[int, str]] = ((line, word) for line, row in lines for word in row.split())
        self.line = 1

    def whole(self, noun: str, *, least: int | None = None) -> int:
        """Take one whole number."""
        self.line, word = next(self._words, (self.line, ""))
        if not word:
            raise InstanceError(self.line, f"the file ends where {noun} should be.")
        if not re.fullmatch(r"-?[0-9]{1,15}", word):
            raise InstanceError(self.line, f"{noun} must be a whole number, not {word[:40]!r}.")
        if least is not None and int(word) < least:
            raise InstanceError(self.line, f"{noun} must be at least {least}, not {word}.")
        return int(word)

    def row(self, noun: str, count: int, *, least: int | None = None) -> tuple[list[int], int]:
        """Take so many whole numbers; return them and the line of the first."""
        first = self.whole(noun, least=least)
        line = self.line
        return [first] + [self.whole(noun, least=least) for _ in range(count - 1)], line

    def left(self) -> bool:
        """Tell whether there is another word."""
        line, word = next(self._words, (self.line, ""))
        self.line = line
        return bool(word)


def problem_of(name: str, mentees: list[str], mentors: list[Mentor], candidates: list[Candidate]) -> Problem:
    """Return the problem of one mentoring programme with these people and explicit candidates."""
    people = [*mentees, *(mentor.person for mentor in mentors)]
    programme = MentoringProgramme(
        id="instance",
        mentees=tuple(Mentee(person=person) for person in mentees),
        mentors=tuple(mentors),
        candidates=tuple(candidates),
    )
    return Problem(round=name, people=tuple(Person(id=person) for person in people), programmes=(programme,))
