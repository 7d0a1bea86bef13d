"""Forms about claims, their evidence, and goals."""

from wtforms import DateField, RadioField, SubmitField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from app.fields import HouseForm, LineField, SearchForm, options
from app.skills.levels import EVIDENCE, IMPORTANCE, LEVELS
from app.skills.models import EvidenceKind
from app.skills.queries import SkillMatch

LONGEST_NAME = 200
LONGEST_EVIDENCE = 500
NO_SKILL = "Enter the name of a skill."
SHORTER = "Enter at most %(max)d characters."


def _level_field(words: str) -> RadioField:
    choices = options((level, f"{level}: {name}") for level, (name, _) in LEVELS.items())
    return RadioField(words, [InputRequired("Choose a level.")], coerce=int, choices=choices)


class SkillSearchForm(SearchForm):
    """What to look for among the skills."""

    q = LineField("Find a skill", [Length(max=LONGEST_NAME, message=SHORTER)])


class ChosenSkillForm(HouseForm):
    """A skill: typed by name, or one of those that Find has found."""

    skill = LineField("Skill", [Length(max=LONGEST_NAME, message=SHORTER)])
    found = RadioField("Which skill?", coerce=int, choices=[], validate_choice=False)
    find = SubmitField("Find")

    def validate_skill(self, field: LineField) -> None:
        """Ask for the skill together with whatever else is missing."""
        if not field.data and self.found.data is None:
            raise ValidationError(NO_SKILL)

    def offer(self, matches: list[SkillMatch]) -> None:
        """Let people choose among these."""
        self.found.choices = options((match.skill_id, match.words) for match in matches)


class ClaimForm(HouseForm):
    """A level."""

    level = _level_field("Your level")


class NewClaimForm(ChosenSkillForm):
    """A skill and the level one has."""

    level = _level_field("Your level")


class GoalForm(HouseForm):
    """A level to reach and how much it matters."""

    level = _level_field("The level you want to reach")
    importance = RadioField(
        "How much does it matter?",
        [InputRequired("Choose how much it matters.")],
        coerce=int,
        choices=options((value, words) for value, (words, _) in IMPORTANCE.items()),
    )


class NewGoalForm(ChosenSkillForm, GoalForm):
    """A skill, the level to reach and how much it matters."""


class EvidenceForm(HouseForm):
    """Something that supports a claim."""

    kind = RadioField(
        "What is it?",
        [InputRequired("Choose what it is.")],
        coerce=EvidenceKind,
        choices=options((kind.value, words) for kind, (words, _) in EVIDENCE.items()),
    )
    description = LineField(
        "In one sentence",
        [DataRequired("Say what it is."), Length(max=LONGEST_EVIDENCE, message=SHORTER)],
    )
    happened_on = DateField("Day", [Optional()])
