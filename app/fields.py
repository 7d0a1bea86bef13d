"""Forms of the house: text that is clean before it is checked, and refusals in our own sentences."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from jinja2 import pass_context
from jinja2.runtime import Context
from werkzeug.datastructures import CombinedMultiDict
from wtforms import DecimalField, Field, Form, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.fields.choices import SelectFieldBase
from wtforms.widgets import Option

from app.text import cleaned_line, cleaned_text

SENTENCES = {
    "Not a valid choice.": "Choose one of the options.",
    "Invalid Choice: could not coerce.": "Choose one of the options.",
    "Invalid choice(s): one or more data inputs could not be coerced.": "Choose among the options.",
    "'%(value)s' is not a valid choice for this field.": "Choose among the options.",
    "'%(value)s' are not valid choices for this field.": "Choose among the options.",
    "Not a valid date value.": "Enter a day that exists, as day, month and year.",
    "Not a valid time value.": "Enter a time such as 09:00.",
    "Not a valid integer value.": "Enter a whole number.",
    "Not a valid decimal value.": "Enter a number.",
    "This field is required.": "Fill this in.",
}


class Sentences:
    """Says what WTForms says in the words of this house."""

    def gettext(self, text: str) -> str:
        """Return our sentence for one of WTForms."""
        return SENTENCES.get(text, text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return the sentence for a count."""
        return self.gettext(one if count == 1 else many)


class HouseForm(FlaskForm):
    """A form whose refusals are sentences for the person who fills it in."""

    class Meta(FlaskForm.Meta):
        """Where WTForms looks for its words and for what was sent."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return what was typed; Flask-WTF would also take uploaded files, which are no text."""
            wrapped = super().wrap_formdata(form, formdata)
            return request.form if isinstance(wrapped, CombinedMultiDict) else wrapped

        def get_translations(self, form: Any) -> Sentences:
            """Return our sentences."""
            return Sentences()


class SearchForm(HouseForm):
    """A form that is sent with GET: it changes nothing, so it needs no token."""

    class Meta(HouseForm.Meta):
        """Switches the token off."""

        csrf = False


class LineField(StringField):
    """One line of text, cleaned."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the text without control characters and needless blanks."""
        self.data = cleaned_line(valuelist[0]) if valuelist else ""


class TextField(TextAreaField):
    """Several lines of text, cleaned."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the text without control characters, its lines kept."""
        self.data = cleaned_text(valuelist[0]) if valuelist else ""


class NumberField(DecimalField):
    """A number that one can count with."""

    data: Decimal | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the number; "NaN" and "Infinity" are none."""
        super().process_formdata(valuelist)
        if isinstance(self.data, Decimal) and not self.data.is_finite():
            self.data = None
            raise ValueError(self.gettext("Not a valid decimal value."))


def field_target(field: Field) -> str:
    """Return the id a link to a field leads to: of a list of choices, the first."""
    first = next(iter(field), None) if isinstance(field, SelectFieldBase) else None
    chosen = field if first is None or isinstance(first.widget, Option) else first
    return str(chosen.id)


def field_described(field: Field, hint: str) -> str:
    """Return the ids of a field's hint and error, for aria-describedby."""
    return " ".join(filter(None, (hint and f"{field.id}-hint", field.errors and f"{field.id}-error")))


def field_attributes(field: Field, hint: str, attributes: dict[str, Any]) -> dict[str, Any]:
    """Return what a field's control needs for screen readers, with the page's own attributes.

    `required` goes: a browser's own bubble would come before our sentence, and vanish.
    """
    described = {"aria-describedby": field_described(field, hint) or False}
    return {**described, "aria-invalid": "true" if field.errors else False, "required": False, **attributes}


def optional_words(field: Field) -> str:
    """Return what stands behind the label of a field that may stay empty."""
    return " (optional)" if field.flags.optional else ""


@pass_context
def broken_form(context: Context) -> Form | None:
    """Find the form of a page that was refused, whatever the page calls it."""
    forms = (value for value in context.get_all().values() if isinstance(value, Form))
    return next((form for form in forms if form.errors), None)


def options(pairs: Iterable[tuple[Any, str]], *, group: str | None = None) -> list[SelectChoice]:
    """Return values and their words as the choices of a field, under the heading `group` if there is one."""
    return [SelectChoice(value, words, optgroup=group) for value, words in pairs]
