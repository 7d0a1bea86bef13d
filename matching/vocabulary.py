"""The words a problem file may use: kinds of programme, rules, criteria, goals and edges of skills."""

from enum import StrEnum


class Kind(StrEnum):
    """The kinds of programme; reverse and flash mentoring are mentoring with other people or rules."""

    MENTORING = "mentoring"
    PEER_COACHING = "peer_coaching"
    COMMUNITIES = "communities"
    GROUP_MENTORING = "group_mentoring"


class RuleName(StrEnum):
    """The hard rules a programme may name; blocks, bans, capacity and being listed always hold."""

    NOT_IN_REPORTING_LINE = "not_in_reporting_line"
    SHARED_HOURS = "shared_hours"
    SHARED_LANGUAGE = "shared_language"
    NO_PRIOR_PAIR = "no_prior_pair"
    GRADE_DISTANCE = "grade_distance"
    OTHER_DEPARTMENT = "other_department"
    SAME_ATTRIBUTE = "same_attribute"
    COVERS_WANTS = "covers_wants"


class Criterion(StrEnum):
    """What earns points; a programme gives each a weight, the most points it can earn."""

    SKILLS = "skills"
    LEVEL_STEP = "level_step"
    HOURS = "hours"
    VARIETY = "variety"
    WISHES = "wishes"
    CONTINUITY = "continuity"
    RATINGS = "ratings"
    LOCATION = "location"
    GRADE_STEP = "grade_step"


class GoalName(StrEnum):
    """The goals, sought one after another in the order the programme names them."""

    COVERAGE = "coverage"
    POINTS = "points"
    WORST_MATCH = "worst_match"
    STABLE = "stable"
    PARITY = "parity"
    SAME_PARTNERS = "same_partners"


class EdgeKind(StrEnum):
    """What one skill is to another: its narrower form, its prerequisite, or kin."""

    BROADER = "broader"
    REQUIRES = "requires"
    RELATED = "related"
