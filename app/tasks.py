"""Every background task, imported once so that a worker knows them all."""

from app.rounds import tasks as rounds

__all__ = ["rounds"]
