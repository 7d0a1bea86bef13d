"""What the engine refuses, said to HR: people by their names instead of the ids of the snapshot."""

import re

import sqlalchemy as sa

from app.db import db
from app.people.models import Person
from app.rounds.snapshot_people import PREFIX, person_id_of

_PERSON = re.compile(rf'"({PREFIX}\d{{1,9}})"')
_FOR_FILES = ' A lock may carry "override": true and a reason.'
_FOR_HR = " Undo the lock, or lock them again with a reason to break the rule."


def in_names(sentence: str) -> str:
    """Return a sentence of the engine with the names of the people it speaks of."""
    named = {key: person_id_of(key) for key in _PERSON.findall(sentence)}
    query = sa.select(Person.id, Person.name).where(Person.id.in_(named.values()))
    names: dict[int, str] = dict(db.session.execute(query).all())
    told = _PERSON.sub(lambda found: names.get(named[found[1]], found[1]), sentence)
    return told.replace(_FOR_FILES, _FOR_HR)
