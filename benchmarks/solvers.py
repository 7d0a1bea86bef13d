"""Other people's solvers: their names, the packages they come from, and up to which size they are run."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import flows, packages, programs
from benchmarks.assignment import Found, Instance

ANY = 100_000


@dataclass(frozen=True, slots=True)
class Solver:
    """A way to solve an instance.

    ``package`` is the distribution it comes from; ``apart`` says that it is installed into a folder of that
    name beside the others, since another distribution has its import name. Instances of more mentees
    than ``largest`` are not run: they would take minutes, or do not end.
    """

    name: str
    package: str
    solve: Callable[[Instance], Found]
    largest: int = ANY
    apart: bool = False


OTHERS = (
    Solver("OR-Tools SimpleMinCostFlow", "ortools", flows.ortools_flow),
    Solver("OR-Tools LinearSumAssignment", "ortools", flows.ortools_assignment),
    Solver("SciPy linear_sum_assignment", "scipy", flows.scipy_dense),
    Solver("SciPy sparse full matching", "scipy", flows.scipy_sparse),
    Solver("lapx lapjvr (dense)", "lapx", flows.lapx_dense, largest=10_000),
    Solver("lapx lapmod (sparse)", "lapx", flows.lapx_sparse, largest=10_000),
    Solver("HiGHS LP (SciPy linprog)", "scipy", programs.highs_lp, largest=10_000),
    Solver("HiGHS MILP (SciPy milp)", "scipy", programs.highs_milp, largest=1_000),
    Solver("CP-SAT", "ortools", programs.cp_sat, largest=1_000),
    Solver("networkx network_simplex", "networkx", packages.networkx_simplex, largest=1_000),
    Solver("mentor-match", "mentor-match", packages.mentor_match, largest=1_000, apart=True),
    Solver("matching HospitalResident", "matching", packages.matching_residents, largest=1_000),
    Solver("algmatch HospitalResidents", "algmatch", packages.algmatch_residents, largest=1_000),
)
