"""The benchmark of thresholds of `covers_wants`, on a small made-up company."""

import numpy as np
import pytest

from benchmarks.covering import by_relation, main, nearest_of
from matching.generate import generate
from matching.problem import Problem, SkillRows


@pytest.fixture(scope="module")
def problem() -> Problem:
    return generate(mentees=120, mentors=40, seed=3)


def test_a_threshold_keeps_more_helpers_than_strangers_and_never_more_than_a_lower_one(problem):
    """Who held a skill is nearer to it than who did not, and shares only fall as thresholds rise."""
    nearest = nearest_of(problem, np.random.default_rng(1))
    kept = np.array([nearest.kept(percent) for percent in range(0, 101, 5)])
    assert kept[0].tolist() == [1, 1]
    assert (np.diff(kept, axis=0) <= 0).all()
    helpers, strangers = nearest.kept(15)
    assert helpers > strangers + 0.1


def test_what_an_edge_joins_is_nearer_than_what_shares_a_broader_skill(problem):
    """Medians of closeness fall from edges to kin, and from kin to any two skills."""
    median = {name: np.median(figures) for name, figures in by_relation(problem).items()}
    assert min(median["requires"], median["related"]) > median["same broader"] >= median["all"]


def test_the_tables_are_printed(problem, tmp_path, capsys):
    """One line for each threshold, one for each kind of relation."""
    path = tmp_path / "problem.json"
    path.write_text(problem.to_json(), encoding="utf-8")
    assert main([str(path)]) == 0
    printed = capsys.readouterr().out
    assert "20 %" in printed
    assert "same broader" in printed


@pytest.mark.parametrize(
    "text", ["{}", Problem(round="r", skills=SkillRows()).to_json()], ids=["wrong", "empty"]
)
def test_what_cannot_be_measured_is_refused_with_a_sentence(text, tmp_path, capsys):
    """A wrong file, and one without mentors, end with status 2."""
    path = tmp_path / "problem.json"
    path.write_text(text, encoding="utf-8")
    assert main([str(path)]) == 2
    assert capsys.readouterr().err.strip().endswith(".")
