"""The draw of mutants: the same ones for the same seed, and none that only words a sentence differently."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import mutants

WRITTEN = """
def x_told__mutmut_orig(count):
    return f"There are {count + 1} of them." if count else "There are none."


def x_told__mutmut_1(count):
    return f"There are {count + 2} of them." if count else "There are none."


def x_told__mutmut_2(count):
    return f"There are {count + 1} of them." if count else "XXThere are none.XX"


def x_told__mutmut_3(count):
    return f"There are {count + 1} of them." if count else None
"""


@pytest.fixture(autouse=True)
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lay out one module with three mutants, of which one has been tried and was not noticed."""
    module = tmp_path / "matching" / "check" / "__init__.py"
    module.parent.mkdir(parents=True)
    module.write_text(WRITTEN)
    statuses = {f"matching.check.x_told__mutmut_{number}": None for number in (1, 2, 3)}
    meta = {"exit_code_by_key": statuses | {"matching.check.x_told__mutmut_1": 0}}
    module.with_name("__init__.py.meta").write_text(json.dumps(meta))
    monkeypatch.setattr(mutants, "MUTANTS", tmp_path)
    yield


def test_wording_is_left_out_of_the_draw() -> None:
    """Another number and a missing sentence are faults; another sentence is not."""
    assert mutants._drawn(9, seed=1) == ["matching.check.x_told__mutmut_1", "matching.check.x_told__mutmut_3"]


def test_the_seed_draws() -> None:
    """One of two, always the same one for a seed, and each for some seed."""
    drawn = [mutants._drawn(1, seed) for seed in range(20)]
    assert drawn == [mutants._drawn(1, seed) for seed in range(20)]
    assert len(set(map(tuple, drawn))) == 2


def test_what_is_told_counts_by_file(capsys: pytest.CaptureFixture[str]) -> None:
    """A mutant that was tried and passed all tests, or was not reached, is not noticed; a failure is."""
    rows = [mutants.Tried(f"m{status}", "a.py", status) for status in (0, 33, None, 1, -24)]
    assert [row.noticed for row in rows] == [False, False, False, True, True]
    mutants._tell(rows)
    told = capsys.readouterr().out
    assert "2 of 5 mutants noticed, 40.0 %" in told
    assert told.count("not noticed: ") == 3
