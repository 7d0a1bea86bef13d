"""The house rules that a reader would otherwise have to check by eye."""

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = sorted((*PROJECT.glob("app/**/*.py"), *PROJECT.glob("matching/**/*.py")))
LONGEST_FILE = 500
LONGEST_FUNCTION = 60
MAY_COMMIT = ("routes.py", "cli.py", "tasks.py")  # how such a file's name ends
TOP_LEVEL = {
    "app", "matching", "templates", "migrations", "tests", "docs", "benchmarks",
    "wsgi.py", "requirements.txt", "requirements.in", "requirements-dev.txt", "requirements-dev.in",
    "requirements-labels.txt", "requirements-labels.in",
    "README.md", "pyproject.toml", "Makefile", ".ci", ".gitignore",
}  # fmt: skip
READS_TIME = re.compile(r"datetime\.now\(|date\.today\(|utcnow\(|(?<!date)time\.time\(")
FORBIDDEN_NAMES = {"utils", "helpers", "manager", "data", "info", "process", "misc", "common"}


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def tracked_files() -> list[str]:
    import subprocess

    listing = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False)
    return listing.stdout.splitlines()


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_the_top_level_holds_only_what_the_customer_fixed():
    assert {file.split("/")[0] for file in tracked_files()} <= TOP_LEVEL


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_file_has_two_subjects(path):
    assert len(path.read_text().splitlines()) <= LONGEST_FILE
    assert path.stem not in FORBIDDEN_NAMES


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_function_is_too_long(path):
    long = [f"{node.name}, line {node.lineno}" for node in functions(path)
            if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION]  # fmt: skip
    assert long == []


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_commits_happen_only_where_a_request_a_command_or_a_task_ends():
    committing = {
        name(path)
        for path in SOURCES
        if "db.session.commit(" in path.read_text() and not path.name.endswith(MAY_COMMIT)
    }
    assert committing == set()


def test_only_the_clock_reads_the_time():
    readers = {
        name(path) for path in SOURCES if path.name != "clock.py" and READS_TIME.search(path.read_text())
    }
    assert readers == set()
