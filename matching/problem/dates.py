"""The days of a round that does not say them: the quarter or year it is named for, else one fixed week."""

import datetime
import re

REFERENCE_WEEK = (datetime.date(2026, 1, 5), datetime.date(2026, 1, 11))


def dates_of(name: str) -> tuple[datetime.date, datetime.date]:
    """Return the first and last day of what a name like `2026-Q4` or `2026` says, else of the fixed week."""
    found = re.fullmatch(r"(\d{4})(?:-?Q([1-4]))?", name)
    if found is None or not 1 <= int(found[1]) <= 9998:
        return REFERENCE_WEEK
    year, first_month, months = int(found[1]), 1, 12
    if found[2]:
        first_month, months = 3 * int(found[2]) - 2, 3
    after_year, after_month = divmod(first_month - 1 + months, 12)
    after = datetime.date(year + after_year, after_month + 1, 1)
    return datetime.date(year, first_month, 1), after - datetime.timedelta(days=1)
