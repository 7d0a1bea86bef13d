"""Forms of the questions that a programme asks: shapes only; the commands decide."""

from typing import Any

from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import DataRequired, Length

from app.fields import HouseForm, LineField, TextField, options
from app.programmes.models import ProgrammeKind
from app.programmes.question_models import CHOICES, MOST_WORDS, AnswerType, AskedOf
from app.programmes.questions import TYPE_WORDS, asked_words
from app.text import cleaned_line


class QuestionUseForm(HouseForm):
    """Of whom a programme asks a question, and whether they have to answer."""

    asked_of = RadioField("Who answers it?", default=AskedOf.EVERYONE)
    required = BooleanField("It has to be answered")

    def __init__(self, *args: Any, kind: ProgrammeKind, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.asked_of.choices = options([(key.value, words) for key, words in asked_words(kind).items()])
        if len(self.asked_of.choices) == 1:
            del self.asked_of

    def value(self) -> dict[str, Any]:
        """Return how the question is asked."""
        asked_of = self.asked_of.data if "asked_of" in self else AskedOf.EVERYONE.value
        return {"asked_of": asked_of, "required": self.required.data}


class QuestionForm(QuestionUseForm):
    """A question with its words, and the kind of answer it has."""

    words = LineField(
        "Question",
        [
            DataRequired("Enter a question."),
            Length(max=MOST_WORDS, message="Enter a question of at most %(max)d characters."),
        ],
    )
    answer_type = RadioField(
        "Kind of answer",
        choices=options([(key.value, words) for key, words in TYPE_WORDS.items()]),
        default=AnswerType.ONE_CHOICE,
    )
    options = TextField("Options of a choice")

    def value(self) -> dict[str, Any]:
        """Return the question; only choices have options."""
        lines = [cleaned_line(line) for line in (self.options.data or "").splitlines()]
        has_options = self.answer_type.data in CHOICES
        return {
            **super().value(),
            "words": self.words.data or "",
            "type": self.answer_type.data,
            "options": [line for line in lines if line] if has_options else [],
        }


class KnownQuestionForm(HouseForm):
    """One of the questions that the vocabulary has."""

    question = SelectField("Question", validate_choice=False)
