"""Python packages that match people or walk networks: networkx, mentor-match, matching and algmatch.

Two of them, mentor-match and matching, have the import name `matching`, as Trellis' own engine does: each is
run in a process that finds that one first, and mentor-match is installed into a folder of its own.
"""

import importlib.util
import sys
from typing import Any

import numpy as np

from benchmarks.assignment import Claim, Found, Instance, preference_lists

DEEPEST = 1_000_000


def networkx_simplex(instance: Instance) -> Found:
    """Solve with ``networkx.network_simplex``: capacities on arcs, one of them past the mentors."""
    import networkx

    mentors, end = len(instance.capacity), -1
    graph: networkx.DiGraph[int] = networkx.DiGraph()
    graph.add_node(end, demand=instance.mentees)
    for mentee in range(instance.mentees):
        graph.add_node(mentee, demand=-1)
        graph.add_edge(mentee, end, capacity=1, weight=0)
    for mentor in range(mentors):
        graph.add_edge(instance.mentees + mentor, end, capacity=int(instance.capacity[mentor]), weight=0)
    candidates = np.column_stack((instance.mentee, instance.mentees + instance.mentor)).tolist()
    for (mentee, mentor), worth in zip(candidates, instance.worth.tolist(), strict=True):
        graph.add_edge(mentee, mentor, capacity=1, weight=-worth)
    _cost, flow = networkx.network_simplex(graph)
    return Found(np.flatnonzero([flow[mentee][mentor] for mentee, mentor in candidates]), Claim.EXACT)


def mentor_match(instance: Instance) -> Found:
    """Solve with ``matching.process.process_data`` of mentor-match, a mentor for each place.

    Its score of a pair is the sum of its rules, so one rule of ours gives a candidate's worth and forbids
    every other pair. The assignment is Munkres' algorithm on the whole matrix.
    """
    from matching.mentee import Mentee
    from matching.mentor import Mentor
    from matching.process import process_data

    candidate, place = instance.candidate_places()
    worth = {
        (f"mentee {mentee}", f"place {seat}"): points
        for mentee, seat, points in zip(
            instance.mentee[candidate].tolist(),
            place.tolist(),
            instance.worth[candidate].tolist(),
            strict=True,
        )
    }

    class Worth:
        def apply(self, match: Any) -> int:
            points = worth.get((match.mentee.email, match.mentor.email))
            if points is None:
                match.disallowed = True
                return 0
            return points

    mentees = [Mentee(grade=0, email=f"mentee {number}") for number in range(instance.mentees)]
    mentors = [Mentor(grade=0, email=f"place {number}") for number in range(int(instance.first_place[-1]))]
    process_data(mentors, mentees, [[Worth()]])
    seat_of = {mentor.email: number for number, mentor in enumerate(mentors)}
    pairs = [
        (number, seat_of[mentee.mentors[0].email]) for number, mentee in enumerate(mentees) if mentee.mentors
    ]
    mentee, seat = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return Found(instance.positions_of_places(mentee, seat), Claim.EXACT)


def matching_residents(instance: Instance) -> Found:
    """Find the resident-optimal stable plan with ``HospitalResident`` of the package matching.

    It refuses people without a list, who are left out before: nobody could have them.
    """
    from matching.games import HospitalResident

    sys.setrecursionlimit(DEEPEST)  # it copies its people by way of their lists, as deep as there are people

    of_mentees, of_mentors = preference_lists(instance)
    mentors = [number for number, liked in enumerate(of_mentors) if liked and instance.capacity[number]]
    open_places = set(mentors)
    residents = {
        f"mentee {number}": [f"mentor {mentor}" for mentor in liked if mentor in open_places]
        for number, liked in enumerate(of_mentees)
        if open_places.intersection(liked)
    }
    hospitals = {
        f"mentor {number}": [f"mentee {mentee}" for mentee in of_mentors[number]] for number in mentors
    }
    capacities = {f"mentor {number}": int(instance.capacity[number]) for number in mentors}
    solved = HospitalResident.create_from_dictionaries(residents, hospitals, capacities).solve()
    pairs = [
        (int(resident.name.removeprefix("mentee ")), int(hospital.name.removeprefix("mentor ")))
        for hospital, taken in solved.items()
        for resident in taken
    ]
    return _stable(instance, pairs)


def algmatch_residents(instance: Instance) -> Found:
    """Find the resident-optimal stable plan with ``HospitalResidentsProblem`` of algmatch.

    The package imports Gurobi, which is proprietary, for games that have nothing to do with this one, so its
    opening module is passed over: the module of this game needs only the standard library.
    """
    spec = importlib.util.find_spec("algmatch")
    if spec is None:
        raise ModuleNotFoundError("algmatch")
    sys.modules.setdefault("algmatch", importlib.util.module_from_spec(spec))
    from algmatch.hospitalResidentsProblem import (
        HospitalResidentsProblem,
    )

    of_mentees, of_mentors = preference_lists(instance)
    hospitals = {
        number: {"capacity": int(instance.capacity[number]), "preferences": liked}
        for number, liked in enumerate(of_mentors)
        if instance.capacity[number]
    }
    residents = {
        number: [mentor for mentor in liked if mentor in hospitals] for number, liked in enumerate(of_mentees)
    }
    game = HospitalResidentsProblem(dictionary={"residents": residents, "hospitals": hospitals})
    solved = game.get_stable_matching()
    if solved is None:
        raise RuntimeError("algmatch calls its own answer unstable.")
    matched = {mentee: mentor for mentee, mentor in solved["resident_sided"].items() if mentor}
    return _stable(instance, [(int(mentee[1:]), int(mentor[1:])) for mentee, mentor in matched.items()])


def _stable(instance: Instance, pairs: list[tuple[int, int]]) -> Found:
    mentee, mentor = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return Found(instance.positions(mentee, mentor), Claim.STABLE)
