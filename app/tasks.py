"""Every background task, imported once so that a worker knows them all."""

from app.auth import tasks as auth
from app.engagements import tasks as engagements
from app.rounds import count_tasks as counts
from app.rounds import replay_tasks as replays
from app.rounds import tasks as rounds

__all__ = ["auth", "counts", "engagements", "replays", "rounds"]
