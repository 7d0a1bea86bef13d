"""Compiles the loops over all pairs, for markets with more pairs than NumPy's arrays get through in time."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np

# A whole number in a compiled function, also one that is written out where it is called.
Whole = int | np.int64
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function of arrays and whole numbers when it is first called, and keep the result on disk.

    A number written out in a call is a type of its own to the compiler, which then compiles the function
    that is called once more; ``np.int64(0)`` is not. Compiled functions run without the interpreter's lock,
    so that threads share the work. Where no folder can be written they are compiled in each process.
    """
    return _kept(function, {"nogil": True})


def lean(function: Function) -> Function:
    """Compile a function that makes no arrays and no views, but reads and writes those it is given.

    It counts no references. To count those to all arrays of a market, which threads share, takes longer than
    the work on the few pairs of a mentee.
    """
    return _kept(function, {"nogil": True, "_nrt": False})


def _kept(function: Function, options: dict[str, Any]) -> Function:
    try:
        return cast(Function, numba.njit(cache=True, **options)(function))
    except RuntimeError:
        return cast(Function, numba.njit(**options)(function))
