"""Mentorships: what a mentor and a mentee see of theirs, at `/mentorships`."""
