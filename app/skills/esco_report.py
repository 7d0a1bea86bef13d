"""An import of ESCO in words: what the release holds, what was put right, what changes."""

from collections.abc import Iterator

from app.skills.esco import Release
from app.skills.esco_import import Counts
from app.skills.models import EdgeKind
from app.words import number, plural

# What is worth telling of a release, and what was done about it.
FINDINGS = {
    "unseen spaces": "texts with no-break or zero-width spaces, made plain",
    "texts with HTML": "notes with HTML, of which the words were kept",
    "skills without type": "skills without a type, which changes nothing here",
    "labels borne by several": "labels of several skills or groups; a search shows all of them",
    "relations that state another type": "relations that state another type than the skill does",
    "relations of a skill to itself": "relations of a skill to itself, left out",
    "relations to what is not there": "relations to or from what is not in the release, left out",
    "relations of unknown type": "relations neither essential nor optional, left out",
    "relations in a circle": "relations that lead in a circle, left out",
    "not in force": "skills or groups marked obsolete, left out",
    "without label, or twice": "skills or groups without a label or listed twice, left out",
    "skills below several": "skills and groups below more than one other, all kept",
}


def release_lines(release: Release) -> Iterator[str]:
    """Yield what a release holds and what was found amiss in it."""
    found = release.found
    kinds = {kind: sum(of_kind is kind for _, of_kind, _ in release.edges) for kind in EdgeKind}
    aliases = plural(sum(len(concept.aliases) for concept in release.concepts.values()), "alias", "aliases")
    edges = ", ".join(f"{number(count)} {kind}" for kind, count in kinds.items())
    skills = f"{plural(found['skills'], 'skill')} and {plural(found['groups'], 'group')} of skills"
    yield f"The release holds {skills}, {aliases} and {plural(len(release.edges), 'edge')} ({edges})."
    for finding, sentence in FINDINGS.items():
        if found[finding]:
            yield f"  {number(found[finding]):>6} {sentence}"


def difference_line(counts: Counts, *, would: bool) -> str:
    """Say what a release changes, or would change."""
    if not counts.changes_anything:
        return "The skills of ESCO are as in this release already: nothing changes."
    said = [
        f"{'Would change' if would else 'Changed'}: "
        f"skills {number(counts.added)} added, {number(counts.relabelled)} relabelled, "
        f"{number(counts.described)} described anew, {number(counts.deprecated)} deprecated, "
        f"{number(counts.restored)} taken back into use; "
        f"aliases {number(counts.aliases_added)} added, {number(counts.aliases_removed)} removed; "
        f"edges {number(counts.edges_added)} added, {number(counts.edges_removed)} removed."
    ]
    if counts.kept_in_use:
        said.append(f"In use and deprecated: {number(counts.kept_in_use)}; their claims and goals stay.")
    return " ".join(said)
