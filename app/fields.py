"""Forms of the house: text that is clean before it is checked, and refusals in our own sentences."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from app.text import cleaned_line, cleaned_text

SENTENCES = {
    "Not a valid choice.": "Choose one of the options.",
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
        """Where WTForms looks for its words."""

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
