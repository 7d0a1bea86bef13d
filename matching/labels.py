"""How alike labels of skills are, by word vectors of an optional package, for rows of closeness alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.closeness import closeness_rows
from matching.errors import ProblemError
from matching.problem import Problem
from matching.skills import (
    CELLS_AT_ONCE,
    CLOSEST_OTHER,
    FARTHEST,
    NEAREST,
    SAME,
    Combine,
    Integers,
    Reals,
    closeness_of,
)
from matching.views import Index, Matrix, matrix_of

NOT_INSTALLED = (
    "The labels of skills are read by a package that is not installed: `make labels` installs it,"
    " or `pip install --require-hashes -r requirements-labels.txt`."
)
NOT_WHOLE = "The package wordllama is installed without {}; `pip install --force-reinstall` mends that."
FILES = ("weights/l2_supercat_256.safetensors", "tokenizers/l2_supercat_tokenizer_config.json")
# What is alike in the labels fills so many tenths of what the walk leaves open.
TENTHS = 3
ROUNDING = 4096
# With vectors of 256 numbers below 9 * ROUNDING, every dot product stays below 2**53.
MOST_TOKENS = 128


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Whole vectors of words and parts of words, shape (tokens, size), and how text is cut into them."""

    vectors: NDArray[np.int64]
    tokens: Callable[[Sequence[str]], Sequence[Sequence[int]]]


def read_words() -> Words:
    """Return the word vectors of the installed package, rounded once.

    Nothing is downloaded.

    Raises
    ------
    ValueError
        When the package is not installed, or not whole.

    References
    ----------
    L. Miller, WordLlama, 2024: https://github.com/dleemiller/WordLlama
    """
    try:
        import wordllama
    except ImportError as error:
        raise ValueError(NOT_INSTALLED) from error
    folder = Path(str(wordllama.__file__)).parent
    for name in FILES:
        # Without one of them the package would ask the network.
        if not (folder / name).is_file():
            raise ValueError(NOT_WHOLE.format(name))
    model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
    model.tokenizer.no_padding()
    model.tokenizer.enable_truncation(MOST_TOKENS)

    def tokens(texts: Sequence[str]) -> list[list[int]]:
        # A lone half of a character, which JSON allows, cannot be handed over.
        whole = [text.encode(errors="replace").decode() for text in texts]
        return [cut.ids for cut in model.tokenizer.encode_batch(whole, add_special_tokens=False)]

    return Words(np.rint(model.embedding.astype(np.float64) * ROUNDING).astype(np.int64), tokens)


def with_labels(problem: Problem, words: Words) -> Problem:
    """Return the problem with rows of closeness that the labels of its skills have a part in.

    Raises
    ------
    ProblemError
        When the problem has rows already: they would stay as they are.
    """
    if problem.skills.closeness is not None:
        raise ProblemError(
            "$.skills.closeness", "says already how close skills are; leave it out to find it anew."
        )
    rows = closeness_rows(closeness_of(problem, combined_with(words, problem)))
    return replace(problem, skills=replace(problem.skills, closeness=rows))


def combined_with(words: Words, problem: Problem) -> Combine:
    """Return what adds the likeness of labels to the walks between the skills of this problem."""
    vectors = _vectors(words, [node.label for node in problem.skills.nodes])

    def combine(walked: Matrix, used: Index) -> Matrix:
        given, squares = vectors[used], (vectors[used] ** 2).sum(axis=1)
        found = []
        size = max(1, CELLS_AT_ONCE // len(used))
        for first in range(0, len(used), size):
            here = slice(first, first + size)
            walk = walked[used[here]][:, used].toarray().astype(np.int64)
            row, column, value = _nearest_of(_together(walk, _alike(given, squares, here)), first)
            found.append((used[row], used[column], value))
        rows, columns, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
        one_way = matrix_of(values, rows, columns, walked.shape)
        return Matrix(one_way.maximum(one_way.T))

    return combine


def _vectors(words: Words, labels: Sequence[str]) -> Reals:
    """Return the sum of each label's word vectors, whole; nothing for a skill without a label."""
    cut = words.tokens(labels)
    rows = np.repeat(np.arange(len(cut)), [len(tokens) for tokens in cut])
    columns = np.fromiter((token for tokens in cut for token in tokens), dtype=np.intp, count=len(rows))
    counts = matrix_of(np.ones(len(rows), dtype=np.int64), rows, columns, (len(cut), len(words.vectors)))
    return np.asarray(counts @ words.vectors).astype(np.float64)


def _alike(vectors: Reals, squares: Reals, here: slice) -> Integers:
    """Return the cosines of some labels with all, in thousandths; what points apart is not alike at all."""
    # Whole numbers below 2**53: exact in whatever order a machine adds them up.
    dots = vectors[here] @ vectors.T
    lengths = np.sqrt(np.maximum(squares[here, None] * squares, 1))
    return np.clip(1000 * dots / lengths, 0, SAME).astype(np.int64)


def _together(walk: Integers, alike: Integers) -> Integers:
    return np.minimum(walk + (1000 - walk) * alike * TENTHS // 10_000, CLOSEST_OTHER)


def _nearest_of(close: Integers, first: int) -> tuple[Index, Index, Integers]:
    """Return the cells of the nearest of each row, ties by column; row i is about skill `first + i`."""
    rows, columns = close.shape
    numbers = np.arange(rows)
    close[numbers, first + numbers] = 0
    order = close * columns - np.arange(columns)
    if columns > NEAREST:
        least = np.partition(order, columns - NEAREST, axis=1)[:, columns - NEAREST, None]
        close = np.where(order >= least, close, 0)
    row, column = np.nonzero(close >= FARTHEST)
    return row + first, column, close[row, column]
