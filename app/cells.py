"""Cells of the files that a spreadsheet opens: none of them is taken for a formula."""

# What a spreadsheet takes for the beginning of a formula, in plain and full-width forms.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe_cell(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if not isinstance(value, str):
        return value
    # Some programs skip blanks before a formula, so these hide none here.
    is_formula = value.startswith(FORMULA_STARTS) or value.lstrip().startswith(FORMULA_STARTS)
    return f"'{value}" if is_formula else value
