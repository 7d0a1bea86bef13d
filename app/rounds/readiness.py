"""Whether a round is ready: what its mentees want to learn against who could help them, by skill."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

import sqlalchemy as sa
from flask_sqlalchemy.pagination import Pagination

from app.db import db
from app.people.models import Person
from app.programmes.audience import may_take_part
from app.programmes.models import Programme, ProgrammeKind
from app.rounds import community_readiness
from app.rounds.enrolling import day_that_counts, is_available, places_given
from app.rounds.models import SEEKING, Enrolment, EnrolmentRole, MatchingRound
from app.rounds.queries import Shown
from app.skills.models import Claim, Goal, Skill, SkillEdge
from app.words import listed, plural


@dataclass(frozen=True, slots=True)
class Supply:
    """A skill: how many want it, and which mentors hold it at a level that at least one of them wants."""

    skill_id: int
    label: str
    wanted_by: int
    mentors: int
    places: int
    best: int
    """The highest level a mentor holds; 0 when none does."""
    levels: dict[int, int] = field(default_factory=dict)
    """How many want each level."""
    near: int = 0
    """How many other mentors hold a skill one step away in the skill graph."""

    @property
    def short(self) -> int:
        """Return for how many there is no place."""
        return max(0, self.wanted_by - self.places)

    @property
    def beyond(self) -> str:
        """Say who wants more than any mentor who holds it does; nothing when nobody does."""
        above = {level: people for level, people in self.levels.items() if level > self.best}
        if not above or not self.best:
            return ""
        asked = listed([f"{plural(people, 'person wants', 'people want')} level {level}"
                        for level, people in sorted(above.items())])  # fmt: skip
        return f"{asked}; the best mentor is at level {self.best}."


@dataclass(frozen=True, slots=True)
class Totals:
    """How many take part in a programme of a round, what they offer, and how many skills they want."""

    mentees: int
    mentors: int
    places: int
    skills: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """The totals of a programme of a round, and a page of what is wanted, the scarcest first."""

    totals: Totals
    sentence: str
    pages: Pagination
    rows: list[Supply]


def readiness_of(matching_round: MatchingRound, programme: Programme) -> Readiness:
    """Return what is wanted in a programme of a round, the scarcest first, with who could help."""
    people = _People(matching_round, programme)
    totals = people.totals()
    pages = Shown(read=people.supplies, counted=totals.skills)
    rows = list(pages.items)
    shown = {row.skill_id for row in rows}
    levels, near = people.levels_wanted(shown), people.near_mentors(shown)
    return Readiness(
        totals,
        sentence(totals, next(people.supplies(1, 0), None)),
        pages,
        [replace(row, levels=levels[row.skill_id], near=near.get(row.skill_id, 0)) for row in rows],
    )


def feasibility(matching_round: MatchingRound, programme: Programme) -> str:
    """Say before a run how many take part for how many places, and which skill is the scarcest."""
    if programme.kind is ProgrammeKind.COMMUNITIES:
        return community_readiness.feasibility(matching_round, programme)
    people = _People(matching_round, programme)
    return sentence(people.totals(), next(people.supplies(1, 0), None))


def sentence(totals: Totals, scarcest: Supply | None) -> str:
    """Say how many take part for how many places, and which skill is short of places if any is."""
    line = f"{plural(totals.mentees, 'person', 'people')}, {plural(totals.places, 'place')}"
    if scarcest is None or not scarcest.short:
        return f"{line}; every skill that is wanted has a place for each who wants it."
    ask = plural(scarcest.wanted_by, "asks", "ask")
    return f"{line}; {scarcest.label}: {ask}, {plural(scarcest.places, 'place')}."


class _People:
    """Who takes part in a programme of a round and is here, as parts of statements."""

    def __init__(self, matching_round: MatchingRound, programme: Programme) -> None:
        here = (
            sa.select(Enrolment.person_id, places_given(Enrolment).label("places"))
            .join(Person, Person.id == Enrolment.person_id)
            .where(
                Enrolment.matching_round_id == matching_round.id,
                Enrolment.programme_id == programme.id,
                Enrolment.withdrawn_at.is_(None),
                is_available(day_that_counts(matching_round)),
                may_take_part(programme.id, Enrolment.role),
            )
        )
        self.mentees = here.where(Enrolment.role.in_(SEEKING)).cte("mentees")
        self.mentors = here.where(Enrolment.role != EnrolmentRole.MENTEE, places_given(Enrolment) > 0).cte(
            "mentors"
        )
        self.wanted = (
            sa.select(
                Goal.skill_id,
                sa.func.count().label("people"),
                sa.func.min(Goal.level).label("lowest"),
            )
            .join(self.mentees, self.mentees.c.person_id == Goal.person_id)
            .group_by(Goal.skill_id)
            .cte("wanted")
        )

    def totals(self) -> Totals:
        """Count who takes part, what they offer, and the skills that are wanted."""
        counted = [
            sa.select(sa.func.count()).select_from(self.mentees).scalar_subquery(),
            sa.select(sa.func.count()).select_from(self.mentors).scalar_subquery(),
            sa.select(sa.func.coalesce(sa.func.sum(self.mentors.c.places), 0)).scalar_subquery(),
            sa.select(sa.func.count()).select_from(self.wanted).scalar_subquery(),
        ]
        return Totals(*db.session.execute(sa.select(*counted)).one())

    def supplies(self, limit: int, offset: int) -> Iterator[Supply]:
        """Yield skills that are wanted, those with the fewest places for each who wants them first."""
        held = (
            sa.select(
                Claim.skill_id,
                sa.func.count().label("mentors"),
                sa.func.sum(self.mentors.c.places).label("places"),
                sa.func.max(Claim.level).label("best"),
            )
            .join(self.mentors, self.mentors.c.person_id == Claim.person_id)
            .join(self.wanted, self.wanted.c.skill_id == Claim.skill_id)
            .where(Claim.level >= self.wanted.c.lowest)
            .group_by(Claim.skill_id)
            .subquery()
        )
        places = sa.func.coalesce(held.c.places, 0)
        query = (
            sa.select(
                Skill.id,
                Skill.label,
                self.wanted.c.people,
                sa.func.coalesce(held.c.mentors, 0),
                places,
                sa.func.coalesce(held.c.best, 0),
            )
            .join(self.wanted, self.wanted.c.skill_id == Skill.id)
            .outerjoin(held, held.c.skill_id == Skill.id)
            .order_by(places * 1.0 / self.wanted.c.people, self.wanted.c.people.desc(), Skill.label, Skill.id)
            .limit(limit)
            .offset(offset)
        )
        for row in db.session.execute(query):
            yield Supply(*row)

    def levels_wanted(self, skill_ids: Collection[int]) -> dict[int, dict[int, int]]:
        """Return how many want each level of some skills."""
        query = (
            sa.select(Goal.skill_id, Goal.level, sa.func.count())
            .join(self.mentees, self.mentees.c.person_id == Goal.person_id)
            .where(Goal.skill_id.in_(skill_ids))
            .group_by(Goal.skill_id, Goal.level)
        )
        found: dict[int, dict[int, int]] = defaultdict(dict)
        for skill_id, level, people in db.session.execute(query):
            found[skill_id][level] = people
        return found

    def near_mentors(self, skill_ids: Collection[int]) -> dict[int, int]:
        """Count the mentors who hold a neighbour of some skills, and not the skill itself."""
        wanted, near, own = self.wanted.c, sa.orm.aliased(Claim), sa.orm.aliased(Claim)
        ends = (SkillEdge.from_skill_id, SkillEdge.to_skill_id)
        edges = sa.union(
            *(
                sa.select(one.label("skill_id"), other.label("near_id")).where(one.in_(skill_ids))
                for one, other in (ends, ends[::-1])
            )
        ).subquery()
        holds_it = sa.exists().where(
            own.person_id == near.person_id, own.skill_id == edges.c.skill_id, own.level >= wanted.lowest
        )
        query = (
            sa.select(edges.c.skill_id, sa.func.count(near.person_id.distinct()))
            .join(self.wanted, wanted.skill_id == edges.c.skill_id)
            .join(near, near.skill_id == edges.c.near_id)
            .join(self.mentors, self.mentors.c.person_id == near.person_id)
            .where(near.level >= wanted.lowest, ~holds_it)
            .group_by(edges.c.skill_id)
        )
        return dict(db.session.execute(query).all())
