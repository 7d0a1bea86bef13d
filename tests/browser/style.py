"""A page with every widget of `ui.html`, registered by tests only."""

from pathlib import Path
from types import SimpleNamespace

from flask import Blueprint, Response, request
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import InputRequired, Optional

from app import web
from app.errors import Conflict

SKILLS = ("Negotiation", "Network design", "Needlework", "Public speaking")
PAGES = SimpleNamespace(
    total=95, pages=4, first=26, last=50, has_prev=True, has_next=True, prev_num=1, next_num=3
)

bp = Blueprint(
    "style", __name__, url_prefix="/style", template_folder=str(Path(__file__).parent / "templates")
)


class SkillForm(FlaskForm):
    """One field of each kind."""

    skill = StringField("Skill", [InputRequired("Enter a skill")])
    team = SelectField("Team", choices={"finance": "Finance", "care": "Customer care"})
    level = RadioField(
        "How well do you do this?",
        choices={str(level): f"Level {level}" for level in range(6)},
        validators=[InputRequired("Choose a level")],
    )
    languages = SelectMultipleField(
        "Languages you can meet in",
        choices={"en": "English", "fr": "French"},
        option_widget=widgets.CheckboxInput(),
        validators=[Optional()],
    )
    note = TextAreaField("Note", [Optional()])
    agree = BooleanField("Tell me when a mentor offers this", [InputRequired("Choose to be told")])


def draw(
    form: SkillForm | None = None, *, fragment: str | None = None, status: int = 200, names=()
) -> Response:
    return web.page(
        "style.html",
        fragment=fragment,
        status=status,
        form=form or SkillForm(),
        pages=PAGES,
        polls=request.args.get("seen", 0, type=int),
        names=list(names),
    )


@bp.get("/")
def show():
    return draw()


@bp.post("/refuse")
def refuse():
    form = SkillForm()
    if form.validate():
        return web.see_other("style.show", message="Negotiation is on your profile.")
    return draw(form, fragment="skill_form", status=422)


@bp.get("/suggest")
def suggest():
    typed = request.args.get("skill", "").casefold()
    return draw(
        fragment="skill_options", names=[name for name in SKILLS if name.casefold().startswith(typed)]
    )


@bp.get("/progress")
def progress():
    return draw(fragment="run_progress")


@bp.post("/fail")
def fail():
    raise Conflict("This round is already published.")
