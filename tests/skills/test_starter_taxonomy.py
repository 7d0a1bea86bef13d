"""The starter taxonomy is sound: complete entries, no cycles, and no name that means two things."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

TAXONOMY_FILE = Path(__file__).parents[2] / "app" / "skills" / "starter_taxonomy.toml"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SKILL_KEYS = {"id", "label", "family", "description", "aliases", "broader", "requires", "related"}
AMERICAN = re.compile(r"(?i)\b\w*(organiz|analyz|behavior|ization|\bcolor|center\b|labor\b)\w*")

Skill = dict[str, Any]


@pytest.fixture(scope="module")
def families() -> list[dict[str, str]]:
    return list(tomllib.loads(TAXONOMY_FILE.read_text(encoding="utf-8"))["family"])


@pytest.fixture(scope="module")
def skills() -> dict[str, Skill]:
    rows = tomllib.loads(TAXONOMY_FILE.read_text(encoding="utf-8"))["skill"]
    assert [skill_id for skill_id, count in Counter(row["id"] for row in rows).items() if count > 1] == []
    return {row["id"]: row for row in rows}


def edges(skills: dict[str, Skill], kind: str) -> list[tuple[str, str]]:
    return [(skill_id, other) for skill_id, skill in skills.items() for other in skill[kind]]


def graph(skills: dict[str, Skill], *kinds: str) -> "nx.DiGraph[str]":
    result: nx.DiGraph[str] = nx.DiGraph()
    result.add_nodes_from(skills)
    for kind in kinds:
        result.add_edges_from(edges(skills, kind))
    return result


def test_there_are_twelve_families_of_at_least_fifteen_skills(
    families: list[dict[str, str]], skills: dict[str, Skill]
) -> None:
    sizes = Counter(skill["family"] for skill in skills.values())
    assert len(families) == 12
    assert set(sizes) == {family["id"] for family in families}
    assert min(sizes.values()) >= 15
    assert len(skills) >= 300


def test_every_entry_is_complete(families: list[dict[str, str]], skills: dict[str, Skill]) -> None:
    assert all(set(family) == {"id", "label", "description"} for family in families)
    for skill_id, skill in skills.items():
        assert set(skill) == SKILL_KEYS, skill_id
        assert SLUG.fullmatch(skill_id), skill_id
        texts = [skill["label"], skill["description"], *skill["aliases"]]
        assert all(text and text == " ".join(text.split()) for text in texts), skill_id
        assert re.fullmatch(r"[A-Z][^.]*[^. ]\.", skill["description"]), skill["description"]


def test_labels_and_descriptions_are_british(skills: dict[str, Skill]) -> None:
    american = [
        text for s in skills.values() for text in (s["label"], s["description"]) if AMERICAN.search(text)
    ]
    assert american == []


def test_no_name_means_two_skills(skills: dict[str, Skill]) -> None:
    names = Counter(name.casefold() for s in skills.values() for name in {s["label"], *s["aliases"]})
    assert [name for name, count in names.items() if count > 1] == []


def test_most_skills_have_aliases(skills: dict[str, Skill]) -> None:
    assert sum(len(skill["aliases"]) for skill in skills.values()) >= 1.5 * len(skills)


@pytest.mark.parametrize("kind", ["broader", "requires", "related"])
def test_edges_point_to_known_other_skills_once(skills: dict[str, Skill], kind: str) -> None:
    found = edges(skills, kind)
    assert [pair for pair in found if pair[1] not in skills or pair[0] == pair[1]] == []
    assert [pair for pair, count in Counter(found).items() if count > 1] == []


@pytest.mark.parametrize("kinds", [("broader",), ("requires",)])
def test_broader_and_requires_have_no_cycle(skills: dict[str, Skill], kinds: tuple[str, ...]) -> None:
    assert list(nx.simple_cycles(graph(skills, *kinds))) == []


def test_only_family_roots_have_nothing_broader(
    families: list[dict[str, str]], skills: dict[str, Skill]
) -> None:
    roots = [skill_id for skill_id, skill in skills.items() if not skill["broader"]]
    assert roots == [family["id"] for family in families]
    assert all(skills[root]["family"] == root for root in roots)


def test_every_skill_is_reachable_within_its_own_family(skills: dict[str, Skill]) -> None:
    for skill_id, skill in skills.items():
        kin = {k: s for k, s in skills.items() if s["family"] == skill["family"]}
        within = graph(skills, "broader").subgraph(kin)
        assert nx.has_path(within, skill_id, skill["family"]), skill_id


def test_some_skills_belong_to_two_families(skills: dict[str, Skill]) -> None:
    crossing = [
        pair for pair in edges(skills, "broader") if skills[pair[0]]["family"] != skills[pair[1]]["family"]
    ]
    assert len(crossing) >= 20


@pytest.mark.parametrize("kind", ["broader", "requires"])
def test_no_edge_repeats_what_a_chain_of_the_same_kind_says(skills: dict[str, Skill], kind: str) -> None:
    whole = graph(skills, kind)
    redundant = set(whole.edges) - set(nx.transitive_reduction(whole).edges)
    assert redundant == set()


@pytest.mark.parametrize("kind", ["requires", "related"])
def test_requires_and_related_never_join_a_skill_to_its_own_ancestors(
    skills: dict[str, Skill], kind: str
) -> None:
    broader = graph(skills, "broader")
    ancestors = {skill_id: nx.descendants(broader, skill_id) for skill_id in skills}
    assert [(a, b) for a, b in edges(skills, kind) if b in ancestors[a] or a in ancestors[b]] == []


def test_related_is_stored_once_and_adds_something(skills: dict[str, Skill]) -> None:
    related = [frozenset(pair) for pair in edges(skills, "related")]
    stated = {frozenset(pair) for kind in ("broader", "requires") for pair in edges(skills, kind)}
    assert [set(pair) for pair, count in Counter(related).items() if count > 1] == []
    assert [set(pair) for pair in related if pair in stated] == []


def test_what_a_skill_requires_can_be_learnt_first(skills: dict[str, Skill]) -> None:
    """Hierarchy and prerequisites together never say that two skills must each come before the other."""
    both = graph(skills, "broader", "requires")
    assert [(a, b) for a, b in edges(skills, "requires") if nx.has_path(both, b, a)] == []
