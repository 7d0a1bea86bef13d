"""Pages at `/communities`: those there are, each as its reader sees it, and what its leads and HR set up."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import access
from app.access import Permission, guard
from app.communities import queries, service, words
from app.communities.forms import DirectoryForm, SettingsForm, settings_form
from app.communities.matched import Matched, as_told
from app.communities.models import Joining
from app.communities.queries import Seen
from app.db import db
from app.errors import Invalid
from app.skills.queries import skills_named
from app.text import folded
from app.web import accepted, page, page_number, see_other

bp = Blueprint("communities", __name__, url_prefix="/communities")


def seen_by_reader(slug: str) -> Seen:
    """Return a community as whoever is signed in sees it."""
    return queries.community_seen(slug, reader_id=current_user.person_id)


@bp.get("")
@guard(Permission.COMMUNITY_LIST)
def index() -> ResponseReturnValue:
    """Show the reader's communities, those that would suit them, and all as filtered."""
    form = DirectoryForm(request.args)
    in_archive = request.args.get("show") == "archived"
    filters = _filters(form, in_archive=in_archive)
    pages, rows = queries.communities(filters, page=page_number())
    return page(
        "communities/index.html",
        status=422 if form.errors else 200,
        form=form,
        pages=pages,
        rows=rows,
        own=queries.own_rows(current_user.person_id),
        suggested=queries.suggestions(current_user.person_id),
        in_archive=in_archive,
        filtered=any(value for name, value in request.args.items() if name not in ("page", "show")),
        may_found=access.can(Permission.COMMUNITY_KEEP),
        words=words,
    )


def _filters(form: DirectoryForm, *, in_archive: bool) -> queries.Filters:
    """Return what the form asks for; a part that was refused finds nothing."""
    skill_ids = None
    if form.validate() and form.skill.data:
        skill_ids = skills_named([form.skill.data])[folded(form.skill.data)]
        accepted(form, lambda: _check_skill_is_known(form, skill_ids))
    if form.errors:
        return queries.Filters(skill_ids=frozenset(), archived=in_archive)
    joining = Joining(form.joining.data) if form.joining.data else None
    return queries.Filters(form.q.data or "", skill_ids, joining, archived=in_archive)


def _check_skill_is_known(form: DirectoryForm, skill_ids: frozenset[int] | None) -> None:
    if not skill_ids:
        raise Invalid(
            f"No skill is called “{form.skill.data}”. Look for its name under Skills.", field="skill"
        )


@bp.get("/new")
@guard(Permission.COMMUNITY_KEEP)
def new() -> ResponseReturnValue:
    """Ask what a new community is about."""
    usual = {"joining": Joining.OPEN, "least_members": 3, "most_members": 25}
    return page("communities/new.html", form=SettingsForm(data=usual), words=words)


@bp.post("/new")
@guard(Permission.COMMUNITY_KEEP)
def create() -> ResponseReturnValue:
    """Begin a community, and lead on to who leads it."""
    form = SettingsForm()
    made = []

    def command() -> None:
        made.append(service.found_community(form.settings(), by=current_user))

    if form.validate() and accepted(form, command):
        db.session.commit()
        message = f"{made[0].name} is there. Say who leads it."
        return see_other("communities.leads", slug=made[0].slug, message=message)
    return page("communities/new.html", status=422, form=form, words=words)


@bp.get("/<slug>")
@guard(Permission.COMMUNITY_SEE, load=seen_by_reader)
def show(seen: Seen) -> ResponseReturnValue:
    """Show a community: what it is for, who leads it, and who is in it as far as the reader may see."""
    community = seen.community
    may_see = access.can(Permission.COMMUNITY_MEMBERS, seen)
    may_edit = access.can(Permission.COMMUNITY_EDIT, seen)
    return page(
        "communities/show.html",
        seen=seen,
        community=community,
        count=queries.count_of_members(community),
        members=queries.members_of(community, page=page_number()) if may_see else None,
        requests=queries.waiting_requests(community, invitations=False) if may_edit else [],
        matched=_why(seen),
        may_edit=may_edit,
        may_keep=access.can(Permission.COMMUNITY_KEEP),
        may_join=access.can(Permission.COMMUNITY_JOIN, seen),
        words=words,
    )


@bp.route("/<slug>/edit", methods=["GET", "POST"])
@guard(Permission.COMMUNITY_EDIT, load=seen_by_reader)
def edit(seen: Seen) -> ResponseReturnValue:
    """Change what a community is about, how people join it, and its sizes."""
    community = seen.community
    form = settings_form(community)

    def command() -> None:
        service.change_community(community, form.settings(), by=current_user)

    if request.method == "POST" and form.validate() and accepted(form, command):
        db.session.commit()
        return see_other("communities.show", slug=community.slug, message="Saved.")
    status = 422 if request.method == "POST" else 200
    return page("communities/edit.html", status=status, form=form, community=community, words=words)


@bp.post("/<slug>/archive")
@guard(Permission.COMMUNITY_KEEP, load=seen_by_reader)
def archive(seen: Seen) -> ResponseReturnValue:
    """Put a community into the archive."""
    return _done(seen, service.archive_community, "It is in the archive. You can restore it.")


@bp.post("/<slug>/restore")
@guard(Permission.COMMUNITY_KEEP, load=seen_by_reader)
def restore(seen: Seen) -> ResponseReturnValue:
    """Take a community out of the archive."""
    return _done(seen, service.restore_community, "It is in use again.")


def _why(seen: Seen) -> Matched | None:
    """Return why the reader was matched, if they were."""
    if seen.own is None or seen.own.points is None:
        return None
    return as_told(seen.own, seen.community, seen.own.person.name)


def _done(seen: Seen, command: Callable[..., Any], message: str) -> ResponseReturnValue:
    command(seen.community, by=current_user)
    db.session.commit()
    return see_other("communities.show", slug=seen.community.slug, message=message)
