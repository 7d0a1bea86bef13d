"""Forms of `/auth`."""

from wtforms import EmailField, PasswordField
from wtforms.validators import EqualTo, InputRequired

from app.fields import HouseForm


class SignInForm(HouseForm):
    """An address and its password."""

    email = EmailField("E-mail address", [InputRequired("Enter your e-mail address.")])
    password = PasswordField("Password", [InputRequired("Enter your password.")])


class PasswordForm(HouseForm):
    """The password one has and the one one wants."""

    current = PasswordField("Current password", [InputRequired("Enter your current password.")])
    new = PasswordField("New password", [InputRequired("Enter a new password.")])
    again = PasswordField(
        "New password again", [EqualTo("new", "Enter the new password a second time, the same as above.")]
    )
