"""Trellis: a mentorship and community-of-practice matching platform."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import auth, cli, db, errors, jobs, models, tasks, web
from app.auth.routes import bp as auth_bp
from app.communities.pages import bp as communities_bp
from app.config import PROJECT, Config
from app.home.routes import bp as home_bp
from app.mentorships.routes import bp as mentorships_bp
from app.notifications.routes import bp as notifications_bp
from app.peers.routes import bp as peers_bp
from app.people.routes import bp as people_bp
from app.programmes.pages import bp as programmes_bp
from app.rounds.pages import bp as rounds_bp
from app.skills.routes import bp as skills_bp

__all__ = ["create_app", "models", "tasks"]

LARGEST_REQUEST = 2 * 1024 * 1024


def create_app(config: Config | None = None) -> Flask:
    """Build the application: every start-up step, in order.

    Raises:
        ConfigError: when the environment is incomplete.
    """
    config = config or Config.from_environ()
    app = Flask(__name__, template_folder=str(PROJECT / "templates"))
    app.config.from_mapping(flask_settings(config))
    app.extensions["trellis"] = config
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.trusted_proxies, x_proto=config.trusted_proxies)  # type: ignore[method-assign]
    db.init_app(app)
    web.init_app(app)
    auth.init_app(app)
    errors.init_app(app)
    jobs.init_app(app, config)
    cli.init_app(app)
    for blueprint in (
        home_bp,
        auth_bp,
        people_bp,
        skills_bp,
        programmes_bp,
        rounds_bp,
        mentorships_bp,
        peers_bp,
        communities_bp,
        notifications_bp,
    ):
        app.register_blueprint(blueprint)
    return app


def flask_settings(config: Config) -> dict[str, object]:
    """Translate our settings into those of Flask and its extensions."""
    return {
        "SECRET_KEY": config.secret_key,
        "TESTING": config.testing,
        "TRUSTED_HOSTS": list(config.trusted_hosts) or None,
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": db.engine_options(config.database_url),
        "SESSION_COOKIE_NAME": "__Host-trellis" if config.secure_cookies else "trellis",
        "SESSION_COOKIE_SECURE": config.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SECURE_COOKIES": config.secure_cookies,
        "WTF_CSRF_TIME_LIMIT": None,
    }
