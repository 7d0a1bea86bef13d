"""The form of a part in a round: shapes only; the commands decide."""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from wtforms import Field, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.fields import HouseForm, LineField, options
from app.people.models import MOST_PLACES
from app.programmes.question_models import AnswerType, AskedQuestion
from app.rounds.enrolling import MOST_COMMUNITIES, MOST_MENTORS
from app.rounds.enrolment_answers import NO, YES, field_of, refusal_of_answer
from app.rounds.models import EnrolmentRole


class EnrolmentForm(HouseForm):
    """A person's part in one programme of a round, which is open to them in some roles."""

    role = SelectField("Part", choices=options([(role.value, role.value) for role in EnrolmentRole]))
    places = IntegerField("How many people can you mentor in this round?", default=1)
    mentors = IntegerField("How many mentors would you like?", default=1)
    communities = IntegerField("How many communities would you like to join?", default=1)
    questions: Mapping[str, Sequence[AskedQuestion]] = MappingProxyType({})

    def __init__(self, *args: Any, open_to: Collection[str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.open_to = open_to

    def asked(self, role: str) -> list[tuple[AskedQuestion, Field]]:
        """Return what is asked of somebody who joins in a role, with the fields for the answers."""
        return [(row, self[field_of(role, row.question_id)]) for row in self.questions.get(role, ())]

    def answers(self, role: str) -> dict[int, list[str]]:
        """Return what is answered in a role."""
        return {row.question_id: _as_list(field.data) for row, field in self.asked(role)}

    def show(self, role: str, answers: Callable[[int], Sequence[str]]) -> None:
        """Fill in the answers in a role."""
        for row, field in self.asked(role):
            given = list(answers(row.question_id))
            is_list = row.question.answer_type is AnswerType.SEVERAL_CHOICES
            field.data = given if is_list else next(iter(given), "")

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the number of places, and the answers in the role that was sent."""
        valid = super().validate(extra_validators)
        return self.has_answers(self.role.data) and valid

    def has_answers(self, role: str) -> bool:
        """Tell whether every question is answered as it can be; what is wrong is put beside it."""
        asked = self.asked(role)
        for row, field in asked:
            refusal = refusal_of_answer(row, _as_list(field.data))
            field.errors = [refusal] if refusal is not None else []
        return not any(field.errors for _row, field in asked)

    def validate_places(self, field: IntegerField) -> None:
        """Refuse an offer without a number of places."""
        if self.role.data == EnrolmentRole.MENTOR and not 1 <= (field.data or 0) <= MOST_PLACES:
            raise ValidationError(f"Enter a number from 1 to {MOST_PLACES}.")

    def validate_mentors(self, field: IntegerField) -> None:
        """Refuse a wish without a number of mentors."""
        if self.role.data == EnrolmentRole.MENTEE and not 1 <= (field.data or 0) <= MOST_MENTORS:
            raise ValidationError(f"Enter a number from 1 to {MOST_MENTORS}.")

    def validate_communities(self, field: IntegerField) -> None:
        """Refuse a wish without a number of communities."""
        if self.role.data == EnrolmentRole.MEMBER and not 1 <= (field.data or 0) <= MOST_COMMUNITIES:
            raise ValidationError(f"Enter a number from 1 to {MOST_COMMUNITIES}.")

    def counted_by(self, role: str) -> IntegerField | None:
        """Return the field that says how many places somebody offers or seeks in a part; peers have one."""
        fields = {
            EnrolmentRole.MENTOR.value: self.places,
            EnrolmentRole.MENTEE.value: self.mentors,
            EnrolmentRole.MEMBER.value: self.communities,
        }
        return fields.get(role)

    def number(self) -> int:
        """Return how many places the person offers, or seeks."""
        field = self.counted_by(self.role.data)
        return 1 if field is None else int(field.data or 0)


def enrolment_form(questions: Mapping[str, Sequence[AskedQuestion]], **settings: Any) -> EnrolmentForm:
    """Return the form of a part in a programme that asks these questions, by role."""
    fields = {
        field_of(role, row.question_id): _answer_field(row)
        for role, rows in questions.items()
        for row in rows
    }
    form = type("EnrolmentFormWithQuestions", (EnrolmentForm,), {**fields, "questions": questions})
    made: EnrolmentForm = form(**settings)
    return made


def _answer_field(asked: AskedQuestion) -> Any:
    question, checks = asked.question, () if asked.is_required else (Optional(),)
    named = options((option.words, option.words) for option in question.options)
    # What is chosen cannot be taken back otherwise.
    none = [] if asked.is_required else options([("", "No answer")])
    match question.answer_type:
        case AnswerType.ONE_CHOICE:
            return RadioField(question.words, checks, choices=[*named, *none], validate_choice=False)
        case AnswerType.YES_NO:
            both = options([(YES, "Yes"), (NO, "No")])
            return RadioField(question.words, checks, choices=[*both, *none], validate_choice=False)
        case AnswerType.SEVERAL_CHOICES:
            return SelectMultipleField(
                question.words,
                checks,
                choices=named,
                validate_choice=False,
                option_widget=CheckboxInput(),
                widget=ListWidget(prefix_label=False),
            )
        case AnswerType.DATE:
            return LineField(question.words, checks, render_kw={"type": "date"})
        case AnswerType.WHOLE_NUMBER:
            return LineField(question.words, checks, render_kw={"inputmode": "numeric"})
        case _:
            return LineField(question.words, checks)


def _as_list(sent: Any) -> list[str]:
    return list(sent) if isinstance(sent, list) else [sent or ""]
