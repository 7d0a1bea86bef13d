"""Files of people become instances for the comparison: the same people, scored once, for every solver."""

from pathlib import Path

import pytest

from benchmarks.instances import InstanceError, arrays_of
from benchmarks.people_files import MENTEES, MENTORS, generated_on_esco, read_mentor_match
from tests.people.hr_files import shared_data

HEAD = "first name,email address,grade,organisation,profession"


def folder(
    path: Path,
    mentees: tuple[str, ...] = ("ann,ann@x,EO,Joy,Law", "bob,bob@x,SEO,Joy,HR"),
    mentors: tuple[str, ...] = ("eve,eve@x,SEO,Joy,Law", "fay,fay@x,Grade 7,Love,HR"),
    head: str = HEAD,
) -> Path:
    (path / MENTEES).write_text("\n".join((head, *mentees)), encoding="utf-8-sig")
    (path / MENTORS).write_text("\n".join((HEAD, *mentors)), encoding="utf-8-sig")
    return path


def test_people_of_mentor_match_are_scored_by_profession_grade_and_organisation(tmp_path: Path):
    """The mentor stands higher; a shared profession, one or two grades and another organisation count."""
    candidates = read_mentor_match(folder(tmp_path)).problem.programmes[0].candidates

    assert candidates is not None
    assert set(candidates) == {
        ("mentee ann@x", "mentor eve@x", 60 + 25),
        ("mentee ann@x", "mentor fay@x", 15 + 8),
        ("mentee bob@x", "mentor fay@x", 60 + 25 + 8),
    }


@pytest.mark.parametrize(
    ("change", "line", "reason"),
    [
        ({"head": HEAD.replace("grade", "rank")}, 1, "there is no column 'grade'."),
        ({"mentees": ("ann,ann@x,Grade 9,Joy,Law",)}, 2, "'Grade 9' is no grade of the civil service."),
        ({"mentors": ("a,eve@x,EO,Joy,HR", "b,eve@x,EO,Joy,HR")}, 3, "eve@x stands in the file twice."),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_reason(tmp_path: Path, change, line: int, reason: str):
    """Nobody is left out in silence."""
    with pytest.raises(InstanceError) as refused:
        read_mentor_match(folder(tmp_path, **change))
    assert (refused.value.line, refused.value.sentence) == (line, reason)


def test_the_real_files_are_read_whole():
    """Fifty of each, and who can have nobody is there all the same."""
    instance = arrays_of(read_mentor_match(shared_data("people", "mentor-match-small")))

    assert (instance.mentees, len(instance.capacity)) == (50, 50)
    assert len(instance.points) > 1_000


def test_people_on_esco_keep_their_best_candidates():
    """No mentee has more candidates than asked for, and those are the best they have."""
    folder = shared_data("esco-1.1.1")
    few, many = (generated_on_esco(folder, 20, 10, best, seed=7) for best in (3, 10))
    kept, every = (
        {(a, b): points for a, b, points in row.problem.programmes[0].candidates or ()} for row in (few, many)
    )

    for mentee in {a for a, _b in every}:
        best = sorted((points for (a, _b), points in every.items() if a == mentee), reverse=True)[:3]
        assert sorted((points for (a, _b), points in kept.items() if a == mentee), reverse=True) == best
