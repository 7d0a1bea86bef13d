"""The CSV files of an ESCO release: found by either of their names, opened, and checked for their columns."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import Invalid
from app.words import listed

LARGEST_FILE = 256 * 1024 * 1024
DESCRIBED = ("preferredLabel", "altLabels", "hiddenLabels", "status", "scopeNote", "description")


@dataclass(frozen=True, slots=True)
class EscoFile:
    """One file of a release: its possible names and the columns we read."""

    names: tuple[str, ...]
    columns: tuple[str, ...]


SKILLS = EscoFile(("skills_en.csv",), ("conceptUri", "skillType", *DESCRIBED))
GROUPS = EscoFile(("skillGroups_en.csv",), ("conceptUri", *DESCRIBED))
BROADER = EscoFile(
    ("broaderRelationsSkillPillar.csv", "broaderRelationsSkillPillar_en.csv"), ("conceptUri", "broaderUri")
)
RELATED = EscoFile(
    ("skillSkillRelations.csv", "skillSkillRelations_en.csv"),
    ("originalSkillUri", "originalSkillType", "relationType", "relatedSkillUri"),
)
FILES = (SKILLS, GROUPS, BROADER, RELATED)


def find_files(folder: Path) -> dict[EscoFile, Path]:
    """Return where each file of a release is.

    Raises:
        Invalid: when one is absent, or there under both of its names.
    """
    found = {file: [folder / name for name in file.names if (folder / name).is_file()] for file in FILES}
    absent = [file.names[0] for file, paths in found.items() if not paths]
    if absent:
        raise Invalid(f"{folder.name} is no ESCO release in English: {listed(absent)} missing.")
    for paths in found.values():
        if len(paths) > 1:
            raise Invalid(
                f"{folder.name} holds both {paths[0].name} and {paths[1].name}. "
                "Those are of different releases: keep the files of one."
            )
    return {file: paths[0] for file, paths in found.items()}


def rows_of(file: EscoFile, path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a file; a cell that is not there is empty.

    Raises:
        Invalid: when the file is too large, is not CSV in UTF-8, lacks a column or has no rows.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise Invalid(f"{path.name} is larger than any file of ESCO. Nothing was changed.")
    line = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text, restval="", strict=True)
            missing = [column for column in file.columns if column not in (reader.fieldnames or ())]
            if missing:
                raise Invalid(f"{path.name} has no column {listed(missing)}. Is it a file of ESCO?")
            for row in reader:
                line = reader.line_num
                yield row
    except UnicodeDecodeError:
        raise Invalid(f"{path.name} is not in UTF-8. Download it again.") from None
    except csv.Error as error:
        raise Invalid(f"{path.name} cannot be read after line {line}: {error}.") from None
    if line == 1:
        raise Invalid(f"{path.name} has no rows.")
