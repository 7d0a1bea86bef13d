"""Which column of a file holds what: our own column names, or a mapping file in TOML."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from app.errors import Invalid
from app.people.importing.fields import FIELDS, SKILL_FIELDS
from app.text import folded
from app.words import listed

LARGEST_MAPPING = 1024 * 1024
NAME_PARTS = ("given_name", "family_name")
PLACE = re.compile(r"\{([^{}]+)\}")
SETTINGS: dict[str, type | tuple[type, ...]] = {
    "column": str,
    "columns": list,
    "template": str,
    "constant": (str, int, float, bool),
    "default": (str, int, float, bool),
    "values": dict,
    "separator": str,
    "level": int,
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where the text of one field comes from.

    Columns are joined by a space, or as further values of a field that may have several. A template is filled
    from columns ("{first name}.{last name}"). With a separator, a field of one value takes the first.
    """

    columns: tuple[str, ...] = ()
    template: str = ""
    constant: str | None = None
    default: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    separator: str = ""
    level: int | None = None

    @property
    def needed_columns(self) -> tuple[str, ...]:
        """The columns without which the field cannot be read."""
        return self.columns or tuple(PLACE.findall(self.template))


Mapped = dict[str, Source]


def our_columns(header: tuple[str, ...]) -> Mapped:
    """Read the header as one of our own.

    Raises:
        Invalid: when a column is not one of ours, since a misspelt one would be lost in silence.
    """
    named = [key(column) for column in header]
    if "name" not in named and any(part in named for part in NAME_PARTS):
        parts = tuple(column for part in NAME_PARTS for column in header if key(column) == part)
    else:
        parts = ()
    known = {*FIELDS, *(NAME_PARTS if parts else ())}
    for column, name in zip(header, named, strict=True):
        if name and name not in known:
            raise Invalid(_unknown_column(column, name))
    mapped = {
        name: Source(columns=(column,)) for column, name in zip(header, named, strict=True) if name in FIELDS
    }
    return {**mapped, "name": Source(columns=parts)} if parts else mapped


def _unknown_column(column: str, name: str) -> str:
    near = get_close_matches(name, FIELDS, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Ours are {listed([*FIELDS])}."
    return (
        f"The column “{column[:60]}” is not one of ours. {hint} "
        "Rename it, remove it, or say with --mapping what it holds."
    )


def read_mapping(path: Path) -> Mapped:
    """Read a mapping file.

    Raises:
        Invalid: when it is no TOML, names an unknown field or setting, or gives one twice.
    """
    try:
        if path.stat().st_size > LARGEST_MAPPING:
            raise Invalid(f"{path.name} is too large to be a mapping file.")
        settings = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"{path.name} is not a mapping file in TOML: {error}.") from None
    for name in settings:
        if name not in FIELDS:
            raise Invalid(f"{path.name} maps “{name}”, which is no field. Ours are {listed([*FIELDS])}.")
    return {name: _source(path.name, name, setting) for name, setting in settings.items()}


def _source(file: str, name: str, setting: Any) -> Source:
    if isinstance(setting, str):
        setting = {"column": setting}
    elif isinstance(setting, list):
        setting = {"columns": setting}
    elif not isinstance(setting, dict):
        raise Invalid(f"{file}, {name}: give the name of a column, a list of them, or a table of settings.")
    for key_, value in setting.items():
        if key_ not in SETTINGS:
            raise Invalid(f"{file}, {name}: “{key_}” is no setting. There are {listed([*SETTINGS])}.")
        if not isinstance(value, SETTINGS[key_]):
            raise Invalid(f"{file}, {name}: “{key_}” cannot be {value!r}.")
    _check_settings(file, name, setting)
    columns = (setting["column"],) if "column" in setting else tuple(map(str, setting.get("columns", ())))
    return Source(
        columns=columns,
        template=setting.get("template", ""),
        constant=_plain(setting["constant"]) if "constant" in setting else None,
        default=_plain(setting.get("default", "")),
        values={folded(old): _plain(new) for old, new in setting.get("values", {}).items()},
        separator=setting.get("separator", ""),
        level=setting.get("level"),
    )


def _check_settings(file: str, name: str, setting: Mapping[str, Any]) -> None:
    if sum(origin in setting for origin in ("column", "columns", "template", "constant")) != 1:
        raise Invalid(f"{file}, {name}: give exactly one of column, columns, template and constant.")
    if "template" in setting and not PLACE.search(setting["template"]):
        raise Invalid(f"{file}, {name}: the template names no column in braces, such as {{staff number}}.")
    if "columns" in setting and not setting["columns"]:
        raise Invalid(f"{file}, {name}: the list of columns is empty.")
    if "level" in setting and (name not in SKILL_FIELDS or not 1 <= setting["level"] <= 5):
        raise Invalid(f"{file}, {name}: a level is for skills and goals, and goes from 1 to 5.")
    if "separator" in setting and not setting["separator"]:
        raise Invalid(f"{file}, {name}: the separator is empty.")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def key(column: str) -> str:
    """Return a column's name as it is compared: "Given name", "given-name" and "given_name" are one."""
    return re.sub(r"[\s_-]+", "_", folded(column))
