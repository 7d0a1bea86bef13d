"""Joint rounds: programmes that share people's hours and cover for one another, decided together.

`solve.joint_solution` is the way from a problem to its solution; `docs/matching.md` has the formulation.
"""
