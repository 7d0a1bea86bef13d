"""The task queue: the same code on each of its storages."""

import pytest
from huey.storage import RedisStorage

from app import jobs
from app.config import ConfigError


def test_a_task_survives_in_the_storage_until_it_is_taken(databases, own_database, tmp_path):
    url = own_database if databases.kind == "postgresql" else f"sqlite:///{tmp_path / 'jobs.db'}"
    writer, reader = jobs.storage_at(url), jobs.storage_at(url)

    writer.enqueue(b"solve 7")

    assert reader.dequeue() == b"solve 7"
    assert writer.dequeue() is None
    writer.close()
    reader.close()


def test_redis_is_chosen_by_its_url():
    assert isinstance(jobs.storage_at("redis://localhost:6379/3"), RedisStorage)


def test_an_unknown_queue_is_refused_with_a_sentence():
    with pytest.raises(ConfigError, match="JOBS_URL must begin with"):
        jobs.storage_at("amqp://localhost")
