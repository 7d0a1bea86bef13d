"""What people type, made safe to keep: the one place that cleans text and folds it for comparing."""

import re
import unicodedata

# Overrides and isolates of writing direction can make a name read as another one; marks (LRM, RLM) cannot.
DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSEEN = frozenset("\ufeff\ufffe\uffff\u2028\u2029")
ACCENTS = re.compile("[\u0300-\u036f]+")
BLANKS = re.compile(r"[^\S\n]+")
MANY_LINES = re.compile(r"\n{3,}")


def cleaned_line(text: str | None) -> str:
    """Return `text` as one line: composed, without control characters, with single spaces."""
    return " ".join(cleaned_text(text).split())


def cleaned_text(text: str | None) -> str:
    """Return `text` with its lines: composed, without control characters, no two empty lines in a row."""
    lines = unicodedata.normalize("NFC", (text or "").replace("\r\n", "\n").replace("\r", "\n"))
    kept = "".join(letter for letter in lines.replace("\t", " ") if _may_be_kept(letter))
    trimmed = "\n".join(line.strip() for line in BLANKS.sub(" ", kept).split("\n"))
    return MANY_LINES.sub("\n\n", trimmed).strip()


def folded(text: str | None) -> str:
    """Return `text` as it is compared, without accents or capitals: "Résumé  CV" is "resume cv"."""
    apart = unicodedata.normalize("NFKD", cleaned_line(text))
    return " ".join(unicodedata.normalize("NFKC", ACCENTS.sub("", apart).casefold()).split())


def _may_be_kept(letter: str) -> bool:
    if letter == "\n":
        return True
    if letter in DIRECTION_CONTROLS or letter in UNSEEN:
        return False
    return unicodedata.category(letter) not in ("Cc", "Cs")
