"""Numbers with their nouns."""

_PLURALS = {"person": "people", "match": "matches", "community": "communities"}


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun; ``many`` where the plural has more than an s."""
    return f"{number:,} {one if number == 1 else many or _PLURALS.get(one, f'{one}s')}"
