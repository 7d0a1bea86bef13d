"""The matching engine: a problem in; a solution, a proof anyone can check, and reasons anyone can read."""
