"""The form of what the programmes of a round share, with a field for the place of each in the cover."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, Field, SelectField

from app.fields import HouseForm, options
from app.programmes.models import Programme
from app.rounds.together import Together

NO_COVER = 0
TAKEN = "Two programmes cannot have the same place in the order. Choose another."


class SharingForm(HouseForm):
    """What the programmes of a round share."""

    programmes: Mapping[int, Programme]
    shares_hours = BooleanField("Everybody's hours a month count once, for all programmes together")

    def places(self) -> list[Field]:
        """Return the fields of the cover, one for each programme."""
        return [self[_name(programme_id)] for programme_id in self.programmes]

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse one place for two programmes."""
        is_fine = super().validate(extra_validators)
        taken = set[int]()
        for field in self.places():
            if field.data in taken:
                field.errors = [*field.errors, TAKEN]
                is_fine = False
            if field.data != NO_COVER:
                taken.add(field.data)
        return is_fine

    def cover(self) -> list[Programme]:
        """Return the programmes that cover for one another, in the order that was chosen."""
        placed = [(self[_name(key)].data, row) for key, row in self.programmes.items()]
        return [row for place, row in sorted(placed, key=lambda one: int(one[0])) if place != NO_COVER]


def sharing_form(programmes: Sequence[Programme], together: Together) -> SharingForm:
    """Return a form that shows what is shared, or what was sent of it."""
    choices = [(NO_COVER, "Does not cover")]
    choices += [(place, f"Number {place} in the order") for place in range(1, len(programmes) + 1)]
    fields: dict[str, Any] = {
        _name(row.id): SelectField(row.name, coerce=int, choices=options(choices)) for row in programmes
    }
    values: dict[str, Any] = dict.fromkeys(fields, NO_COVER)
    values |= {_name(row.id): place for place, row in enumerate(together.cover, start=1)}
    fields["programmes"] = {row.id: row for row in programmes}
    form: type[SharingForm] = type("SharingFormOfRound", (SharingForm,), fields)
    return form(data={"shares_hours": together.shares_hours, **values})


def _name(programme_id: int) -> str:
    return f"cover_{programme_id}"
