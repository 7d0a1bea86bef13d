"""The benchmark of pages, on a small made-up company."""

import pytest

from benchmarks import pages


@pytest.mark.sqlite_only
@pytest.mark.timeout(120)
def test_every_page_is_measured_and_the_review_keeps_its_statements(capsys, monkeypatch):
    """Time is left out: it says nothing on a busy machine."""
    monkeypatch.setattr(pages, "MOST_CPU_MS", float("inf"))
    assert pages.main(["--people", "60", "--repeats", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(pages.PAGES)
    assert all(int(line.split()[2]) > 0 for line in lines[2:])


@pytest.mark.sqlite_only
def test_a_page_of_the_review_that_costs_too_much_is_marked(capsys, monkeypatch):
    """So that the exit status says it where nobody reads the table."""
    monkeypatch.setattr(pages, "MOST_STATEMENTS", 0)
    assert pages.main(["--people", "60", "--repeats", "1", "--only", "/left-out"]) == 1
    assert "too much" in capsys.readouterr().out
