"""The only source of time; tests replace `_read`."""

from collections.abc import Callable
from datetime import UTC, date, datetime

_read: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def now() -> datetime:
    """Return this instant in UTC."""
    return _read()


def today() -> date:
    """Return this day in UTC."""
    return _read().date()
