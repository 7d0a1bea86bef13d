"""Labels of skills may count beside the walks: whole numbers, the same everywhere, and never without being asked."""

import re
import sys
from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import labels as module
from matching import skills
from matching.__main__ import main
from matching.check import check
from matching.closeness import with_closeness
from matching.generate import generate
from matching.labels import Words, read_words, with_labels
from matching.problem import Held, Person, Problem, Skill, SkillEdge, SkillRows
from matching.skills import closeness_of
from matching.solve import solve

LETTERS = "abcd"
# One direction for each letter but the last, which points away from the first.
VECTORS = np.array([[4096, 0, 0], [0, 4096, 0], [0, 0, 4096], [-4096, 0, 0]], dtype=np.int64)


def cut(texts):
    return [[LETTERS.index(letter) for letter in text if letter in LETTERS] for text in texts]


WORDS = Words(VECTORS, cut)


def labelled(*names: str, edges: tuple[tuple[int, str, int], ...] = ()) -> Problem:
    """Return a problem with skills of these labels, all held by one person."""
    nodes = tuple(Skill(id=f"s{number:03}", label=name) for number, name in enumerate(names))
    joined = tuple(SkillEdge(source=nodes[a].id, kind=kind, target=nodes[b].id) for a, kind, b in edges)
    person = Person(id="ann", holds=tuple(Held(skill=node.id, level=2) for node in nodes))
    return Problem(round="r", skills=SkillRows(nodes=nodes, edges=joined), people=(person,))


def by_hand(one: str, other: str, walk: int) -> int:
    """Return the closeness of two labels by the formula of the document, in whole numbers alone."""
    a, b = (VECTORS[tokens].sum(axis=0).tolist() for tokens in cut([one, other]))
    dot = max(sum(x * y for x, y in zip(a, b, strict=True)), 0)
    norms = sum(x * x for x in a) * sum(x * x for x in b)
    # The whole part of the cosine in thousandths: the greatest c with c * sqrt(norms) <= 1000 * dot.
    cosine = max(c for c in range(1001) if c * c * norms <= 10**6 * dot * dot) if norms else 0
    close = min(walk + (1000 - walk) * cosine * 3 // 10_000, 900)
    return close if close >= 50 else 0


def rows(problem: Problem) -> dict[tuple[str, str], int]:
    return {(one, other): value for one, other, value in with_labels(problem, WORDS).skills.closeness or ()}


LABELS = st.lists(st.text("abcd ", max_size=4), min_size=1, max_size=7)
EDGES = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(["broader", "related"]), st.integers(0, 6)))


@settings(deadline=None, max_examples=60)
@given(LABELS, EDGES)
def test_labels_fill_a_part_of_what_walks_leave_open(names, edges):
    """Every pair is as close as the formula says of its walk and the cosine of its labels."""
    joined = {(a, kind, b) for a, kind, b in edges if a < b < len(names)}
    problem = labelled(*names, edges=tuple(sorted(joined)))
    walks = {(a, b): value for a, b, value in with_closeness(problem).skills.closeness or ()}
    ids = [node.id for node in problem.skills.nodes]
    wanted = {
        (ids[i], ids[j]): by_hand(names[i], names[j], walks.get((ids[i], ids[j]), 0))
        for i in range(len(names))
        for j in range(i + 1, len(names))
    }
    assert rows(problem) == {pair: value for pair, value in wanted.items() if value}


def test_alike_labels_are_close_without_any_edge():
    """The same label says three tenths, an unlike, an opposite or an absent one says nothing."""
    assert rows(labelled("ab", "ba", "c", "", "", "a", "d")) == {
        ("s000", "s001"): 300,
        ("s000", "s005"): 707 * 3 // 10,
        ("s001", "s005"): 707 * 3 // 10,
    }


def test_ids_are_no_labels():
    """A skill without a label is like none, however alike the ids are."""
    assert rows(labelled("", "")) == {}


