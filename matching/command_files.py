"""The files of the commands: read whole, written whole; `-` is standard input or output."""

import sys
from pathlib import Path

from matching.errors import ProblemError

LARGEST_FILE = 2**31


def read(name: str) -> bytes:
    """Return the content of a file, or of standard input for a dash."""
    if name == "-":
        return sys.stdin.buffer.read()
    path = Path(name)
    if path.is_file() and path.stat().st_size > LARGEST_FILE:
        raise ProblemError("$", f"the file {name} is larger than {LARGEST_FILE // 2**30} GiB.")
    return path.read_bytes()


def write(name: str, text: str) -> None:
    """Write a file whole or not at all, or to standard output for a dash."""
    if name == "-":
        sys.stdout.buffer.write(text.encode())
        return
    # Written beside and moved over, so that a full disk or Ctrl-C leaves the old file whole.
    path = Path(name)
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
