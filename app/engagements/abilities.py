"""What people of an engagement can do, in short."""

import sqlalchemy as sa

from app.db import db
from app.skills.models import Claim, Skill

TOP_SKILLS = 5


def top_skills(people: list[int]) -> dict[int, list[str]]:
    """Return the labels of the skills each of some people holds best."""
    place = sa.func.row_number().over(
        partition_by=Claim.person_id, order_by=(Claim.level.desc(), Skill.label)
    )
    ranked = (
        sa.select(Claim.person_id, Skill.label, Claim.level, place.label("place"))
        .join(Skill)
        .where(Claim.person_id.in_(people))
        .subquery()
    )
    query = sa.select(ranked).where(ranked.c.place <= TOP_SKILLS).order_by(ranked.c.place)
    found: dict[int, list[str]] = {}
    for person_id, label, level, _ in db.session.execute(query):
        found.setdefault(person_id, []).append(f"{label} (level {level})")
    return found
