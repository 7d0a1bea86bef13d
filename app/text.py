"""What people type, made safe to keep: the one place that cleans text and folds it for comparing."""

import re
import unicodedata
from functools import cache

# Control characters, halves of surrogate pairs, overrides and isolates of writing direction (which can make a
# name read as another one; marks such as LRM and RLM cannot), byte-order marks and unseen separators.
REFUSED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\u2028\u2029]"
)
ACCENTS = re.compile("[\u0300-\u036f]+")
BLANKS = re.compile(r"[^\S\n]+")
MANY_LINES = re.compile(r"\n{3,}")
MOST_MARKS = 30  # on one letter, as in Unicode's stream-safe text; no language needs more than a handful
FIRST_MARK, LAST_MARK = 0x300, 0x1E94A


def cleaned_line(text: str | None) -> str:
    """Return `text` as one line: composed, without control characters, with single spaces."""
    return " ".join(cleaned_text(text).split())


def cleaned_text(text: str | None) -> str:
    """Return `text` with its lines: composed, without control characters, no two empty lines in a row."""
    lines = unicodedata.normalize(
        "NFC", without_piled_marks(text or "").replace("\r\n", "\n").replace("\r", "\n")
    )
    kept = REFUSED.sub("", lines.replace("\t", " "))
    trimmed = "\n".join(line.strip() for line in BLANKS.sub(" ", kept).split("\n"))
    return MANY_LINES.sub("\n\n", trimmed).strip()


def folded(text: str | None) -> str:
    """Return `text` as it is compared, without accents or capitals: "Résumé  CV" is "resume cv"."""
    apart = unicodedata.normalize("NFKD", cleaned_line(text))
    return " ".join(unicodedata.normalize("NFKC", ACCENTS.sub("", apart).casefold()).split())


def without_piled_marks(text: str) -> str:
    """Return `text` with at most `MOST_MARKS` accents on one letter.

    To compose a letter takes as long as the square of its accents: half a million in a form would stop
    the site for minutes.
    """
    return text if text.isascii() else _piled_marks().sub(r"\1", text)


@cache
def _piled_marks() -> re.Pattern[str]:
    """Return the expression for marks that stand, whole or taken apart, on the letter before."""
    marks = (chr(code) for code in range(FIRST_MARK, LAST_MARK + 1))
    stacked = "".join(mark for mark in marks if unicodedata.combining(unicodedata.normalize("NFKD", mark)[0]))
    return re.compile(f"([{stacked}]{{{MOST_MARKS}}})[{stacked}]+")
