"""Pages at `/people`: the directory, profiles, and one question page for each thing a person can change."""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access, clock
from app.access import Permission, guard
from app.db import db
from app.errors import Invalid
from app.fields import options
from app.people import queries, sentences, service
from app.people.forms import (
    AboutForm,
    AvailabilityForm,
    BlockForm,
    BlockSearchForm,
    DirectoryForm,
    GradeForm,
    MentoringForm,
    PauseForm,
    WorkForm,
)
from app.people.models import Person
from app.skills import levels
from app.skills.queries import matching_skills, skills_named
from app.text import folded
from app.web import accepted, page, page_number, see_other

bp = Blueprint("people", __name__, url_prefix="/people")


@bp.get("")
@guard(Permission.PERSON_LIST)
def index() -> ResponseReturnValue:
    """Show who works here and what they can do, as filtered."""
    form = DirectoryForm(request.args)
    skill_ids = _ids_of(form.skill.data) if form.validate() and form.skill.data else None
    known = accepted(form, lambda: _check_skill_is_known(form, skill_ids))
    status = 200 if known and not form.errors else 422
    people, entries = queries.directory(_filters(form, skill_ids), page=page_number())
    return page(
        "people/index.html",
        status=status,
        form=form,
        people=people,
        entries=entries,
        filtered=any(value for name, value in request.args.items() if name != "page"),
        similar=matching_skills(form.skill.data) if form.skill.errors else [],
    )


def _check_skill_is_known(form: DirectoryForm, skill_ids: frozenset[int] | None) -> None:
    if skill_ids is not None and not skill_ids:
        raise Invalid(
            f"No skill is called “{form.skill.data}”. Look for its name under Skills.", field="skill"
        )


def _ids_of(skill: str) -> frozenset[int]:
    return skills_named([skill])[folded(skill)]


def _filters(form: DirectoryForm, skill_ids: frozenset[int] | None) -> queries.Filters:
    """Return what the form asks for; a part that was refused finds nobody."""
    if form.errors:
        return queries.Filters(skill_ids=frozenset())
    return queries.Filters(
        name=form.name.data or "",
        skill_ids=skill_ids,
        department_id=form.department_id.data,
        location_id=form.location_id.data,
        language=form.language.data or None,
        has_place=form.has_place.data,
        offers_none=form.offers_none.data,
    )


@bp.get("/<int:person_id>")
@guard(Permission.PERSON_SEE, load=queries.person_with_id)
def show(person: Person) -> ResponseReturnValue:
    """Show a profile: whole to its person, the work part to HR, the public part to others."""
    as_others = request.args.get("as") == "others" and _is_own(person)
    is_own = _is_own(person) and not as_others
    may_edit = access.can(Permission.PERSON_EDIT, person) and not as_others
    profile = queries.profile_of(person)
    reader = queries.reader_of(person, reader_id=current_user.person_id)
    return page(
        "people/show.html",
        person=person,
        claims=profile.claims,
        goals=queries.goals_of(person) if may_edit else [],
        is_own=is_own,
        may_edit=may_edit,
        as_others=as_others,
        has_left=person.has_left(clock.today()),
        about=sentences.about(person, with_record=may_edit),
        availability=sentences.availability(person, with_hours=may_edit, reader=reader),
        mentoring=sentences.mentoring(person, profile.places, with_wish=may_edit),
        pause=queries.pause_ahead(person),
        pause_words=sentences.pause(person),
        blocked_count=queries.count_of_blocked(person) if is_own else 0,
        levels=levels,
    )


def _change(person: Person, template: str, form: Any, command: Any, message: str) -> ResponseReturnValue:
    """Show a question page, or carry its answer out and go back to the profile."""
    if request.method == "POST" and form.validate() and accepted(form, command):
        db.session.commit()
        return see_other("people.show", person_id=person.id, message=message)
    status = 422 if request.method == "POST" else 200
    return page(template, status=status, form=form, person=person, is_own=_is_own(person))


def _is_own(person: Person) -> bool:
    return bool(current_user.person_id == person.id)


