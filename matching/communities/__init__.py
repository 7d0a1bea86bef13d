"""Communities and group mentoring: who joins which group, and which groups open at all."""
