"""Weights: the five words in which people say them, and how they are shared out to add up to 100."""

import math
from collections.abc import Mapping

from app.programmes.vocabulary import ALL_POINTS, CRITERIA

NOT_USED = 0
WORDS: dict[int, str] = {NOT_USED: "Not used", 1: "Low", 2: "Medium", 4: "High", 8: "Very high"}
USED = tuple(worth for worth in WORDS if worth)


def shared_out(weights: Mapping[str, int]) -> dict[str, int]:
    """Return weights in proportion that add up to 100, those of nothing left out.

    What rounding down leaves over goes to the largest remainders, the first named among equals.
    """
    total = sum(weights.values())
    if not total:
        return {}
    shares = {name: divmod(weight * ALL_POINTS, total) for name, weight in weights.items()}
    over = ALL_POINTS - sum(whole for whole, _ in shares.values())
    first = sorted(shares, key=lambda name: -shares[name][1])[:over]
    found = {name: whole + (name in first) for name, (whole, _) in shares.items()}
    return {name: points for name, points in found.items() if points}


def nearest_words(criteria: Mapping[str, int]) -> dict[str, int]:
    """Return for each criterion the worth of the word nearest to its weight; the largest is Very high."""
    most = max(criteria.values(), default=0)
    return {name: _nearest(criteria.get(name, 0), most) for name in CRITERIA}


def can_be_said(criteria: Mapping[str, int]) -> bool:
    """Tell whether words say weights exactly; those that were entered as numbers may lie between."""
    return shared_out(nearest_words(criteria)) == dict(criteria)


def with_word(worth: int, share: int) -> str:
    """Say what a word comes to: "High: 31% of the fit"."""
    return f"{WORDS[worth]}: {plainly(worth, share)}" if worth else WORDS[NOT_USED]


def plainly(_weight: int, share: int) -> str:
    """Say which share of the fit a weight is."""
    return f"{share}% of the fit"


def _nearest(weight: int, most: int) -> int:
    if not weight:
        return NOT_USED
    # On the scale of the words each is twice the one before, so what counts is how many times apart.
    wanted = math.log2(max(USED) * weight / most)
    return min(USED, key=lambda worth: abs(math.log2(worth) - wanted))
