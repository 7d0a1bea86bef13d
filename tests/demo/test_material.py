"""The names, sites and departments that companies are drawn from are complete and fit the taxonomy."""

from zoneinfo import ZoneInfo

import pytest

from app.demo.material import Material, load


@pytest.fixture(scope="module")
def material() -> Material:
    return load()


def test_cultures_have_enough_names_and_none_twice(material: Material) -> None:
    assert len(material.cultures) >= 14
    for culture in material.cultures:
        assert len(set(culture.given)) == len(culture.given) >= 40, culture.id
        assert len(set(culture.family)) == len(culture.family) >= 60, culture.id
        assert all(name == name.strip() != "" for name in culture.given + culture.family), culture.id
        assert 0 <= culture.second_family <= 1
        assert len(culture.language) == 2


def test_names_to_avoid_could_otherwise_be_drawn(material: Material) -> None:
    possible = {
        f"{given} {family}"
        for culture in material.cultures
        for given in culture.given
        for family in culture.family
    }
    assert material.avoid <= possible


def test_sites_have_real_zones_and_known_cultures(material: Material) -> None:
    cultures = {culture.id for culture in material.cultures}
    assert len(material.sites) == 5
    assert sum(site.share for site in material.sites) == pytest.approx(1)
    assert len({ZoneInfo(site.time_zone).key for site in material.sites}) == 5
    assert set().union(*(site.cultures for site in material.sites)) == cultures
    for site in material.sites:
        assert all(0 < chance <= 1 and len(code) == 2 for code, chance in site.languages.items()), site.city
        assert all(0 <= start < end <= 1440 for hours in site.hours for start, end in hours), site.city


def test_departments_have_a_title_for_each_grade_and_known_skills(material: Material) -> None:
    skills = set(material.skills)
    assert len({row.id for row in material.departments}) == 12
    assert sum(row.share for row in material.departments) == pytest.approx(1)
    assert material.chief_department in {row.id for row in material.departments}
    assert skills.issuperset(material.everyone)
    assert skills.issuperset(material.leaders)
    assert skills.issuperset(material.wanted)
    for row in material.departments:
        assert len(set(row.titles)) == 8, row.id
        assert skills.issuperset(row.skills) and len(row.skills) >= 15, row.id
        assert skills.issuperset(row.wants) and row.wants, row.id


def test_skills_read_well_within_a_sentence(material: Material) -> None:
    phrases = dict(zip(material.skills, material.phrases, strict=True))
    assert phrases["sql"] == "SQL"
    assert phrases["power-bi"] == "Power BI"
    assert phrases["public-speaking"] == "public speaking"
    shouting = [one for one in material.phrases if len(one) > 1 and one[0].islower() and one[1].isupper()]
    assert shouting == []
    assert set(material.text["proper_names"]) <= set(material.skills)
