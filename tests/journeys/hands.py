"""The ways people act on a page: by mouse, or by keyboard alone, with script or without."""

import re
from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 250
DATE_FORMATS = ("%m%d%Y", "%d%m%Y")  # Chromium's fields follow the language of its machine


class Hands:
    """Somebody who points and clicks."""

    def __init__(self, page: Page, *, has_script: bool) -> None:
        self.page = page
        self.has_script = has_script

    def follow(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Follow a link."""
        self.activate((within or self.page).get_by_role("link", name=name, exact=True))

    def go_home(self) -> None:
        """Follow the first link of the top bar."""
        self.follow("Home", within=self.page.get_by_role("navigation", name="Main", exact=True))

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button."""
        self.activate(self.page.get_by_role("button", name=name, exact=True))

    def write(self, label: str, text: str) -> None:
        """Write into a field, in the place of what is there."""
        self.fill(self.page.get_by_label(label, exact=True), text)

    def enter_day(self, label: str, day: date) -> None:
        """Enter a day into a field for one."""
        field = self.page.get_by_label(label, exact=True)
        self.fill_day(field, day)
        expect(field).to_have_value(day.isoformat())

    def choose(self, label: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Choose one of several radio buttons."""
        choice = (within or self.page).get_by_role("radio", name=label)
        self.mark(choice)
        expect(choice).to_be_checked()

    def download(self, name: str, to: Path) -> Path:
        """Follow a link to a file and keep it."""
        with self.page.expect_download() as waiting:
            self.follow(name)
        path = to / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    def activate(self, control: Locator) -> None:
        """Use a link, a button or a summary."""
        control.click()

    def fill(self, field: Locator, text: str) -> None:
        """Write into a field letter by letter, so that suggestions come."""
        field.fill("")
        field.press_sequentially(text)

    def fill_day(self, field: Locator, day: date) -> None:
        """Pick a day."""
        field.fill(day.isoformat())

    def mark(self, choice: Locator) -> None:
        """Choose a radio button."""
        choice.check()


class KeyboardHands(Hands):
    """Somebody who has a keyboard and nothing else."""

    def activate(self, control: Locator) -> None:
        self._reach(control)
        self.page.keyboard.press("Enter")

    def fill(self, field: Locator, text: str) -> None:
        self._reach(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def fill_day(self, field: Locator, day: date) -> None:
        self._reach(field)
        for layout in DATE_FORMATS:
            self.page.keyboard.type(f"{day:{layout}}")
            if field.input_value() == day.isoformat():
                return
            for _ in range(2):  # back from the year to the first part
                self.page.keyboard.press("Shift+Tab")

    def mark(self, choice: Locator) -> None:
        group = choice.get_attribute("name")
        self._tab_until(lambda: self.page.evaluate("document.activeElement.name") == group)
        for _ in range(choice.page.locator(f"input[name='{group}']").count()):
            if self._is_focused(choice):
                break
            self.page.keyboard.press("ArrowDown")
        if not choice.is_checked():
            self.page.keyboard.press("Space")

    def _reach(self, control: Locator) -> None:
        """Go to a control with the Tab key, as far as it takes."""
        expect(control).to_have_count(1)
        self._tab_until(lambda: self._is_focused(control))

    def _tab_until(self, is_there) -> None:
        for _ in range(MOST_TABS):
            if is_there():
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{MOST_TABS} tabs do not lead there on {self.page.url}")

    @staticmethod
    def _is_focused(control: Locator) -> bool:
        return bool(control.evaluate("node => node === document.activeElement"))