@bp.route("/<int:person_id>/about", methods=["GET", "POST"])
@guard(Permission.PERSON_EDIT, load=queries.person_with_id)
def about(person: Person) -> ResponseReturnValue:
    """Change where someone works and what they say of themself; HR changes the work part only."""
    form = _about_form(person)

    def command() -> None:
        work: dict[str, Any] = {
            "job_title": form.job_title.data or "",
            "department_id": form.department_id.data,
            "location_id": form.location_id.data,
            "spoken": form.all_languages(),
            "by": current_user,
        }
        if isinstance(form, AboutForm):
            service.change_about(person, bio=form.bio.data or "", **work)
        else:
            service.change_work(person, grade=_grade(form, person), **work)

    return _change(person, "people/about.html", form, command, "Saved.")


def _about_form(person: Person) -> WorkForm:
    return AboutForm(person=person) if _is_own(person) else GradeForm(person=person)


def _grade(form: WorkForm, person: Person) -> int | None:
    return form.grade.data if isinstance(form, GradeForm) else person.grade


@bp.route("/<int:person_id>/availability", methods=["GET", "POST"])
@guard(Permission.PERSON_EDIT, load=queries.person_with_id)
def availability(person: Person) -> ResponseReturnValue:
    """Change when someone works and how much time they give."""
    form = AvailabilityForm(person=person)

    def command() -> None:
        service.change_availability(
            person,
            time_zone=form.time_zone.data,
            stretches=form.stretches(),
            hours_a_month=float(form.hours_a_month.data or 0),
            by=current_user,
        )

    return _change(person, "people/availability.html", form, command, "Saved.")


@bp.route("/<int:person_id>/mentoring", methods=["GET", "POST"])
@guard(Permission.PERSON_EDIT, load=queries.person_with_id)
def mentoring(person: Person) -> ResponseReturnValue:
    """Change whether someone wishes a mentor and how many mentees they take."""
    seeks = "yes" if person.seeks_mentor else "no"
    form = MentoringForm(data={"seeks_mentor": seeks, "mentor_capacity": person.mentor_capacity})

    def command() -> None:
        service.change_mentoring(
            person,
            seeks_mentor=form.seeks_mentor.data == "yes",
            mentor_capacity=form.mentor_capacity.data,
            by=current_user,
        )

    return _change(person, "people/mentoring.html", form, command, "Saved.")


@bp.route("/<int:person_id>/pause", methods=["GET", "POST"])
@guard(Permission.PERSON_EDIT, load=queries.person_with_id)
def pause(person: Person) -> ResponseReturnValue:
    """Set from when to when someone takes no part."""
    form = PauseForm(data={"starts_on": person.paused_from, "ends_on": person.paused_until})

    def command() -> None:
        service.pause(person, starts_on=form.starts_on.data, ends_on=form.ends_on.data, by=current_user)

    return _change(person, "people/pause.html", form, command, "The pause is saved.")


@bp.post("/<int:person_id>/pause/end")
@guard(Permission.PERSON_EDIT, load=queries.person_with_id)
def end_pause(person: Person) -> ResponseReturnValue:
    """Let someone take part again."""
    service.end_pause(person, by=current_user)
    db.session.commit()
    return see_other("people.show", person_id=person.id, message="The pause has ended.")


@bp.route("/<int:person_id>/blocks", methods=["GET", "POST"])
@guard(Permission.BLOCK_OWN, load=queries.person_with_id)
def blocks(person: Person) -> ResponseReturnValue:
    """Show and extend the list of people one never wants to be introduced to."""
    search = BlockSearchForm(request.args)
    found = queries.people_called(search.name.data or "", other_than=person.id) if search.validate() else []
    form = BlockForm()
    form.other_id.choices = options((one.id, one.name) for one in found)
    if request.method == "POST" and form.validate():
        other = db.session.get(Person, form.other_id.data)
        if accepted(form, lambda: service.block(person, other, by=current_user)):
            db.session.commit()
            return see_other("people.blocks", person_id=person.id, message="Added to your list.")
    status = 422 if request.method == "POST" or search.errors else 200
    return page(
        "people/blocks.html",
        status=status,
        person=person,
        search=search,
        form=form,
        found=found,
        blocked=queries.blocked_by(person),
    )


@bp.post("/<int:person_id>/blocks/<int:other_id>/remove")
@guard(Permission.BLOCK_OWN, load=queries.person_with_id)
def unblock(person: Person, other_id: int) -> ResponseReturnValue:
    """Take someone off that list."""
    service.unblock(person, other_id, by=current_user)
    db.session.commit()
    return see_other("people.blocks", person_id=person.id, message="Removed from your list.")
