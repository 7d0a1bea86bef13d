"""Chance: how far a share may be from the truth, and how often groups differ so much for no reason."""

import hashlib
import math
from collections.abc import Sequence

import numpy as np

from matching.goals import Amounts

# The 97.5 % point of the normal distribution: intervals that hold in 95 of 100 cases.
NORMAL = 1.959964
DRAWS = 999
FEWEST_DRAWS = 199
# Numbers drawn for a test at most, unless that were too few draws.
DRAWN_AT_MOST = 20_000_000


def wilson_interval(successes: int, people: int) -> tuple[int, int]:
    """Return between which shares, in thousandths, the true one lies with 95 % confidence.

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    share, square = successes / people, NORMAL * NORMAL / people
    centre = (share + square / 2) / (1 + square)
    reach = NORMAL * math.sqrt(share * (1 - share) / people + square / (4 * people)) / (1 + square)
    return max(0, math.floor(1000 * (centre - reach))), min(1000, math.ceil(1000 * (centre + reach)))


def exact_test(first: tuple[int, int], second: tuple[int, int], *, pairs: int) -> int:
    """Return how often chance alone makes two shares differ so much, in thousandths, rounded up.

    Parameters
    ----------
    first, second
        Successes and people of two groups.
    pairs
        Pairs of groups of which these two differ most: the probability is multiplied by it (Bonferroni).

    Notes
    -----
    Fisher's exact test, both sides: of all ways to deal as many successes to both groups, those that are no
    more likely than what was found. Counted in whole numbers.

    References
    ----------
    R. A. Fisher, *Statistical Methods for Research Workers*, 5th edition, 1934. C. E. Bonferroni, 1936.
    """
    (here, people), (there, others) = first, second
    successes = here + there
    lowest, highest = max(0, successes - others), min(people, successes)
    ways = math.comb(people, lowest) * math.comb(others, successes - lowest)
    found = math.comb(people, here) * math.comb(others, there)
    tail = 0
    for number in range(lowest, highest + 1):
        if ways <= found:
            tail += ways
        ways = ways * (people - number) * (successes - number)
        ways //= (number + 1) * (others - successes + number + 1)
    return min(1000, -(-1000 * pairs * tail // math.comb(people + others, successes)))


def permutation_test(values: Amounts, sizes: Sequence[int], seed: int) -> int:
    """Return how often chance alone makes the means of groups differ so much, in thousandths, rounded up.

    Parameters
    ----------
    values
        The values of the first group's people, then of the second's, and so on.
    seed
        Draws the ways to deal the values to the people; the same seed gives the same answer.

    Notes
    -----
    What is compared is the greatest mean less the least, so that the two groups being picked out of many is
    accounted for. The order found counts as one of those drawn: the test errs on the side of chance.

    References
    ----------
    E. J. G. Pitman, "Significance tests which may be applied to samples from any populations", 1937. B.
    Phipson, G. K. Smyth, "Permutation p-values should never be zero", 2010.
    """
    draws = max(FEWEST_DRAWS, min(DRAWS, DRAWN_AT_MOST // max(1, len(values))))
    # Means less a rounding error count as equal.
    found = _range_of_means(values, sizes) - 1e-9
    as_great = sum(
        _range_of_means(values[_shuffled(len(values), seed, draw)], sizes) >= found for draw in range(draws)
    )
    return -(-1000 * (1 + as_great) // (1 + draws))


def _range_of_means(values: Amounts, sizes: Sequence[int]) -> float:
    ends = np.cumsum(sizes)
    means = np.add.reduceat(values, ends - np.asarray(sizes)) / np.asarray(sizes)
    return float(means.max() - means.min())


def _shuffled(count: int, seed: int, draw: int) -> Amounts:
    """Return the numbers below `count` in an order drawn by hashing, the same on every machine."""
    start = hashlib.blake2b(f"{seed} {draw}".encode(), digest_size=8).digest()
    mixed = np.frombuffer(start, dtype="<u8") + np.arange(count, dtype=np.uint64) * np.uint64(
        0x9E3779B97F4A7C15
    )
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.argsort(mixed ^ (mixed >> np.uint64(31)), kind="stable")
