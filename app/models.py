"""Every table, imported once so that the metadata is whole."""

from app import audit as audit
from app.auth import models as auth
from app.communities import models as communities
from app.engagements import models as engagements
from app.feedback import models as feedback
from app.notifications import models as notifications
from app.people import models as people
from app.programmes import models as programmes
from app.programmes import question_models as programme_questions
from app.rounds import answer_models as enrolment_answers
from app.rounds import certificate_models as certificates
from app.rounds import closing_models as closing
from app.rounds import count_models as counts
from app.rounds import group_models as groups
from app.rounds import models as rounds
from app.rounds import note_models as notes
from app.rounds import question_models as questions
from app.sessions import models as sessions
from app.skills import models as skills

__all__ = [
    "audit",
    "auth",
    "certificates",
    "closing",
    "communities",
    "counts",
    "engagements",
    "enrolment_answers",
    "feedback",
    "groups",
    "notes",
    "notifications",
    "people",
    "programme_questions",
    "programmes",
    "questions",
    "rounds",
    "sessions",
    "skills",
]
