"""Forms of mentorships: shapes only; the commands decide."""

from wtforms import RadioField
from wtforms.validators import InputRequired, Length, Optional

from app.engagements.models import LONGEST_WORDS, DeclineReason
from app.fields import HouseForm, TextField, options

REASONS = {
    DeclineReason.NO_TIME: "I have no time for it in these months",
    DeclineReason.OTHER_GOALS: "My goals or my work have changed",
    DeclineReason.OTHER_EXPERIENCE: "I hoped for somebody with other experience",
    DeclineReason.TOO_CLOSE: "We work together too closely",
    DeclineReason.OTHER: "Another reason",
}


class DeclineForm(HouseForm):
    """Why somebody declines a match, and whether they would like another."""

    reason = RadioField(
        "Why not?",
        [InputRequired("Choose a reason.")],
        choices=options([(reason.value, words) for reason, words in REASONS.items()]),
    )
    words = TextField(
        "In your own words",
        [Optional(), Length(max=LONGEST_WORDS, message="Shorten this to %(max)d characters.")],
    )
    again = RadioField(
        "Shall somebody else be looked for?",
        [InputRequired("Choose yes or no.")],
        choices=options([("yes", "Yes"), ("no", "No, not in this round")]),
    )
