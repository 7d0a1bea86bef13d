"""The tasks of setting up rules, weights and goals, with how each stands in one line."""

from app.programmes.agenda import agenda_of, has_sessions
from app.programmes.check_ins import check_ins_of
from app.programmes.communities import communities_of
from app.programmes.models import Programme, ProgrammeKind
from app.programmes.questions import questions_of
from app.programmes.setup import TASKS, Task
from app.programmes.vocabulary import CRITERIA, OTHER_NAMES, RULES, SHORT_GOALS
from app.words import duration, listed, plural

NAMED = 2
WITH_SESSIONS = frozenset(kind for kind in ProgrammeKind if has_sessions(kind))


def _rules(programme: Programme) -> str:
    others = OTHER_NAMES.get(programme.kind, {})
    names = [others.get(row.rule, RULES[row.rule].name) for row in programme.rules]
    if len(names) > NAMED:
        names = [*names[:NAMED], f"{len(names) - NAMED} more"]
    return listed(names) or "No rule that every match keeps"


def _weights(programme: Programme) -> str:
    most = sorted(programme.criteria, key=lambda row: (-row.weight, row.criterion))[:NAMED]
    return "Most of all " + listed([f"{CRITERIA[row.criterion].lower()} ({row.weight}%)" for row in most])


def _goals(programme: Programme) -> str:
    said = ", then ".join(SHORT_GOALS[row.goal] for row in programme.goals)
    return said[:1].upper() + said[1:]


def _communities(programme: Programme) -> str:
    chosen = communities_of(programme)
    return plural(len(chosen), "community", "communities") if chosen else "All that are in use"


def _agenda(programme: Programme) -> str:
    items = agenda_of(programme)
    return f"{plural(len(items), 'item')}, {duration(sum(item['minutes'] for item in items))}"


def _questions(programme: Programme) -> str:
    asked = questions_of(programme)
    return plural(len(asked), "question") if asked else "Nothing is asked beyond skills and places"


def _check_ins(programme: Programme) -> str:
    found = check_ins_of(programme)
    return plural(len(found), "check-in") if found else "None"


# After who may take part, before the messages: the order in which one sets a programme up.
TASKS[2:2] = [
    Task("questions", "Questions", "programmes.list_questions", _questions),
    Task("rules", "Rules", "programmes.rules", _rules),
    Task("weights", "What matters more", "programmes.weights", _weights),
    Task("goals", "What comes first", "programmes.goals", _goals),
    Task(
        "communities",
        "Which communities",
        "programmes.communities",
        _communities,
        kinds=frozenset({ProgrammeKind.COMMUNITIES}),
    ),
    Task("agenda", "What a session can look like", "programmes.agenda", _agenda, kinds=WITH_SESSIONS),
    Task("check_ins", "Check-ins", "programmes.check_ins", _check_ins, kinds=WITH_SESSIONS),
]
