"""Proficiency levels, importance and evidence as people read them."""

from app.skills.models import EvidenceKind

LEVELS = {
    1: ("Novice", "I know the basic ideas and need guidance for each step."),
    2: ("Advanced beginner", "I do simple parts of it with some help."),
    3: ("Competent", "I do this without help in usual situations."),
    4: ("Proficient", "I handle unusual situations and help others with it."),
    5: ("Expert", "Others come to me with it, and I move it forward."),
}

WISHES = {
    1: ("Novice", "I want to know the basic ideas."),
    2: ("Advanced beginner", "I want to do simple parts of it with some help."),
    3: ("Competent", "I want to do it without help in usual situations."),
    4: ("Proficient", "I want to handle unusual situations and help others."),
    5: ("Expert", "I want others to come to me with it."),
}

IMPORTANCE = {
    3: ("Matters most", "I would choose a mentor for this alone."),
    2: ("Matters", "A mentor should be able to help with it."),
    1: ("Nice to have", "Only if it comes along with the rest."),
}

EVIDENCE = {
    EvidenceKind.WORK: ("Work", "Something I made or did, such as a report, a project or a talk."),
    EvidenceKind.CERTIFICATE: ("Certificate", "An examination, a licence or a course with a test."),
    EvidenceKind.FEEDBACK: ("Feedback", "What a colleague or a customer said about it."),
    EvidenceKind.MENTOR: ("Mentor", "What a mentor saw me do."),
}
