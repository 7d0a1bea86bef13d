"""Verifies the goals of a joint round one after another: what the plan reaches, and that none has more."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from matching.check.joint.hours import Budget
from matching.check.joint.part import Part, Terms
from matching.check.report import Violation, ViolationKind
from matching.problem import MentoringProgramme, Problem, Programme
from matching.solution import Certificate, CertificateKind, JointStep, Solution, Status

LARGEST = 2**54
"""Amounts below this stay exact in 64-bit integers through the sums made here."""

Aim = tuple[str, str | None]


class Steps:
    """The steps of a joint round as they must be, and what the plan reaches in each."""

    def __init__(self, problem: Problem, parts: Sequence[Part], budget: Budget) -> None:
        self.parts = {part.programme.id: part for part in parts}
        self.budget = budget
        joint = problem.joint
        self.cover_by = joint.cover_by if joint is not None else ()
        self.counts = self._cover_counts()
        self.order = self._order()
        self.reached = [self._reached(aim) for aim in self.order]

    def _cover_counts(self) -> dict[str, int]:
        """Return what covering each person counts for, beside whom locks cover."""
        found: dict[str, int] = {}
        settled = {person for name in self.cover_by for person in self.parts[name].settled}
        for name in self.cover_by:
            for person, waited in _seekers(self.parts[name].programme):
                if person not in settled:
                    found[person] = max(found.get(person, 0), 1 + waited)
        return found

    def _order(self) -> list[Aim]:
        found: list[Aim] = [("cover", None)] if self.cover_by else []
        last: list[Aim] = []
        programmes = [part.programme for part in self.parts.values()]
        for name in (*self.cover_by, *(row.id for row in programmes if row.id not in self.cover_by)):
            programme = self.parts[name].programme
            covers = "coverage" in programme.goals
            if covers:
                found.append(("coverage", name))
            if len(getattr(programme, "group_sizes", ())) > 1:
                (found if covers else last).append(("triads", name))
        if any("points" in row.goals for row in programmes):
            found.append(("points", None))
        return found + last

    def _reached(self, aim: Aim) -> int:
        name, programme = aim
        if name == "cover":
            covered = {person for member in self.cover_by for person in self.parts[member].covered}
            return sum(self.counts.get(person, 0) for person in covered)
        if programme is None:
            return sum(p.points for p in self.parts.values() if "points" in p.programme.goals)
        part = self.parts[programme]
        return part.coverage if name == "coverage" else -part.triads

    def violations(self, solution: Solution) -> Iterator[Violation]:
        """Yield what is wrong with the steps of a solution, also that they do not prove the plan best.

        The prices are multipliers of rows that every plan keeps, so nothing that the solver did needs to be
        believed, unless `searched` is asked for: the word of its branch and bound, where prices leave a gap.
        """
        steps = solution.joint
        if [(row.goal, row.programme) for row in steps] != self.order:
            named = ", ".join(name if of is None else f"{name} of {of}" for name, of in self.order)
            sentence = f"The steps of this joint round are {named}, in this order and no others."
            yield Violation(ViolationKind.NO_CERTIFICATE, "joint", sentence)
            return
        for number, step in enumerate(steps):
            where = f"joint[{number}]"
            if step.value != self.reached[number]:
                sentence = f"The plan reaches {self.reached[number]} in this step, not {step.value}."
                yield Violation(ViolationKind.WRONG_GOAL, f"{where}.value", sentence)
            faults = list(self._shape_violations(step, steps[:number], where))
            yield from faults
            if not faults:
                yield from self._bound_violations(step, steps[:number], solution.status, where)

    def _bound_violations(
        self, step: JointStep, before: Sequence[JointStep], status: Status, where: str
    ) -> Iterator[Violation]:
        number = len(before)
        settled = sum(w * value for w, value in zip(step.weights, self.reached[:number], strict=False))
        shares = dict(self._shares(step, before))
        for index, certificate in enumerate(step.certificates):
            if certificate.bound != shares[certificate.programme]:
                sentence = (
                    f"The prices of {certificate.programme} bound it by {shares[certificate.programme]}, not "
                    f"by {certificate.bound}."
                )
                place = f"{where}.certificates[{index}].bound"
                yield Violation(ViolationKind.WRONG_BOUND, place, sentence)
        total = self._shared(step) + sum(shares.values())
        bound = (total - settled) // step.weights[-1]
        if step.bound != bound:
            sentence = f"The step claims the bound {step.bound}, but its prices give {bound}."
            yield Violation(ViolationKind.WRONG_BOUND, f"{where}.bound", sentence)
        elif bound < self.reached[number]:
            sentence = f"The bound {bound} is below the {self.reached[number]} that the plan reaches."
            yield Violation(ViolationKind.WRONG_BOUND, f"{where}.bound", sentence)
        elif status is Status.OPTIMAL and bound > self.reached[number] and not step.searched:
            sentence = (
                f"The plan reaches {self.reached[number]} in this step, and the prices only show that none "
                f"reaches more than {bound}."
            )
            yield Violation(ViolationKind.NOT_PROVED, where, sentence)

    def _shared(self, step: JointStep) -> int:
        """Return what the prices of hours and cover bound beside the programmes."""
        total = sum(row.price * self.budget.limit(row) for row in step.hours)
        return total + step.weights[0] * sum(self.counts.values()) - sum(step.cover.values())

    def _shares(self, step: JointStep, before: Sequence[JointStep]) -> Iterator[tuple[str, int]]:
        """Yield each programme's share of the weighted sum that no plan passes."""
        weight = dict(zip(self.order, step.weights, strict=False))
        tolls, fees = self._tolls(step)
        for certificate in step.certificates:
            name = certificate.programme
            part, group = self.parts[name], step.turnout.get(name, 0)
            terms = Terms(
                points=weight.get(("points", None), 0) if "points" in part.programme.goals else 0,
                coverage=weight.get(("coverage", name), 0),
                triads=weight.get(("triads", name), 0),
                group=group,
                cover=step.cover if name in self.cover_by else {},
                toll=tolls[name],
                fee=fees[name],
            )
            yield name, part.bound(certificate, terms) + group * self._groups(name, before)

    def _tolls(self, step: JointStep) -> tuple[dict[str, Counter[str]], dict[str, Counter[str]]]:
        """Return what an engagement in each programme costs each person, to be covered and to give."""
        tolls: dict[str, Counter[str]] = {name: Counter() for name in self.parts}
        fees: dict[str, Counter[str]] = {name: Counter() for name in self.parts}
        for row in step.hours:
            for found, shares in ((tolls, row.seeking), (fees, row.giving)):
                for name, share in shares.items():
                    found[name][row.person] += share * row.price
        return tolls, fees

    def _groups(self, name: str, before: Sequence[JointStep]) -> int:
        """Return how many groups there can be in a programme of peers, as the steps before tell."""
        alike = self.parts[name].alike()
        # What a search has found to be the most, is the most on the solver's word for all that follows.
        most = [
            row.value if row.searched else row.bound
            for row in before
            if (row.goal, row.programme) == ("coverage", name)
        ]
        return most[0] // alike // 2 if alike and most else 0

    def _shape_violations(
        self, step: JointStep, before: Sequence[JointStep], where: str
    ) -> Iterator[Violation]:
        """Yield weights, prices and certificates that cannot be, or numbers too large to add up."""
        weights = step.weights
        if len(weights) != len(before) + 1 or min(weights) < 0 or weights[-1] < 1:
            sentence = "A step weighs itself and each before it, none below 0 and itself with 1 at least."
            yield Violation(ViolationKind.WRONG_WEIGHTS, f"{where}.weights", sentence)
            return
        yield from self._price_violations(step, before, where)
        named = [row.programme for row in step.certificates]
        if sorted(named) != sorted(self.parts):
            sentence = "A step has one certificate of each programme."
            yield Violation(ViolationKind.NO_CERTIFICATE, f"{where}.certificates", sentence)
            return
        for index, certificate in enumerate(step.certificates):
            place = f"{where}.certificates[{index}]"
            if certificate.weights or certificate.kind is not CertificateKind.BOUND:
                sentence = "A certificate within a step is a bound, and has no weights of its own."
                yield Violation(ViolationKind.WRONG_WEIGHTS, f"{place}.weights", sentence)
            yield from self.parts[certificate.programme].shape_violations(certificate, place)
        if self._largest(step) >= LARGEST:
            sentence = "The step's prices and weights are too large to be added up exactly."
            yield Violation(ViolationKind.WRONG_PRICE, where, sentence)

    def _price_violations(
        self, step: JointStep, before: Sequence[JointStep], where: str
    ) -> Iterator[Violation]:
        for index, row in enumerate(step.hours):
            shares = (*row.seeking.items(), *row.giving.items())
            known = row.person in self.budget.has and all(name in self.parts for name, _share in shares)
            if not known or row.price < 0 or min((share for _name, share in shares), default=0) < 0:
                sentence = f"{row.person} has a price of hours that do not count, or one below 0."
                yield Violation(ViolationKind.WRONG_PRICE, f"{where}.hours[{index}]", sentence)
        for person, price in step.cover.items():
            if not 0 <= price <= step.weights[0] * self.counts.get(person, 0):
                sentence = f"{person} has the price {price} of cover, where covering them is not worth that."
                yield Violation(ViolationKind.WRONG_PRICE, f"{where}.cover.{person}", sentence)
        for name, price in step.turnout.items():
            if price < 0 or price % 2 or name not in self.parts or not self._knows_turnout(name, before):
                sentence = f"The price {price} of a group in {name} is not even, or of what is not known."
                yield Violation(ViolationKind.WRONG_PRICE, f"{where}.turnout.{name}", sentence)

    def _knows_turnout(self, name: str, before: Sequence[JointStep]) -> bool:
        known = self.parts[name].alike() is not None
        return known and any((row.goal, row.programme) == ("coverage", name) for row in before)

    def _largest(self, step: JointStep) -> int:
        """Return more than any amount that one person's choices can lead to."""
        explicit = max(
            (abs(row[2]) for part in self.parts.values() for row in part.programme.candidates or ()),
            default=0,
        )
        points = explicit + max(sum(part.programme.criteria.values()) for part in self.parts.values())
        waited = 1 + max(
            (waited for part in self.parts.values() for _p, waited in _seekers(part.programme)), default=0
        )
        worth = sum(step.weights) * (points + waited + 1) + sum(step.cover.values())
        hours = sum(row.price * sum((*row.seeking.values(), *row.giving.values())) for row in step.hours)
        prices = max((_largest_price(row) for row in step.certificates), default=0)
        return 8 * (worth + hours + prices + sum(step.turnout.values()))


def _largest_price(certificate: Certificate) -> int:
    named: list[Mapping[str, int]] = [certificate.mentees, certificate.mentors, certificate.people]
    prices = [abs(price) for prices in named for price in prices.values()]
    shared = sum(row.price for row in certificate.odd_sets) + sum(row.price for row in certificate.meetings)
    return max(prices, default=0) + shared


def _seekers(programme: Programme) -> Iterator[tuple[str, int]]:
    """Yield everybody who asks for a place, with the rounds they have waited."""
    rows = (
        programme.mentees if isinstance(programme, MentoringProgramme) else getattr(programme, "people", ())
    )
    for row in rows:
        if getattr(row, "places", 1) > 0:
            yield row.person, row.rounds_waited
