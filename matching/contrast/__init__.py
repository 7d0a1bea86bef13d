"""Reasons by contrast: what would be otherwise, and at what price, if one thing were."""
