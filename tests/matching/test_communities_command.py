"""Communities by command, and the words for what came of them."""

from matching.__main__ import main
from matching.communities.sentences import (
    cause_of_member,
    closed_sentence,
    result_of_communities,
    rule_sentences,
)
from matching.solve import solve
from tests.matching.community_problems import crowd


def test_generate_solve_and_check_by_command(tmp_path):
    """The command line does all three on a problem with communities."""
    problem, solution = str(tmp_path / "p.json"), str(tmp_path / "s.json")
    asked = ["--mentees", "30", "--mentors", "10", "--seed", "3", "--kinds", "communities"]
    assert main(["generate", *asked, "-o", problem]) == 0
    assert main(["solve", problem, "-o", solution]) == 0
    assert main(["check", problem, solution]) == 0


def test_causes_and_closed_communities_are_worded():
    """Whoever is in no community, and each that stays closed, has a sentence with the true figures."""
    problem = crowd(2, communities=[{"id": "c", "min": 3, "max": 4}])
    programme, solution = problem.programmes[0], solve(problem)
    told = cause_of_member(solution.unmatched[0], "Ann", rule_sentences(programme))
    assert told == "1 community would suit, but none of them opens this round."
    assert closed_sentence(solution.closed[0]) == "c stays closed: it needs 3, and 2 people could join it."
    result = result_of_communities(programme, solution)
    assert result == "0 of 2 people are in a community; 0 communities open of 1."


def test_the_command_tells_who_is_left_out_and_what_stays_closed(tmp_path, capsys):
    """Those left out by no community's fault of their own read which one did not open, and why."""
    problem, solution = tmp_path / "p.json", str(tmp_path / "s.json")
    problem.write_text(crowd(2, communities=[{"id": "c", "min": 3, "max": 4}]).to_json())
    assert main(["solve", str(problem), "-o", solution]) == 0
    assert main(["explain", str(problem), solution, "--unmatched"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    people = [line for line in lines if not line.startswith(" ")]
    assert len(people) == 2
    assert all("If c opened with 2 members" in line for line in lines if line not in people)
    assert all("none of them opens this round" in line for line in people)
    assert last.endswith("c stays closed: it needs 3, and 2 people could join it.")


def test_the_command_lists_members_with_commas_and_one_and(tmp_path, capsys):
    """Whom somebody is in a community with reads as a list."""
    problem, solution = tmp_path / "p.json", str(tmp_path / "s.json")
    problem.write_text(crowd(4).to_json())
    assert main(["solve", str(problem), "-o", solution]) == 0
    capsys.readouterr()
    assert main(["explain", str(problem), solution, "--why", "p00"]) == 0
    assert "in c with p01, p02 and p03:" in capsys.readouterr().out
