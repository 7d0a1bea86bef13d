"""Settings of one installation, read once from the environment and frozen."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
INSTANCE = PROJECT / "instance"
SHORTEST_SECRET = 32


class ConfigError(RuntimeError):
    """A setting is missing or cannot be used; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that differs between two installations of Trellis."""

    secret_key: str
    database_url: str
    jobs_url: str
    demo: bool = False
    testing: bool = False
    secure_cookies: bool = True
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    support_contact: str = "your HR team"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read the settings.

        Raises:
            ConfigError: when `SECRET_KEY` is absent or short, or a URL names an unknown database.
        """
        demo = _switch(environ, "TRELLIS_DEMO", default=False)
        database_url = (
            environ.get("DATABASE_URL") or f"sqlite:///{INSTANCE / ('demo.db' if demo else 'trellis.db')}"
        )
        return cls(
            secret_key=_secret_key(environ, demo=demo),
            database_url=_database_url(database_url),
            jobs_url=environ.get("JOBS_URL") or _jobs_url_beside(database_url),
            demo=demo,
            secure_cookies=_switch(environ, "SECURE_COOKIES", default=not demo),
            trusted_hosts=tuple(
                host.strip() for host in environ.get("TRUSTED_HOSTS", "").split(",") if host.strip()
            ),
            trusted_proxies=_count(environ, "TRUSTED_PROXIES"),
            support_contact=environ.get("SUPPORT_CONTACT") or "your HR team",
        )


def _switch(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environ.get(name, "").strip().lower()
    if value in ("", "0", "no", "false", "off"):
        return default if value == "" else False
    if value in ("1", "yes", "true", "on"):
        return True
    raise ConfigError(f"{name} is {value!r}. Set it to 1 or 0.")


def _count(environ: Mapping[str, str], name: str) -> int:
    value = environ.get(name, "0")
    if not value.isdecimal():
        raise ConfigError(f"{name} is {value!r}. Set it to a whole number.")
    return int(value)


def _secret_key(environ: Mapping[str, str], *, demo: bool) -> str:
    secret = environ.get("SECRET_KEY", "")
    if not secret and demo:
        return _demo_secret(INSTANCE / "demo_secret_key")
    if len(secret) < SHORTEST_SECRET:
        raise ConfigError(
            f"Set SECRET_KEY to a random text of at least {SHORTEST_SECRET} characters, "
            "the same for every process: "
            'python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return secret


def _demo_secret(path: Path) -> str:
    """Keep one random secret for the demo, so that its web and worker processes agree."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()


def _database_url(url: str) -> str:
    if url.startswith("sqlite:///"):
        return url
    for prefix in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    raise ConfigError("DATABASE_URL must begin with sqlite:/// or postgresql://.")


def _jobs_url_beside(database_url: str) -> str:
    return (
        database_url.removesuffix(".db") + "-jobs.db"
        if database_url.startswith("sqlite:///")
        else database_url
    )
