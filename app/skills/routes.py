"""Pages at `/skills`: the skill graph, what one claims of it, and what one wishes to learn."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.access import Permission, guard
from app.db import db
from app.errors import Missing
from app.fields import HouseForm
from app.people.models import Person
from app.skills import levels, queries, service
from app.skills.forms import (
    ChosenSkillForm,
    ClaimForm,
    EvidenceForm,
    GoalForm,
    NewClaimForm,
    NewGoalForm,
    SkillSearchForm,
)
from app.skills.models import Claim, Goal, Skill
from app.web import LARGEST_ID, accepted, page, page_number, see_other, wants_fragment

bp = Blueprint("skills", __name__, url_prefix="/skills")

MOST_RESULTS = 25
FEWEST_SHOWN = 5


@bp.get("")
@guard(Permission.SKILL_SEE)
def index() -> ResponseReturnValue:
    """Show the families of skills, or the skills that match a search."""
    form = SkillSearchForm(request.args)
    text = (form.q.data or "") if form.validate() else ""
    shown: dict[str, Any]
    if text:
        shown = {"matches": queries.matching_skills(text, limit=MOST_RESULTS), "most_results": MOST_RESULTS}
    else:
        families, sizes = queries.families(page=page_number())
        shown = {"families": families, "sizes": sizes}
    status = 422 if form.errors else 200
    return page("skills/index.html", status=status, form=form, text=text, suggestions=[], **shown)


@bp.get("/suggest")
@guard(Permission.SKILL_SEE)
def suggest() -> ResponseReturnValue:
    """Suggest skills for a name half typed; without script this is the search page."""
    text = request.args.get("q") or request.args.get("skill", "")
    if not wants_fragment():
        return see_other("skills.index", q=text)
    found = [(match.label, match.words) for match in queries.matching_skills(text)]
    return page("skills/index.html", fragment="skill_suggestions", suggestions=found)


@bp.get("/<int:skill_id>")
@guard(Permission.SKILL_SEE, load=queries.skill_with_id)
def show(skill: Skill) -> ResponseReturnValue:
    """Show a skill, its neighbours, and how many people hold it or wish to."""
    person_id = current_user.person_id
    holders, wishers = queries.holders_by_level(skill), queries.wishers_by_level(skill)
    return page(
        "skills/show.html",
        skill=skill,
        replacement=db.session.get(Skill, skill.replaced_by_id) if skill.replaced_by_id else None,
        neighbours=queries.neighbours_of(skill),
        holders=holders,
        held_by=sum(row.people for row in holders),
        wished_by=sum(row.people for row in wishers),
        wishers=wishers if _may_be_counted(wishers) else [],
        fewest_shown=FEWEST_SHOWN,
        claim=queries.claim_of(person_id, skill.id),
        goal=queries.goal_of(person_id, skill.id),
        levels=levels,
        may_claim=person_id is not None,
    )


def _may_be_counted(rows: list[queries.LevelCount]) -> bool:
    """Tell whether no level counts so few people that one could tell who they are."""
    return all(row.people == 0 or row.people >= FEWEST_SHOWN for row in rows)


@bp.route("/claims/add", methods=["GET", "POST"])
@guard(Permission.CLAIM_ADD)
def add_claim() -> ResponseReturnValue:
    """Add a skill that one has."""
    form = NewClaimForm(data=_asked_for())
    _offer_found(form)
    if form.find.data:
        return see_other("skills.add_claim", skill=form.skill.data, level=form.level.data)

    def command() -> None:
        service.add_claim(_myself(), _chosen(form), level=form.level.data, by=current_user)

    if _saved(form, command):
        return _to_profile("Added to your skills.", anchor="held")
    return _add_page(form, "Add a skill you have", button="Add the skill", explain=levels.LEVELS)


@bp.route("/goals/add", methods=["GET", "POST"])
@guard(Permission.CLAIM_ADD)
def add_goal() -> ResponseReturnValue:
    """Add a skill that one wishes to learn."""
    form = NewGoalForm(data={"importance": 2, **_asked_for()})
    _offer_found(form)
    if form.find.data:
        values = {"level": form.level.data, "importance": form.importance.data}
        return see_other("skills.add_goal", skill=form.skill.data, **values)

    def command() -> None:
        wish = {"level": form.level.data, "importance": form.importance.data}
        service.add_goal(_myself(), _chosen(form), **wish, by=current_user)

    if _saved(form, command):
        return _to_profile("Added to your goals.", anchor="wanted")
    return _add_page(form, "Add a skill you want", button="Add the goal", explain=levels.WISHES)


def _asked_for() -> dict[str, object]:
    """Return what a link or the Find button has filled in already."""
    numbers = {name: request.args.get(name, type=int) for name in ("level", "importance", "found")}
    filled_in = {name: value for name, value in numbers.items() if value is not None}
    return {"skill": request.args.get("skill", ""), **filled_in}


def _offer_found(form: ChosenSkillForm) -> None:
    """Let people choose among the skills that a link names or that Find finds."""
    found = request.args.get("found", type=int)
    if found is not None:
        skill = _skill_found(found)
        form.offer([queries.SkillMatch(skill.id, skill.label, None)])
    elif request.args.get("skill"):
        form.offer(queries.matching_skills(request.args["skill"]))


def _chosen(form: ChosenSkillForm) -> Skill:
    if form.found.data is not None:
        return _skill_found(form.found.data)
    return service.chosen_skill(form.skill.data or "")


def _skill_found(skill_id: int) -> Skill:
    if not 0 < skill_id <= LARGEST_ID:
        raise Missing
    return queries.skill_with_id(skill_id)


def _myself() -> Person:
    return db.session.get_one(Person, current_user.person_id)


def _saved(form: HouseForm, command: Callable[[], None]) -> bool:
    """Carry out what was sent, and tell whether it went through."""
    if request.method != "POST" or not form.validate() or not accepted(form, command):
        return False
    db.session.commit()
    return True


def _status() -> int:
    """Return the status of a question page: shown for the first time, or again after a refusal."""
    return 422 if request.method == "POST" else 200


def _add_page(
    form: ChosenSkillForm, heading: str, *, button: str, explain: dict[int, tuple[str, str]]
) -> ResponseReturnValue:
    if form.found.choices:
        form.found.errors, form.skill.errors = [*form.found.errors, *form.skill.errors], ()
    return page(
        "skills/add.html",
        status=_status(),
        form=form,
        heading=heading,
        button=button,
        explanations=_explanations(explain),
        importance=_explanations(levels.IMPORTANCE),
        looked_for=request.args.get("skill", ""),
        again=url_for(request.endpoint or ""),
    )


def _explanations(named: Mapping[Any, tuple[str, str]]) -> dict[str, str]:
    """Return the small print of choices, by the text of their value."""
    return {str(value): explanation for value, (_, explanation) in named.items()}


def _to_profile(message: str, *, anchor: str) -> ResponseReturnValue:
    return see_other("people.show", message=message, person_id=current_user.person_id, _anchor=anchor)


@bp.route("/claims/<int:claim_id>", methods=["GET", "POST"])
@guard(Permission.CLAIM_OWN, load=queries.claim_with_id)
def claim(claim: Claim) -> ResponseReturnValue:
    """Change the level of a skill one has, and see what supports it."""
    form = ClaimForm(data={"level": claim.level})

    def command() -> None:
        service.change_level(claim, level=form.level.data, by=current_user)

    if _saved(form, command):
        return _to_profile("Saved.", anchor="held")
    return page(
        "skills/claim.html",
        status=_status(),
        form=form,
        claim=claim,
        levels=levels,
        explanations=_explanations(levels.LEVELS),
    )


@bp.route("/claims/<int:claim_id>/remove", methods=["GET", "POST"])
@guard(Permission.CLAIM_OWN, load=queries.claim_with_id)
def remove_claim(claim: Claim) -> ResponseReturnValue:
    """Take back a skill, after asking."""
    if request.method == "GET":
        return page("skills/remove_claim.html", claim=claim)
    service.remove_claim(claim, by=current_user)
    db.session.commit()
    return _to_profile("Removed from your skills.", anchor="held")


@bp.route("/claims/<int:claim_id>/evidence", methods=["GET", "POST"])
@guard(Permission.CLAIM_OWN, load=queries.claim_with_id)
def add_evidence(claim: Claim) -> ResponseReturnValue:
    """Add something that supports a claim."""
    form = EvidenceForm()

    def command() -> None:
        service.add_evidence(
            claim,
            kind=form.kind.data,
            description=form.description.data,
            happened_on=form.happened_on.data,
            by=current_user,
        )

    if _saved(form, command):
        return see_other("skills.claim", message="The evidence is added.", claim_id=claim.id)
    return page(
        "skills/evidence.html",
        status=_status(),
        form=form,
        claim=claim,
        explanations=_explanations(levels.EVIDENCE),
    )


@bp.post("/claims/<int:claim_id>/evidence/<int:evidence_id>/remove")
@guard(Permission.CLAIM_OWN, load=queries.claim_with_id)
def remove_evidence(claim: Claim, evidence_id: int) -> ResponseReturnValue:
    """Take a piece of evidence back."""
    service.remove_evidence(claim, evidence_id, by=current_user)
    db.session.commit()
    return see_other("skills.claim", message="The evidence is removed.", claim_id=claim.id)


@bp.route("/goals/<int:goal_id>", methods=["GET", "POST"])
@guard(Permission.CLAIM_OWN, load=queries.goal_with_id)
def goal(goal: Goal) -> ResponseReturnValue:
    """Change the level one wishes to reach and how much it matters."""
    form = GoalForm(data={"level": goal.level, "importance": goal.importance})

    def command() -> None:
        service.change_goal(goal, level=form.level.data, importance=form.importance.data, by=current_user)

    if _saved(form, command):
        return _to_profile("Saved.", anchor="wanted")
    return page(
        "skills/goal.html",
        status=_status(),
        form=form,
        goal=goal,
        explanations=_explanations(levels.WISHES),
        importance=_explanations(levels.IMPORTANCE),
    )


@bp.post("/goals/<int:goal_id>/remove")
@guard(Permission.CLAIM_OWN, load=queries.goal_with_id)
def remove_goal(goal: Goal) -> ResponseReturnValue:
    """Take a wish back."""
    service.remove_goal(goal, by=current_user)
    db.session.commit()
    return _to_profile("Removed from your goals.", anchor="wanted")
