"""A market of people who are only thought of: skills are as close as they are today."""

from functools import cached_property

from matching.candidates import Market
from matching.problem import MentoringProgramme, Problem
from matching.skills import Closeness
from matching.watch import Limits, Watch


class MarketOfToday(Market):
    """A market in which skills are as close as they are without those who are only thought of."""

    def __init__(self, problem: Problem, programme: MentoringProgramme, closeness: Closeness) -> None:
        # Set first: rules about skills ask for it while the market is made.
        self._today = closeness
        super().__init__(problem, programme, Watch(Limits()))

    @cached_property
    def closeness(self) -> Closeness:
        """How close the skills of today's people are."""
        return self._today
