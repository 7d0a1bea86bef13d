"""The benchmark of skill closeness, on a small made-up folder in ESCO's format."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest

from benchmarks.ancestors import Hierarchy
from benchmarks.closeness import main, rank
from matching.labels import Words

SKILL = "http://data.europa.eu/esco/skill/"
OCCUPATION = "http://data.europa.eu/esco/occupation/"
TRADES, SKILLS_OF_A_TRADE = 16, 8


def write(folder: Path, name: str, columns: str, rows: list[tuple[str, ...]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns.split())
        writer.writerows(rows)


@pytest.fixture
def esco(tmp_path: Path) -> Path:
    """Trades of eight skills in one group each, every second skill related to the next; two occupations a trade."""
    trades = range(TRADES)
    of_trade = {t: [f"{SKILL}t{t}s{n}" for n in range(SKILLS_OF_A_TRADE)] for t in trades}
    skills = [skill for t in trades for skill in of_trade[t]]
    pairs = [(of_trade[t][n], of_trade[t][n + 1]) for t in trades for n in range(0, SKILLS_OF_A_TRADE, 2)]
    occupations = [(f"{OCCUPATION}o{t}{half}", t) for t in trades for half in "ab"]
    labels = "conceptUri preferredLabel altLabels"
    write(tmp_path, "skills_en", labels, [(skill, skill[-5:], "") for skill in skills])
    write(tmp_path, "skillGroups_en", labels, [(f"{SKILL}g{t}", f"group {t}", "") for t in trades])
    write(
        tmp_path,
        "broaderRelationsSkillPillar",
        "conceptUri broaderUri",
        [(skill, f"{SKILL}g{t}") for t in trades for skill in of_trade[t]],
    )
    columns = "originalSkillUri relationType relatedSkillUri"
    write(tmp_path, "skillSkillRelations", columns, [(a, "optional", b) for a, b in pairs])
    write(tmp_path, "occupations_en", "conceptUri iscoGroup", [(uri, "2511") for uri, _ in occupations])
    columns = "occupationUri relationType skillUri"
    rows = [(uri, "essential", skill) for uri, t in occupations for skill in of_trade[t]]
    write(tmp_path, "occupationSkillRelations", columns, rows)
    return tmp_path


def figures(printed: str, table: str, row: str) -> list[float]:
    """Return the numbers in a row of the table whose heading starts so."""
    lines = printed[printed.index(table) :].splitlines()
    (line,) = (line for line in lines[: lines.index("") if "" in lines else None] if line.startswith(row))
    return [float(number) for number in re.findall(r"\d\.\d{3}", line)]


def test_closeness_ranks_what_was_hidden_before_exact_overlap(esco, capsys):
    """Both tables are printed with the time taken, and ours beats exact overlap in each."""
    assert main([str(esco), "--queries", "20", "--rivals", "12"]) == 0
    printed = capsys.readouterr().out
    for table in ("Held-out relations", "Held-out mentors"):
        for row in ("closeness, graph", "closeness, occupations", "Wu-Palmer", "Lin"):
            assert figures(printed, table, row)[0] > figures(printed, table, "exact")[0] + 0.2
    assert "wants with an exact mentor" in printed
    assert re.search(r"\d+ s, \d+ s of CPU time, seed 7\n$", printed)


def test_the_seed_decides_the_figures(esco, capsys):
    """The same seed prints the same tables, another seed draws others."""
    printed = []
    for seed in ("3", "3", "4"):
        main([str(esco), "--queries", "9", "--rivals", "12", "--seed", seed])
        printed.append(capsys.readouterr().out.rsplit("\n\n", 1)[0])
    assert printed[0] == printed[1] != printed[2]


@pytest.mark.parametrize("more", [[], ["--rivals", "1000"]], ids=["no files", "too few occupations"])
def test_what_cannot_be_measured_is_refused_with_a_sentence(esco, tmp_path, capsys, more):
    """A folder without ESCO's files, or with too few occupations, ends with status 2."""
    assert main([str(esco if more else tmp_path / "none"), *more]) == 2
    assert re.search(r"holds no file|need more occupations", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("scores", "auc", "hit"),
    [
        ([5, 1, 2, 3], 1.0, 1.0),
        ([0, 1, 2, 3], 0.0, 1.0),
        ([1] * 21, 0.5, 10 / 21),
        ([1] + [2] * 10 + [0] * 10, 0.5, 0.0),
    ],
)
def test_ties_count_half(scores, auc, hit):
    """AUC counts ties half; among the first ten, ties are broken by lot."""
    assert rank(np.array(scores, dtype=float)) == pytest.approx((auc, hit))


def test_ancestor_measures_worked_out_by_hand():
    """Root 0 over 1 and 2, 1 over 3 and 4: siblings share depth 2 of 3, cousins the root only."""
    hierarchy = Hierarchy(5, [(1, 0), (2, 0), (3, 1), (4, 1)])
    assert hierarchy.wu_palmer(3).tolist() == pytest.approx([500, 800, 400, 1000, 2000 / 3])
    shared, own = np.log(5 / 3), np.log(5)
    assert hierarchy.lin(3).tolist() == pytest.approx(
        [0, 2000 * shared / (shared + own), 0, 1000, 1000 * shared / own]
    )


def test_labels_are_measured_beside_the_walks(esco, capsys, monkeypatch):
    """With labels each measure of ours has a second row; made-up labels that tell nothing change nothing."""
    silent = Words(np.zeros((1, 2), dtype=np.int64), lambda texts: [[0] for _ in texts])
    monkeypatch.setattr("benchmarks.closeness.read_words", lambda: silent)
    assert main([str(esco), "--queries", "9", "--rivals", "12", "--labels"]) == 0
    printed = capsys.readouterr().out
    for table, names in (
        ("Held-out relations", ("graph", "occupations")),
        ("Held-out mentors", ("graph", "occupations", "occupation hidden")),
    ):
        for name in names:
            walked = figures(printed, table, f"closeness, {name} ")
            assert figures(printed, table, f"{name}, and labels") == walked
