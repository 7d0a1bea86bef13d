"""What the commands of the engine share: exit statuses, numbers of options, progress and Ctrl-C."""

import argparse
import signal
import sys
from collections.abc import Callable
from fractions import Fraction
from types import FrameType

DONE, NOT_SO, WRONG = 0, 1, 2


def whole(text: str) -> int:
    """Return the whole number an option gives."""
    number = int(text)
    if not 0 <= number < 2**63:
        raise argparse.ArgumentTypeError("must be a whole number that is not negative")
    return number


def seconds(text: str) -> float:
    """Return the seconds an option gives."""
    given = float(text)
    if not 0 <= given < float("inf"):
        raise argparse.ArgumentTypeError("must be a number of seconds that is not negative")
    return given


def millionths(text: str) -> int:
    """Return the millionths of a share that an option gives, such as 1e-5."""
    sentence = "must be a number of whole millionths from 0 to 1, such as 1e-5"
    try:
        given = Fraction(text) * 10**6
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(sentence) from None
    if not 0 <= given <= 10**6 or given.denominator > 1:
        raise argparse.ArgumentTypeError(sentence)
    return int(given)


class Interrupt:
    """While entered, Ctrl-C asks the solve to stop with its best plan; a second Ctrl-C ends the command."""

    def __init__(self) -> None:
        self._asked = False
        self._before: Callable[[int, FrameType | None], object] | int | None = None

    def asked(self) -> bool:
        """Tell whether somebody pressed Ctrl-C."""
        return self._asked

    def __enter__(self) -> "Interrupt":
        self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, *_error: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _press(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True


def tell(stage: str, done: int, total: int, best: int | None) -> None:
    """Tell on standard error how far a solve has come."""
    share = f" {100 * done // total} %" if total > 1 else ""
    worth = "" if best is None else f", {best} matched so far"
    print(f"{stage}{share}{worth}", file=sys.stderr, flush=True)
