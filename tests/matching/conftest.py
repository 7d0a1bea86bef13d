"""Whatever a test is about: each violation that the check finds has a kind, a place and a sentence to show."""

import os
import re
from collections.abc import Iterator

import pytest
from hypothesis import Phase, settings

from matching.check import Violation, ViolationKind

# `make mutants` asks whether a test fails at all: to look for the smallest example would take most of its time.
if "MUTANT_UNDER_TEST" in os.environ:
    settings.register_profile("mutants", phases=(Phase.explicit, Phase.generate))
    settings.load_profile("mutants")

PLACE = re.compile(
    r"(problem_sha256|status|programmes|assignments|unmatched|closed|goals|certificates|joint|clashes|people|locks)"
    r"(\[\d+\]|\.[^.\[]+)*"
)


@pytest.fixture(autouse=True, scope="session")
def violations_can_be_shown() -> Iterator[None]:
    """Refuse violations that lead nowhere or say nothing, wherever they are found."""
    build = Violation.__init__

    def build_and_look(self: Violation, kind: ViolationKind, where: str, message: str) -> None:
        build(self, kind, where, message)
        assert isinstance(kind, ViolationKind), kind
        assert PLACE.fullmatch(where), where
        assert "None" not in where, where
        assert message[:1].strip(), message
        assert message.endswith("."), message
        assert not re.search(r"\bNone\b|\w+\(\w+=|  |\{\w+\}", message), message

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Violation, "__init__", build_and_look)
        yield
