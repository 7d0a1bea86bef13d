"""Forms of communities: shapes only; the commands decide."""

from wtforms import IntegerField, RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.communities.models import (
    FEWEST_VALUES,
    LONGEST_NAME,
    LONGEST_PURPOSE,
    LONGEST_WORDS,
    MOST_MEMBERS,
    MOST_VALUES,
    Community,
    Joining,
    MixOf,
)
from app.communities.service import Settings
from app.communities.words import JOINING_WORDS
from app.errors import Invalid
from app.fields import HouseForm, LineField, SearchForm, TextField, options
from app.skills.queries import skills_named
from app.text import folded

SHORTER = "Enter at most %(max)d characters."
LONGEST_TOPICS = 2_000
_ASK_NUMBER = InputRequired("Enter a number.")
_MEMBERS = NumberRange(1, MOST_MEMBERS, f"Enter a number from 1 to {MOST_MEMBERS}.")
_VALUES = NumberRange(FEWEST_VALUES, MOST_VALUES, f"Enter a number from {FEWEST_VALUES} to {MOST_VALUES}.")


class DirectoryForm(SearchForm):
    """What to look for among communities."""

    q = LineField("Name or purpose", [Length(max=LONGEST_NAME, message=SHORTER)])
    skill = LineField("About the skill", [Length(max=LONGEST_NAME, message=SHORTER)])
    joining = SelectField("How people join", default="")

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **settings)
        self.joining.choices = options([("", "Any way"), *_joining_options()])


class SettingsForm(HouseForm):
    """What a community is about, how people join it, and of how many and whom it consists."""

    name = LineField("Name", [DataRequired("Enter a name."), Length(max=LONGEST_NAME, message=SHORTER)])
    purpose = LineField(
        "Purpose",
        [DataRequired("Say what it is for."), Length(max=LONGEST_PURPOSE, message=SHORTER)],
    )
    topics = TextField(
        "Topics", [DataRequired("Name at least one skill."), Length(max=LONGEST_TOPICS, message=SHORTER)]
    )
    joining = RadioField("How people join", [InputRequired("Choose how people join.")], coerce=Joining)
    least_members = IntegerField("Fewest members", [_ASK_NUMBER, _MEMBERS])
    most_members = IntegerField("Most members", [_ASK_NUMBER, _MEMBERS])
    mix_department = IntegerField("From at least so many departments", [Optional(), _VALUES])
    mix_location = IntegerField("From at least so many places of work", [Optional(), _VALUES])

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **settings)
        self.joining.choices = options(_joining_options())

    def settings(self) -> Settings:
        """Return what was filled in.

        Raises:
            Invalid: when a topic is no skill, or several have its name.
        """
        mixes = {attribute: self[f"mix_{attribute}"].data for attribute in MixOf}
        return Settings(
            name=self.name.data or "",
            purpose=self.purpose.data or "",
            topics=self._topics(),
            joining=self.joining.data,
            least_members=self.least_members.data or 0,
            most_members=self.most_members.data or 0,
            mixes={attribute: at_least for attribute, at_least in mixes.items() if at_least is not None},
        )

    def _topics(self) -> list[int]:
        names = [line.strip() for line in (self.topics.data or "").splitlines() if line.strip()]
        found = skills_named(names)
        ids: dict[int, None] = {}
        for name in names:
            known = found.get(folded(name), frozenset())
            if not known:
                raise Invalid(f"No skill is called “{name}”. Look for its name under Skills.", field="topics")
            ids |= dict.fromkeys(sorted(known))
        return list(ids)


def settings_form(community: Community) -> SettingsForm:
    """Return the form that shows a community as it is, or what was sent of it."""
    return SettingsForm(
        data={
            "name": community.name,
            "purpose": community.purpose,
            "topics": "\n".join(row.label for row in community.topics),
            "joining": community.joining,
            "least_members": community.least_members,
            "most_members": community.most_members,
            **{f"mix_{row.attribute}": row.at_least for row in community.mixes},
        }
    )


class AskForm(HouseForm):
    """Why somebody would like to join."""

    words = TextField("Why you would like to join", [Optional(), Length(max=LONGEST_WORDS, message=SHORTER)])


class PersonSearchForm(SearchForm):
    """Part of a name."""

    name = LineField("Name", [Length(max=LONGEST_NAME, message=SHORTER)])


class PersonForm(HouseForm):
    """One of the people found."""

    person_id = RadioField("Who is it?", coerce=int)


def _joining_options() -> list[tuple[str, str]]:
    return [(way.value, JOINING_WORDS[way]) for way in Joining]
