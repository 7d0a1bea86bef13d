"""Skill graphs for generated companies: a small one written here, or ESCO read from its CSV files."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Family: area: skills in the order in which they are usually learnt.
STARTER = """
Data: Analysis: spreadsheets, descriptive statistics, data cleaning, dashboards, regression, experiment design
Data: Engineering: SQL, data modelling, Python scripting, data pipelines, data warehousing, stream processing
Data: Science: pandas, feature engineering, machine learning, model evaluation, deep learning
Software: Development: version control, unit testing, code review, API design, refactoring
Software: Web: HTML and CSS, JavaScript, accessibility testing, web performance, front-end frameworks
Software: Operations: Linux administration, networking, containers, continuous delivery, observability
Security: Protection: password hygiene, access control, threat modelling, penetration testing
Security: Privacy: data protection basics, records of processing, impact assessment, privacy engineering
Design: Research: interviewing users, usability testing, journey mapping, survey design, research synthesis
Design: Product: wireframing, interaction design, visual design, design systems, prototyping, service design
Product: Discovery: market research, problem framing, opportunity mapping, product strategy, pricing
Product: Delivery: backlog refinement, roadmapping, agile planning, release management, product analytics
Finance: Accounting: bookkeeping, accounts payable, month-end closing, financial reporting
Finance: Planning: budgeting, cost control, forecasting, financial modelling, valuation, treasury management
People: Recruitment: job descriptions, sourcing, structured interviewing, employer branding
People: Development: onboarding, giving feedback, coaching, training design, succession planning
People: Relations: employment law basics, mediation, performance reviews, pay and grading
Leadership: Self: time management, prioritisation, resilience, self-reflection, executive presence
Leadership: Teams: delegation, running meetings, motivating others, conflict resolution, leading change
Leadership: Organisation: decision making, stakeholder management, strategy, negotiation, crisis leadership
Communication: Writing: plain language, business writing, technical writing, editing, grant writing
Communication: Speaking: presenting, active listening, facilitation, storytelling, media interviews
Marketing: Digital: social media, e-mail campaigns, search engine optimisation, web analytics
Marketing: Brand: copywriting, brand guidelines, campaign planning, event management, brand strategy
Sales: Selling: prospecting, cold calling, discovery calls, solution selling, key account management
Sales: Service: customer support, complaint handling, service recovery, customer success, renewal negotiation
Operations: Supply: purchasing, inventory control, supplier evaluation, logistics planning
Operations: Quality: process mapping, root cause analysis, internal audit, lean management, six sigma
Operations: Projects: project planning, risk registers, earned value, programme management
Law: Contracts: contract reading, contract drafting, commercial law, intellectual property
Law: Compliance: anti-bribery rules, regulatory reporting, compliance monitoring, corporate governance
Care: Clinical: hand hygiene, patient communication, care planning, medication safety, clinical supervision
"""

# Skills of different areas that people tend to hold together.
RELATED = """
spreadsheets / budgeting, SQL / dashboards, SQL / product analytics, Python scripting / pandas
data cleaning / SQL, descriptive statistics / survey design, experiment design / product analytics
financial modelling / spreadsheets, web analytics / dashboards, accessibility testing / usability testing
prototyping / front-end frameworks, access control / Linux administration, privacy engineering / API design
interviewing users / discovery calls, active listening / coaching, active listening / patient communication
facilitation / running meetings, mediation / conflict resolution, giving feedback / performance reviews
giving feedback / code review, giving feedback / clinical supervision, negotiation / key account management
storytelling / brand strategy, plain language / copywriting, stakeholder management / programme management
agile planning / project planning, risk registers / internal audit, complaint handling / service recovery
strategy / product strategy, delegation / coaching, technical writing / API design
contract drafting / commercial law, purchasing / accounts payable
data protection basics / employment law basics, training design / facilitation
process mapping / service design, media interviews / crisis leadership
"""


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """A skill graph, and the bundles of skills that go with a line of work.

    ``nodes`` are (id, label, aliases), ``edges`` (from, kind, to). Each profile is a tuple of skill ids,
    the most common first; each department, by name, a tuple of profiles, the most common first.
    """

    nodes: tuple[tuple[str, str, tuple[str, ...]], ...]
    edges: tuple[tuple[str, str, str], ...]
    departments: dict[str, tuple[tuple[str, ...], ...]]


def starter_taxonomy() -> Taxonomy:
    """Return the graph written in this module: 14 families, 32 areas and about 170 skills."""
    ids: dict[str, str] = {}
    edges: list[tuple[str, str, str]] = []
    families: dict[str, list[list[str]]] = defaultdict(list)
    for line in STARTER.strip().splitlines():
        family, area, listed = (part.strip() for part in line.split(":"))
        parent = ids.setdefault(f"{family} skills", _identifier(family))
        group = ids.setdefault(f"{family}: {area.lower()}", _identifier(f"{family} {area}"))
        edges.append((group, "broader", parent))
        skills = [ids.setdefault(label, _identifier(label)) for label in listed.split(", ")]
        edges.extend((skill, "broader", group) for skill in skills)
        edges.extend((later, "requires", sooner) for sooner, later in zip(skills, skills[2:], strict=False))
        families[family].append(skills)
    for pair in RELATED.replace("\n", ", ").strip(", ").split(", "):
        left, right = pair.split(" / ")
        edges.append((ids[left], "related", ids[right]))
    return Taxonomy(
        nodes=tuple((identifier, label, ()) for label, identifier in ids.items()),
        edges=tuple(edges),
        departments={family: _profiles(areas, families) for family, areas in families.items()},
    )


def _identifier(label: str) -> str:
    """Return ``label`` in lower case with hyphens, as an id that reads."""
    return "-".join(label.lower().replace("&", "and").split())


def _profiles(areas: list[list[str]], families: dict[str, list[list[str]]]) -> tuple[tuple[str, ...], ...]:
    """Return one profile for each area: its own skills, then those of its neighbours and of every office."""
    everywhere = [area[0] for area in families["Communication"] + families["Leadership"]]
    profiles = []
    for area in areas:
        neighbours = [skill for other in areas if other is not area for skill in other[:3]]
        profiles.append(tuple(dict.fromkeys(area + everywhere + neighbours)))
    return tuple(profiles)


def read_esco(directory: Path) -> Taxonomy:
    """Read ESCO's English CSV files: skills, their groups, their relations, and occupations as profiles.

    Parameters
    ----------
    directory : Path
        Holds ``skills_en.csv``, ``skillGroups_en.csv``, ``broaderRelationsSkillPillar.csv``,
        ``skillSkillRelations.csv``, ``occupations_en.csv`` and ``occupationSkillRelations.csv``
        (version 1.2 adds ``_en`` to the names of the relation files; both are read).

    Raises
    ------
    ValueError
        A file is missing.

    Notes
    -----
    Relations that lead out of the files and self-loops are left out, as the files hold a few of both.
    Departments are the major and sub-major groups of ISCO-08, the first two digits of an occupation's code.

    References
    ----------
    European Commission, ESCO v1.1.1, https://esco.ec.europa.eu. This service uses the ESCO classification
    of the European Commission.
    """
    nodes: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for name in ("skills_en", "skillGroups_en"):
        for row in _rows(directory, name):
            identifier = _last_segment(row["conceptUri"])
            aliases = tuple(filter(None, (_clean(alias) for alias in row["altLabels"].split("\n"))))
            nodes.setdefault(identifier, (identifier, _clean(row["preferredLabel"]), aliases))
    edges = dict.fromkeys(
        edge
        for edge in _esco_edges(directory)
        if edge[0] != edge[2] and edge[0] in nodes and edge[2] in nodes
    )
    return Taxonomy(tuple(nodes.values()), tuple(edges), _esco_departments(directory, frozenset(nodes)))


def _esco_edges(directory: Path) -> Iterator[tuple[str, str, str]]:
    for row in _rows(directory, "broaderRelationsSkillPillar"):
        yield _last_segment(row["conceptUri"]), "broader", _last_segment(row["broaderUri"])
    kinds = {"essential": "requires", "optional": "related"}
    for row in _rows(directory, "skillSkillRelations"):
        yield (
            _last_segment(row["originalSkillUri"]),
            kinds[row["relationType"]],
            _last_segment(row["relatedSkillUri"]),
        )


def _esco_departments(directory: Path, known: frozenset[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Group the skills of each occupation, essential ones first, by the occupation's sub-major group."""
    skills: dict[str, dict[str, list[str]]] = defaultdict(lambda: {"essential": [], "optional": []})
    for row in _rows(directory, "occupationSkillRelations"):
        skill = _last_segment(row["skillUri"])
        if skill in known:
            skills[row["occupationUri"]][row["relationType"]].append(skill)
    departments: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in _rows(directory, "occupations_en"):
        listed = skills.get(row["conceptUri"])
        if listed and len(listed["essential"]) >= 4:
            departments[f"Group {row['iscoGroup'][:2]}"].append(
                tuple(listed["essential"] + listed["optional"])
            )
    return {name: tuple(profiles) for name, profiles in sorted(departments.items())}


def _rows(directory: Path, name: str) -> Iterator[dict[str, str]]:
    for candidate in (directory / f"{name}.csv", directory / f"{name}_en.csv"):
        if candidate.is_file():
            with candidate.open(encoding="utf-8-sig", newline="") as file:
                yield from csv.DictReader(file)
            return
    raise ValueError(f"The ESCO folder {directory} holds no file {name}.csv.")


def _last_segment(uri: str) -> str:
    return uri.rsplit("/", 1)[-1]


def _clean(label: str) -> str:
    """Return ``label`` with no-break spaces turned into spaces and zero-width ones dropped."""
    return " ".join(label.replace("\u200b", "").split())
