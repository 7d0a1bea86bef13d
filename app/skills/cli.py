"""Commands about the skill graph: `flask --app wsgi skills ...`."""

from flask.cli import AppGroup

group = AppGroup("skills", help="Load and renew the skill graph.")
