"""What is wrong with a file, cell by cell, and how it is handed back."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from app.cells import safe_cell

MOST_KEPT = 100_000


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One reason why a line cannot be imported."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"Line {self.line}, {self.column}: {self.reason}" if self.column else self.whole_line

    @property
    def whole_line(self) -> str:
        """The sentence when no single column is to blame."""
        return f"Line {self.line}: {self.reason}"


@dataclass(slots=True)
class Problems:
    """All problems of a file; beyond `MOST_KEPT` they are only counted, so that memory stays bounded."""

    kept: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, line: int, column: str, reason: str) -> None:
        """Note one more problem."""
        self.count += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(Problem(line, column, reason))

    def __bool__(self) -> bool:
        return self.count > 0

    def in_order(self) -> list[Problem]:
        """Return what was kept, by line."""
        return sorted(self.kept)

    def write(self, path: Path) -> None:
        """Write what was kept as CSV that is safe to open in a spreadsheet."""
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("line", "column", "reason"))
            for problem in self.in_order():
                writer.writerow((problem.line, safe_cell(problem.column), safe_cell(problem.reason)))
