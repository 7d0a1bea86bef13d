"""Import of people from a file of HR: read, check everything, show the difference, apply it at once.

`plan.read_plan` reads and checks and writes nothing; `apply.apply_plan` writes what the plan found different.
"""
