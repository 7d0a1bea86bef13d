"""Pages at `/mentorships`."""

from flask import Blueprint

bp = Blueprint("mentorships", __name__, url_prefix="/mentorships")
