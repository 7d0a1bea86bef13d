"""A small release of ESCO for the tests, written by us in its format, traps included."""

import csv
from pathlib import Path

SKILL = "http://data.europa.eu/esco/skill/"
DESCRIBED = (
    "preferredLabel",
    "altLabels",
    "hiddenLabels",
    "status",
    "modifiedDate",
    "scopeNote",
    "description",
)


def skill(key: str, label: str, **values: str) -> dict[str, str]:
    """One row of the file of skills."""
    row = {"conceptUri": SKILL + key, "preferredLabel": label, "skillType": "knowledge", "status": "released"}
    return {**row, **values}


def group(key: str, label: str) -> dict[str, str]:
    """One row of the file of groups of skills."""
    return {"conceptUri": SKILL + key, "preferredLabel": label, "status": "released"}


def broader(child: str, parent: str) -> dict[str, str]:
    """One row of the file of the hierarchy."""
    return {"conceptUri": SKILL + child, "broaderUri": SKILL + parent}


def relation(one: str, kind: str, other: str, *, stated: str = "knowledge") -> dict[str, str]:
    """One row of the file of relations between skills."""
    return {
        "originalSkillUri": SKILL + one,
        "originalSkillType": stated,
        "relationType": kind,
        "relatedSkillType": "knowledge",
        "relatedSkillUri": SKILL + other,
    }


def write_release(
    folder: Path,
    *,
    skills: list[dict[str, str]],
    groups: list[dict[str, str]],
    hierarchy: list[dict[str, str]],
    relations: list[dict[str, str]],
    suffix: str = "",
) -> Path:
    """Write the four files of a release; since version 1.2 the names of relation files end in `_en`."""
    folder.mkdir()
    write(folder / "skills_en.csv", ("conceptUri", "skillType", *DESCRIBED), skills)
    write(folder / "skillGroups_en.csv", ("conceptUri", *DESCRIBED), groups)
    columns = ("conceptType", "conceptUri", "broaderType", "broaderUri")
    write(folder / f"broaderRelationsSkillPillar{suffix}.csv", columns, hierarchy)
    columns = ("originalSkillUri", "originalSkillType", "relationType", "relatedSkillType", "relatedSkillUri")
    write(folder / f"skillSkillRelations{suffix}.csv", columns, relations)
    return folder


def write(path: Path, columns: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    """Write one file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)


FIRST = {
    "skills": [
        skill("paint", "paint\u00a0walls", altLabels="decorate walls\npaint\u200bing walls\npaint walls\nPaint  Walls"),
        skill("mix", "mix paint", altLabels="decorate walls", skillType="skill/competence"),
        skill("colour", "colour theory", description="How colours act.", scopeNote='See <a href="x">tone &amp; hue</a>.'),
        skill("safety", "ladder safety", skillType=""),
        skill("lime", "lime wash", hiddenLabels="whitewash"),
    ],
    "groups": [group("S1", "decorating"), group("S2", "building"), group("S3", "colour theory")],
    "hierarchy": [
        broader("S1", "S2"),
        broader("paint", "S1"),
        broader("paint", "S2"),
        broader("mix", "S1"),
        broader("lime", "paint"),
        broader("colour", "S3"),
        broader("S3", "S9"),
    ],
    "relations": [
        relation("paint", "essential", "safety"),
        relation("mix", "optional", "colour"),
        relation("colour", "optional", "mix"),
        relation("lime", "optional", "lime"),
        relation("lime", "optional", "nothing"),
        relation("lime", "akin", "mix"),
    ],
}  # fmt: skip
