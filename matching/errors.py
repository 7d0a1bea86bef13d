"""The one error a wrong problem raises: where it is wrong, and a sentence that says how."""


class ProblemError(ValueError):
    """A file is wrong at `path`; `sentence` says how, for the person who has to mend it."""

    def __init__(self, path: str, sentence: str) -> None:
        self.path = path
        self.sentence = sentence
        super().__init__(f"{path}: {sentence}")

    def under(self, parent: str) -> "ProblemError":
        """Return the same error seen from the record that holds this one."""
        return ProblemError(parent + self.path, self.sentence)
