"""Forms of the pages for rules, weights and goals: shapes only; the commands decide."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Field, RadioField, SelectMultipleField
from wtforms.validators import InputRequired

from app.fields import HouseForm, options
from app.programmes.models import ProgrammeKind
from app.programmes.settings_form import RuleFields, SettingsForm, rule_fields, weight_field
from app.programmes.vocabulary import GOALS, OTHER_NAMES, RULES, SUGGESTED
from app.programmes.weights import WORDS, nearest_words, shared_out

NOTHING_MATTERS = "Choose for at least one of them how much it matters."


class RulesForm(SettingsForm):
    """Which rules hold, with their parameters."""

    def switched(self) -> list[RuleFields]:
        """Return the switches with the fields of their parameters."""
        return self.rule_fields(RULES)

    def value(self) -> dict[str, dict[str, Any]]:
        """Return the rules that are on."""
        return self.rules_on(RULES)

    def everything(self) -> dict[str, dict[str, Any]]:
        """Return every rule with the parameters beside its switch, except those that cannot be counted."""
        given = {rule: self.parameters_of(rule) for rule in RULES}
        return {
            rule: parameters
            for rule, parameters in given.items()
            if RULES[rule].needs <= parameters.keys() and (parameters or not _asks(rule))
        }


class WeightsForm(HouseForm):
    """How much each criterion matters, in whatever way it is said; `known` are those it asks for."""

    known: Mapping[str, str]

    def weights(self) -> list[tuple[str, Field]]:
        """Return the criteria with their fields."""
        return [(criterion, self[criterion]) for criterion in self.known]

    def value(self) -> dict[str, int]:
        """Return the weights, shared out so that they add up to 100."""
        return shared_out({criterion: field.data or 0 for criterion, field in self.weights()})

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse weights of which none is above nothing."""
        if not super().validate(extra_validators):
            return False
        if not self.value():
            self.form_errors.append(NOTHING_MATTERS)
            return False
        return True


class GoalsForm(HouseForm):
    """The goals in their order, the most important first."""

    goals = SelectMultipleField("Goals", choices=options(list(GOALS.items())))

    def value(self) -> list[str]:
        """Return the goals in their order."""
        return list(self.goals.data or ())

    def order(self) -> list[str]:
        """Return the goals there are, each once, whatever was sent."""
        return [goal for goal in dict.fromkeys(self.value()) if goal in GOALS]


def rules_form(rules: Mapping[str, Mapping[str, Any]], sent: Any = None, *, kind: ProgrammeKind) -> RulesForm:
    """Return the form that shows these rules, or what was sent of it; one that is off has a usual figure."""
    fields: dict[str, Any] = {"switches": {rule: rule for rule in RULES}}
    values: dict[str, Any] = {}
    for rule, words in RULES.items():
        fields.update(rule_fields(rule, words))
        values[rule] = rule in rules
        values.update({f"{rule}-{name}": value for name, value in rules.get(rule, SUGGESTED[rule]).items()})
    form: RulesForm = _shown(type("RulesOfProgramme", (RulesForm,), fields), values, sent)
    for name, called in OTHER_NAMES.get(kind, {}).items():
        form[name].label.text = called
    return form


def words_form(known: Mapping[str, str], criteria: Mapping[str, int], sent: Any = None) -> WeightsForm:
    """Return the form that says these weights in words, or what was sent of it."""
    choices, asked = options(WORDS.items()), [InputRequired("Choose one of the options.")]
    fields: dict[str, Any] = {
        criterion: RadioField(words, asked, choices=choices, coerce=int) for criterion, words in known.items()
    }
    form = type("WordsOfProgramme", (WeightsForm,), {**fields, "known": known})
    return _shown(form, nearest_words(criteria), sent)


def numbers_form(known: Mapping[str, str], criteria: Mapping[str, int], sent: Any = None) -> WeightsForm:
    """Return the form that says these weights as numbers, or what was sent of it."""
    fields: dict[str, Any] = {criterion: weight_field(words) for criterion, words in known.items()}
    values = {criterion: criteria.get(criterion, 0) for criterion in known}
    form = type("NumbersOfProgramme", (WeightsForm,), {**fields, "known": known})
    return _shown(form, values, sent, prefix="exact-")


def goals_form(goals: Sequence[str], sent: Any = None) -> GoalsForm:
    """Return the form that shows these goals, or what was sent of it."""
    return _shown(GoalsForm, {"goals": list(goals)}, sent)


def _shown(form: type[Any], values: Mapping[str, Any], sent: Any, *, prefix: str = "") -> Any:
    """Return a form with what was sent of it; the site has looked at the token of what was posted."""
    return form(sent, data=values, prefix=prefix, meta={"csrf": False})


def _asks(rule: str) -> bool:
    return bool(RULES[rule].numbers or RULES[rule].choices)
