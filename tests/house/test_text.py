"""Text that people send: cleaned in a time that grows with its length, and no faster."""

import time
import unicodedata

import pytest

from app.auth import passwords
from app.text import MOST_MARKS, cleaned_line, cleaned_text, folded

PILED = "Zoe" + "\u0308\u0323" * 200_000


@pytest.mark.parametrize("clean", [cleaned_line, cleaned_text, folded])
@pytest.mark.parametrize("marks", ["\u0308\u0323", "\u0344", "\U0001d165\u0f73", "\uff9e\u3099"])
def test_marks_piled_on_a_letter_take_no_time(clean, marks):
    """Composing them takes as long as the square of their number: this text took ten minutes."""
    began = time.process_time()
    kept = clean("Zoe" + marks * 200_000)
    assert time.process_time() - began < 2
    assert len(unicodedata.normalize("NFD", kept)) <= len("Zoe") + 4 * MOST_MARKS


def test_a_letter_keeps_the_marks_that_languages_need():
    assert cleaned_line("Zoe\u0308") == "Zo\u00eb"
    assert cleaned_line("a" + "\u0316\u0300" * 15) == unicodedata.normalize("NFC", "a" + "\u0316\u0300" * 15)
    vietnamese, hebrew, tibetan = "Nguyễn Thị Ánh", "בְּרֵאשִׁית", "ཨོཾ་མ་ཎི"
    for text in (vietnamese, hebrew, tibetan):
        assert cleaned_line(text) == unicodedata.normalize("NFC", text)


def test_a_password_longer_than_any_is_wrong_at_once():
    kept = passwords.hashed("x" * passwords.LONGEST)
    began = time.process_time()
    assert not passwords.is_right(PILED, kept)
    assert not passwords.is_right("x" * (passwords.LONGEST + 1), kept)
    assert time.process_time() - began < 2
    assert passwords.is_right("x" * passwords.LONGEST, kept)
