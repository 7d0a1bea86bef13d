"""Which restrictions a lock overrides when it says so, and that it must give a reason for it."""

from collections.abc import Iterator

from matching.check.report import Violation, ViolationKind
from matching.problem import Lock

NEVER_OVERRIDDEN = (ViolationKind.SELF, ViolationKind.BLOCK, ViolationKind.BAN)


def breach(
    kind: ViolationKind, lock: Lock | None, where: str, sentence: str, locked: str
) -> Iterator[Violation]:
    """Yield that a restriction is broken, unless a lock overrides it with a reason.

    ``sentence`` tells the breach, ``locked`` who the lock is on, as sentences name them.
    """
    if lock is None or not lock.override or kind in NEVER_OVERRIDDEN:
        yield Violation(kind, where, sentence)
    elif not lock.reason.strip():
        yield Violation(kind, where, sentence)
        without = f"The lock on {locked} overrides a rule without a reason."
        yield Violation(ViolationKind.OVERRIDE_WITHOUT_REASON, where, without)