@pytest.mark.parametrize("cells", [1, 700, 2**22])
def test_the_nearest_are_kept_alike_both_ways(monkeypatch, cells):
    """Of 300 skills with one label each is close to its first 128, which keeps all pairs with one of these."""
    monkeypatch.setattr(module, "CELLS_AT_ONCE", cells)
    found = rows(labelled(*["a"] * 300))
    # Skills 0 to 127 count themselves out, so that the 129th is among the nearest of each of them.
    assert (
        found
        == {
            (f"s{i:03}", f"s{j:03}"): 300 for i in range(300) for j in range(i + 1, 300) if i < skills.NEAREST
        }
        | {}
    )


def test_shuffled_rows_are_written_alike():
    """The order of skills and people in the file makes no difference."""
    problem = labelled("ab", "a", "b", "cab", edges=((0, "related", 2),))
    turned = replace(problem, skills=replace(problem.skills, nodes=problem.skills.nodes[::-1]))
    assert with_labels(turned, WORDS).to_json() == with_labels(problem, WORDS).to_json()


def test_a_plan_with_labels_is_proved_and_checked():
    """The rows reach solver and check as any rows do."""
    given = with_labels(generate(mentees=30, mentors=12, seed=3), WORDS)
    assert given.skills.closeness != with_closeness(generate(mentees=30, mentors=12, seed=3)).skills.closeness
    solution = solve(given)
    assert solution.status == "optimal"
    assert check(given, solution).ok


def test_nobody_has_nothing_close():
    """Without people no skill is looked at."""
    problem = labelled("a", "a")
    assert with_labels(replace(problem, people=()), WORDS).skills.closeness == ()


def test_walks_alone_are_as_before():
    """What combines is given the walks, and handing them back changes nothing."""
    problem = generate(mentees=30, mentors=12, seed=3)
    same = closeness_of(problem, lambda walked, _used: walked)
    assert (same.matrix != closeness_of(problem).matrix).nnz == 0


@pytest.fixture
def files(tmp_path):
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text(labelled("data analysis", "analysing data", "negotiation").to_json(), encoding="utf-8")
    return before, after


def test_without_the_package_the_command_says_how_to_install_it(monkeypatch, capsys, files):
    """The command ends with status 2 and a sentence, and writes nothing."""
    before, after = files
    monkeypatch.setitem(sys.modules, "wordllama", None)
    assert main(["closeness", str(before), "--labels", "-o", str(after)]) == 2
    assert capsys.readouterr().err.endswith("-r requirements-labels.txt`.\n")
    assert not after.exists()


def test_a_package_without_its_files_is_refused_before_it_asks_the_network(
    monkeypatch, capsys, files, tmp_path
):
    """A missing file is named; nothing of the package is called."""
    before, after = files
    hollow = ModuleType("wordllama")
    hollow.__file__ = str(tmp_path / "__init__.py")
    monkeypatch.setitem(sys.modules, "wordllama", hollow)
    assert main(["closeness", str(before), "--labels", "-o", str(after)]) == 2
    assert "l2_supercat_256.safetensors" in capsys.readouterr().err
    assert not after.exists()


def test_rows_that_are_there_are_not_passed_over_in_silence(monkeypatch, capsys, files):
    """A problem that says already how close its skills are is refused by path."""
    before, after = files
    before.write_text(with_closeness(labelled("a", "a")).to_json(), encoding="utf-8")
    monkeypatch.setattr(module, "read_words", lambda: WORDS)
    assert main(["closeness", str(before), "--labels", "-o", str(after)]) == 2
    assert capsys.readouterr().err.startswith("$.skills.closeness: ")


def test_the_installed_words_know_what_is_alike(capsys, files):
    """With the package installed data analysis is close to analysing data, and not to negotiation."""
    pytest.importorskip("wordllama")
    before, after = files
    assert main(["closeness", str(before), "--labels", "-o", str(after)]) == 0
    assert re.fullmatch(r"1 pairs? of skills \w+ close\.\n", capsys.readouterr().err)
    assert Problem.from_json(after.read_bytes()).skills.closeness == (("s000", "s001", 210),)
    words = read_words()
    assert words.tokens(["", "\ud800"])[0] == []
    assert max(len(tokens) for tokens in words.tokens(["word " * 5000])) == module.MOST_TOKENS
    # What makes every sum exact in double precision.
    longest = int(np.abs(words.vectors).max()) * module.MOST_TOKENS
    assert longest**2 * words.vectors.shape[1] < 2**53
