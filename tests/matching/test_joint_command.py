"""Joint rounds by command: what is told of them, and which questions are for programmes solved alone."""

import json
from pathlib import Path

import pytest

from matching.__main__ import main


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Return the files of a joint round and its solution."""
    folder = tmp_path_factory.mktemp("joint")
    problem, solution = str(folder / "problem.json"), str(folder / "solution.json")
    asked = "generate --mentees 30 --mentors 12 --seed 4 --kinds mentoring,peers,communities --joint -o"
    assert main([*asked.split(), problem]) == 0
    assert main(["solve", problem, "-o", solution]) == 0
    return problem, solution


def test_the_result_begins_with_how_many_are_in_any_programme(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever is in several programmes counts once, among all who asked for any of them."""
    assert main(["solve", files[0], "-o", files[1]]) == 0
    told = capsys.readouterr().err
    found = json.loads(Path(files[1]).read_text())
    sought = {
        row["person"]
        for programme in json.loads(Path(files[0]).read_text())["programmes"]
        for row in programme.get("mentees") or programme["people"]
    }
    covered = {row["members"]["mentee"] for row in found["assignments"] if isinstance(row["members"], dict)}
    covered |= {
        name for row in found["assignments"] for name in row["members"] if isinstance(row["members"], list)
    }
    expected = f"{len(covered)} of {len(sought)} people are in at least one programme of those that cover"
    assert told.startswith(expected)
    assert main(["check", *files]) == 0


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            "--alternatives",
            "Other goals are priced for programmes that are solved alone; these share one round.",
        ),
        (
            "--stability",
            "Who would rather change is told of programmes that do not share people's hours; these do.",
        ),
    ],
)
def test_questions_that_a_shared_budget_upsets_are_not_answered_wrongly(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str], question: str, told: str
) -> None:
    """Alone a programme has hours that the round has given to another."""
    assert main(["explain", *files, question]) == 0
    assert capsys.readouterr().out == f"{told}\n"
