"""What there is to look at: every page in its states, each as somebody who needs it, and forms filled in wrongly."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.browser.company import Ids

ROLES = ("employee", "mentor", "hr", "architect")


@dataclass(frozen=True)
class View:
    """A page in one of its states, as somebody sees it."""

    endpoint: str
    role: str
    address: Callable[[Ids], str]

    def __str__(self) -> str:
        return f"{self.endpoint} as {self.role} {VIEWS.index(self)}"


def of(name: str, path: str = "") -> Callable[[Ids], str]:
    """Return how to find the address of a run."""
    return lambda ids: "/rounds/{}/runs/{}".format(*getattr(ids, name)) + path


VIEWS = [
    View("auth.sign_in", "nobody", lambda ids: "/auth/sign-in"),
    View("auth.sessions", "employee", lambda ids: "/auth/sessions"),
    View("auth.password", "employee", lambda ids: "/auth/password"),
    *(View("home.show", role, lambda ids: "/") for role in ROLES),
    View("mentorships.index", "employee", lambda ids: "/mentorships"),
    View("mentorships.show", "employee", lambda ids: f"/mentorships/{ids.mentorship}"),
    View("mentorships.show", "employee", lambda ids: f"/mentorships/{ids.proposal}"),
    View("mentorships.decline", "employee", lambda ids: f"/mentorships/{ids.proposal}/decline"),
    View("mentorships.show_group", "employee", lambda ids: f"/mentorships/groups/{ids.group}"),
    View("notifications.index", "employee", lambda ids: "/notifications"),
    View("notifications.index", "hr", lambda ids: "/notifications"),
    View("peers.index", "employee", lambda ids: "/peers"),
    View("peers.index", "hr", lambda ids: "/peers"),
    View("peers.show", "employee", lambda ids: f"/peers/{ids.coaching}"),
    View("communities.index", "employee", lambda ids: "/communities"),
    View("communities.index", "hr", lambda ids: "/communities?q=data&joining=open"),
    View("communities.index", "hr", lambda ids: "/communities?show=archived"),
    View("communities.new", "hr", lambda ids: "/communities/new"),
    View("communities.show", "employee", lambda ids: f"/communities/{ids.own_community}"),
    View("communities.show", "employee", lambda ids: f"/communities/{ids.other_community}"),
    View("communities.show", "hr", lambda ids: f"/communities/{ids.own_community}"),
    View("communities.edit", "employee", lambda ids: f"/communities/{ids.own_community}/edit"),
    View("communities.ask", "mentor", lambda ids: f"/communities/{ids.own_community}/ask"),
    View("communities.invite", "employee", lambda ids: f"/communities/{ids.own_community}/invite?name=an"),
    View("communities.leads", "hr", lambda ids: f"/communities/{ids.own_community}/leads?name=an"),
    View("people.index", "employee", lambda ids: "/people"),
    View("people.index", "employee", lambda ids: "/people?name=nobody+at+all"),
    View("people.index", "employee", lambda ids: "/people?page=2"),
    View("people.show", "employee", lambda ids: f"/people/{ids.person}"),
    View("people.show", "employee", lambda ids: f"/people/{ids.person}?as=others"),
    View("people.show", "mentor", lambda ids: f"/people/{ids.person}"),
    View("people.show", "hr", lambda ids: f"/people/{ids.person}"),
    View("people.about", "employee", lambda ids: f"/people/{ids.person}/about"),
    View("people.about", "hr", lambda ids: f"/people/{ids.person}/about"),
    View("people.availability", "employee", lambda ids: f"/people/{ids.person}/availability"),
    View("people.mentoring", "employee", lambda ids: f"/people/{ids.person}/mentoring"),
    View("people.pause", "employee", lambda ids: f"/people/{ids.person}/pause"),
    View("people.blocks", "employee", lambda ids: f"/people/{ids.person}/blocks"),
    View("people.blocks", "employee", lambda ids: f"/people/{ids.person}/blocks?name=an"),
    View("skills.index", "employee", lambda ids: "/skills"),
    View("skills.index", "employee", lambda ids: "/skills?q=data"),
    View("skills.index", "employee", lambda ids: "/skills?q=zzzz"),
    View("skills.show", "employee", lambda ids: f"/skills/{ids.skill}"),
    View("skills.claim", "employee", lambda ids: f"/skills/claims/{ids.claim}"),
    View("skills.add_evidence", "employee", lambda ids: f"/skills/claims/{ids.claim}/evidence"),
    View("skills.remove_claim", "employee", lambda ids: f"/skills/claims/{ids.claim}/remove"),
    View("skills.add_claim", "employee", lambda ids: "/skills/claims/add"),
    View("skills.add_claim", "employee", lambda ids: "/skills/claims/add?skill=data"),
    View("skills.goal", "employee", lambda ids: f"/skills/goals/{ids.goal}"),
    View("skills.add_goal", "employee", lambda ids: "/skills/goals/add"),
    View("programmes.index", "hr", lambda ids: "/programmes"),
    View("programmes.index", "architect", lambda ids: "/programmes?show=archived"),
    View("programmes.new", "hr", lambda ids: "/programmes/new"),
    View("programmes.show", "hr", lambda ids: "/programmes/mentoring"),
    View("programmes.show", "architect", lambda ids: "/programmes/mentoring"),
    View("programmes.details", "hr", lambda ids: "/programmes/mentoring/details"),
    View("programmes.details", "architect", lambda ids: "/programmes/mentoring/details"),
    View("programmes.copy", "hr", lambda ids: "/programmes/mentoring/copy"),
    View("programmes.people", "hr", lambda ids: "/programmes/mentoring/people"),
    View("programmes.people", "hr", lambda ids: "/programmes/mentoring/people?count=yes&mentor_lowest_grade=4"),
    View("programmes.people", "architect", lambda ids: "/programmes/mentoring/people"),
    View("programmes.show", "hr", lambda ids: "/programmes/communities"),
    View("programmes.people", "hr", lambda ids: "/programmes/communities/people"),
    View("programmes.communities", "hr", lambda ids: "/programmes/communities/communities"),
    View("programmes.communities", "architect", lambda ids: "/programmes/communities/communities"),
    View("programmes.rules", "hr", lambda ids: "/programmes/communities/rules"),
    View("programmes.who_can_see", "hr", lambda ids: "/programmes/mentoring/visibility"),
    View("programmes.list_questions", "hr", lambda ids: "/programmes/mentoring/questions"),
    View("programmes.list_questions", "architect", lambda ids: "/programmes/mentoring/questions"),
    View("programmes.list_questions", "hr", lambda ids: "/programmes/communities/questions"),
    View("programmes.new_question", "hr", lambda ids: "/programmes/mentoring/questions/new"),
    View(
        "programmes.show_question",
        "hr",
        lambda ids: "/programmes/mentoring/questions/how-would-you-like-to-meet",
    ),
    View("programmes.messages", "hr", lambda ids: "/programmes/mentoring/messages"),
    View("programmes.messages", "architect", lambda ids: "/programmes/mentoring/messages"),
    View("programmes.agenda", "hr", lambda ids: "/programmes/mentoring/agenda"),
    View("programmes.agenda", "architect", lambda ids: "/programmes/mentoring/agenda"),
    View(
        "programmes.agenda",
        "hr",
        lambda ids: "/programmes/mentoring/agenda?draft=yes&agenda=5+Hello&agenda=30+The+topic&change=2",
    ),
    View("programmes.check_ins", "hr", lambda ids: "/programmes/mentoring/check-ins"),
    View("programmes.check_ins", "architect", lambda ids: "/programmes/mentoring/check-ins"),
    View(
        "programmes.check_ins",
        "hr",
        lambda ids: "/programmes/mentoring/check-ins?draft=yes&check_ins=halfway+0+How+is+it%3F&change=1",
    ),
    View("programmes.list_versions", "hr", lambda ids: "/programmes/mentoring/versions"),
    View("programmes.show_version", "hr", lambda ids: "/programmes/mentoring/versions/1"),
    View("programmes.rules", "hr", lambda ids: "/programmes/mentoring/rules"),
    View("programmes.rules", "architect", lambda ids: f"/programmes/mentoring/rules?trial={ids.what_if[1]}"),
    View("programmes.weights", "hr", lambda ids: "/programmes/mentoring/weights"),
    View("programmes.weights", "architect", lambda ids: "/programmes/mentoring/weights?by=numbers"),
    View("programmes.goals", "hr", lambda ids: "/programmes/mentoring/goals"),
    View("programmes.goals", "architect", lambda ids: "/programmes/mentoring/goals"),
    View(
        "programmes.goals",
        "hr",
        lambda ids: "/programmes/mentoring/goals?draft=yes&goals=worst_match&goals=coverage",
    ),
    View("rounds.index", "hr", lambda ids: "/rounds"),
    View("rounds.index", "architect", lambda ids: "/rounds"),
    View("rounds.new", "hr", lambda ids: "/rounds/new"),
    View("rounds.new", "hr", lambda ids: f"/rounds/new?after={ids.published[0]}"),
    View("rounds.show", "hr", lambda ids: f"/rounds/{ids.published[0]}"),
    View("rounds.show", "hr", lambda ids: f"/rounds/{ids.asked}"),
    View("rounds.fallen", "hr", lambda ids: f"/rounds/{ids.asked}/answers"),
    View("rounds.unpublish", "hr", lambda ids: f"/rounds/{ids.published[0]}/unpublish"),
    View("rounds.show", "hr", lambda ids: f"/rounds/{ids.proposed[0]}"),
    View("rounds.show", "hr", lambda ids: f"/rounds/{ids.open}"),
    View("rounds.show", "architect", lambda ids: f"/rounds/{ids.waiting[0]}"),
    View("rounds.closing_page", "hr", lambda ids: f"/rounds/{ids.published[0]}/closing"),
    View("rounds.closing_page", "architect", lambda ids: f"/rounds/{ids.published[0]}/closing"),
    View("rounds.decided_before", "hr", lambda ids: f"/rounds/{ids.following}/decided-before"),
    View("rounds.show", "hr", lambda ids: f"/rounds/{ids.following}"),
    View("rounds.cancel", "hr", lambda ids: f"/rounds/{ids.open}/cancel"),
    View("rounds.enrolment", "employee", lambda ids: f"/rounds/{ids.open}/enrolment"),
    View("rounds.enrolment", "mentor", lambda ids: f"/rounds/{ids.published[0]}/enrolment"),
    View("rounds.enrolment", "employee", lambda ids: f"/rounds/{ids.waiting[0]}/enrolment"),
    View("rounds.wishes", "employee", lambda ids: f"/rounds/{ids.open}/enrolment/1/wishes"),
    View("rounds.wishes", "employee", lambda ids: f"/rounds/{ids.open}/enrolment/1/wishes?name=an"),
    View("rounds.wishes", "employee", lambda ids: f"/rounds/{ids.waiting[0]}/enrolment/1/wishes"),
    View("rounds.enrolment", "employee", lambda ids: f"/rounds/{ids.circles_open}/enrolment"),
    View(
        "rounds.community_wishes",
        "employee",
        lambda ids: f"/rounds/{ids.circles_open}/enrolment/{ids.circles_programme}/communities",
    ),
    View("rounds.readiness_page", "hr", lambda ids: f"/rounds/{ids.circles[0]}/readiness"),
    View("rounds.show_run", "hr", of("circles")),
    View("rounds.show_groups", "architect", of("circles", "/groups")),
    View("rounds.left_out", "hr", of("circles", "/left-out")),
    View("rounds.late_joiners", "hr", lambda ids: f"/rounds/{ids.failed[0]}/enrolment/late?name=an"),
    View("rounds.readiness_page", "hr", lambda ids: f"/rounds/{ids.open}/readiness"),
    View("rounds.readiness_page", "architect", lambda ids: f"/rounds/{ids.failed[0]}/readiness?page=2"),
    View("rounds.snapshot_page", "hr", lambda ids: f"/rounds/{ids.failed[0]}/snapshot"),
    View("rounds.snapshot_page", "architect", lambda ids: f"/rounds/{ids.open}/snapshot"),
    View("rounds.together_page", "hr", lambda ids: f"/rounds/{ids.shared[0]}/together"),
    View("rounds.together_page", "architect", lambda ids: f"/rounds/{ids.shared[0]}/together"),
    View("rounds.settings_page", "hr", lambda ids: f"/rounds/{ids.shared[0]}/settings"),
    View("rounds.show_run", "hr", of("shared")),
    View("rounds.certificate", "hr", of("shared", "/certificate")),
    View("rounds.settings_page", "hr", lambda ids: f"/rounds/{ids.failed[0]}/settings"),
    View("rounds.settings_page", "architect", lambda ids: f"/rounds/{ids.following}/settings"),
    View("rounds.problems", "hr", lambda ids: f"/rounds/{ids.open}/data-quality"),
    View("rounds.problems", "architect", lambda ids: f"/rounds/{ids.failed[0]}/data-quality?kind=away"),
    View("rounds.show_run", "hr", of("published")),
    View("rounds.show_run", "hr", of("proposed")),
    View("rounds.show_run", "hr", of("proposed", "?show=look&q=zzzz")),
    View("rounds.show_run", "architect", of("proposed")),
    View("rounds.decisions", "hr", lambda ids: f"/rounds/{ids.proposed[0]}/decisions"),
    View("rounds.show_match", "hr", lambda ids: "/rounds/{}/runs/{}/matches/{}".format(*ids.match)),
    View("rounds.show_question", "hr", lambda ids: "/rounds/{}/runs/{}/questions/{}".format(*ids.question)),
    View("rounds.show_question", "architect", lambda ids: "/rounds/{}/runs/{}/questions/{}".format(*ids.question)),
    View("rounds.why_not", "hr", lambda ids: "/rounds/{}/runs/{}/why-not/{}/{}?name=a".format(*ids.seeker)),
    View("rounds.prices", "hr", of("proposed", "/prices")),
    View("rounds.prices", "hr", of("published", "/prices")),
    View("rounds.show_run", "hr", of("waiting")),
    View("rounds.show_run", "hr", of("failed")),
    View("rounds.left_out", "hr", of("proposed", "/left-out")),
    View("rounds.publish", "hr", of("proposed", "/publish")),
    View("rounds.certificate", "hr", of("published", "/certificate")),
    View("rounds.certificate", "architect", of("what_if", "/certificate")),
    View("rounds.show_run", "hr", of("what_if")),
    View("rounds.what_if", "hr", of("proposed", "/what-if")),
    View("rounds.use", "hr", of("what_if", "/use")),
    View("rounds.what_if", "architect", of("what_if", "/what-if")),
    View("rounds.compare", "hr", lambda ids: f"/rounds/{ids.published[0]}/compare"),
    View("rounds.compare", "hr", lambda ids: f"/rounds/{ids.compared[0]}/compare"),
    View("rounds.compare_pairs", "architect", lambda ids: "/rounds/{}/compare/{}/{}".format(*ids.compared)),
]  # fmt: skip


@dataclass(frozen=True)
class Refusal:
    """A form filled in wrongly: what is written in which field, and the button that sends it."""

    view: View
    button: str
    answers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.view.endpoint} {self.view.role}"


REFUSALS = [
    Refusal(View("auth.password", "employee", lambda ids: "/auth/password"), "Change"),
    Refusal(
        View("people.about", "employee", lambda ids: f"/people/{ids.person}/about"),
        "Save",
        {"bio": "x" * 5_000},
    ),
    Refusal(
        View("people.availability", "employee", lambda ids: f"/people/{ids.person}/availability"),
        "Save",
        {"hours_a_month": "999"},
    ),
    Refusal(
        View("people.mentoring", "employee", lambda ids: f"/people/{ids.person}/mentoring"),
        "Save offer and wish",
        {"mentor_capacity": "-3"},
    ),
    Refusal(View("people.pause", "employee", lambda ids: f"/people/{ids.person}/pause"), "Save"),
    Refusal(View("people.blocks", "employee", lambda ids: f"/people/{ids.person}/blocks?name=an"), "Add"),
    Refusal(
        View("mentorships.decline", "employee", lambda ids: f"/mentorships/{ids.proposal}/decline"), "Decline"
    ),
    Refusal(View("communities.new", "hr", lambda ids: "/communities/new"), "Found the community"),
    Refusal(
        View("communities.edit", "employee", lambda ids: f"/communities/{ids.own_community}/edit"),
        "Save the community",
        {"most_members": "501"},
    ),
    Refusal(
        View(
            "communities.invite", "employee", lambda ids: f"/communities/{ids.own_community}/invite?name=an"
        ),
        "Invite to",
    ),
    Refusal(
        View("communities.leads", "hr", lambda ids: f"/communities/{ids.own_community}/leads?name=an"),
        "Let them lead it",
    ),
    Refusal(View("skills.add_claim", "employee", lambda ids: "/skills/claims/add"), "Add the skill"),
    Refusal(View("skills.add_goal", "employee", lambda ids: "/skills/goals/add"), "Add the goal"),
    Refusal(
        View("skills.add_evidence", "employee", lambda ids: f"/skills/claims/{ids.claim}/evidence"), "Add"
    ),
    Refusal(
        View("rounds.what_if", "hr", of("proposed", "/what-if")), "Try it out", {"mentoring-skills": "101"}
    ),
    Refusal(
        View("programmes.people", "hr", lambda ids: "/programmes/mentoring/people"),
        "Save who may take part",
        {"mentee_lowest_grade": "99"},
    ),
    Refusal(
        View("programmes.new_question", "hr", lambda ids: "/programmes/mentoring/questions/new"),
        "Add the question",
    ),
    Refusal(
        View("programmes.messages", "hr", lambda ids: "/programmes/mentoring/messages"),
        "Save the messages",
        {"left_out": "Hello {nobody}"},
    ),
    Refusal(View("programmes.new", "hr", lambda ids: "/programmes/new"), "Create the programme"),
    Refusal(
        View("programmes.details", "hr", lambda ids: "/programmes/mentoring/details"),
        "Save name and hours",
        {"hours_a_month": "900"},
    ),
    Refusal(
        View("programmes.rules", "hr", lambda ids: "/programmes/mentoring/rules"),
        "Save the rules",
        {"shared_hours-minutes": "0"},
    ),
    Refusal(
        View("programmes.weights", "hr", lambda ids: "/programmes/mentoring/weights?by=numbers"),
        "Save the numbers",
        {"exact-skills": "101"},
    ),
    Refusal(
        View(
            "programmes.goals",
            "hr",
            lambda ids: "/programmes/mentoring/goals?draft=yes&goals=stable&goals=worst_match",
        ),
        "Save this order",
    ),
    Refusal(
        View("programmes.copy", "hr", lambda ids: "/programmes/mentoring/copy"),
        "Create the copy",
        {"name": ""},
    ),
    Refusal(
        View(
            "rounds.show_question", "hr", lambda ids: "/rounds/{}/runs/{}/questions/{}".format(*ids.question)
        ),
        "Choose and lock",
    ),
    Refusal(View("rounds.new", "hr", lambda ids: "/rounds/new"), "Create the round"),
    Refusal(
        View("rounds.closing_page", "hr", lambda ids: f"/rounds/{ids.published[0]}/closing"),
        "Add the decision",
    ),
    Refusal(
        View("rounds.closing_page", "hr", lambda ids: f"/rounds/{ids.published[0]}/closing"),
        "Complete the round",
    ),
    Refusal(
        View("rounds.enrolment", "employee", lambda ids: f"/rounds/{ids.open}/enrolment"),
        "Offer my places",
        {"places": "0"},
    ),
    Refusal(
        View("rounds.wishes", "employee", lambda ids: f"/rounds/{ids.open}/enrolment/1/wishes"),
        "Add to your list",
        {"name": "Nobody At All"},
    ),
    Refusal(
        View("rounds.late_joiners", "hr", lambda ids: f"/rounds/{ids.failed[0]}/enrolment/late?name=an"),
        "Add to the round",
    ),
]
