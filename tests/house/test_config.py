"""Settings: read once, refused with a sentence when they are incomplete."""

import pytest

from app import config as settings
from app.config import Config, ConfigError

SECRET = "s" * 32


def test_a_secret_is_required():
    with pytest.raises(ConfigError, match="Set SECRET_KEY to a random text of at least 32 characters"):
        Config.from_environ({})


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://host/trellis", "DATABASE_URL must begin with"),
        ("TRELLIS_DEMO", "perhaps", "TRELLIS_DEMO is 'perhaps'. Set it to 1 or 0."),
        ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES is '-1'. Set it to a whole number."),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(variable, value, sentence):
    with pytest.raises(ConfigError, match=sentence):
        Config.from_environ({"SECRET_KEY": SECRET, variable: value})


def test_postgresql_is_reached_through_psycopg_however_it_is_spelt():
    for prefix in ("postgres", "postgresql", "postgresql+psycopg"):
        config = Config.from_environ({"SECRET_KEY": SECRET, "DATABASE_URL": f"{prefix}://db/trellis"})
        assert config.database_url == "postgresql+psycopg://db/trellis"


def test_the_queue_lies_beside_the_database_unless_told_otherwise():
    beside = Config.from_environ({"SECRET_KEY": SECRET, "DATABASE_URL": "sqlite:////srv/trellis.db"})
    assert beside.jobs_url == "sqlite:////srv/trellis-jobs.db"
    apart = Config.from_environ({"SECRET_KEY": SECRET, "JOBS_URL": "redis://localhost/1"})
    assert apart.jobs_url == "redis://localhost/1"


def test_cookies_are_secure_unless_it_is_the_demo(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "INSTANCE", tmp_path)
    assert Config.from_environ({"SECRET_KEY": SECRET}).secure_cookies
    assert not Config.from_environ({"TRELLIS_DEMO": "1"}).secure_cookies


def test_the_demo_keeps_one_secret_for_all_its_processes(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "INSTANCE", tmp_path)
    first = Config.from_environ({"TRELLIS_DEMO": "1"})
    second = Config.from_environ({"TRELLIS_DEMO": "1"})
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert (tmp_path / "demo_secret_key").stat().st_mode & 0o077 == 0


def test_the_demo_never_touches_the_real_database():
    assert Config.from_environ({"SECRET_KEY": SECRET, "TRELLIS_DEMO": "1"}).database_url.endswith("/demo.db")
    assert Config.from_environ({"SECRET_KEY": SECRET}).database_url.endswith("/trellis.db")
