"""How Alembic runs: one transaction for all steps, and on SQLite with foreign keys checked at the end."""

import logging

from alembic import context
from flask import current_app
from sqlalchemy import Connection

log = logging.getLogger("alembic.env")
QUEUE_TABLES = {"kv", "schedule", "task", "counter"}  # huey's own, when the queue shares the database

migrate = current_app.extensions["migrate"]
engine = migrate.db.engine
metadata = migrate.db.metadata


def is_ours(_object: object, name: str | None, kind: str, reflected: bool, _compared: object) -> bool:
    """Leave the queue's tables alone."""
    return not (kind == "table" and reflected and name in QUEUE_TABLES)


def foreign_keys(connection: Connection, *, on: bool) -> None:
    """Batch mode rebuilds tables; with foreign keys on, ON DELETE CASCADE would empty their children."""
    if connection.dialect.name == "sqlite":
        connection.connection.dbapi_connection.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")


def check_foreign_keys(connection: Connection) -> None:
    """Refuse to commit a migration that left a dangling reference."""
    if connection.dialect.name == "sqlite":
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if dangling:
            raise RuntimeError(
                f"the migration leaves {len(dangling)} dangling references, first {dangling[0]}"
            )


def render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """Write our own types as plain SQLAlchemy ones: a migration never imports the application."""
    return "sa.DateTime(timezone=True)" if kind == "type" and type(item).__name__ == "UtcDateTime" else False


def drop_empty(_context: object, _revision: object, directives: list) -> None:
    """Write no file when nothing changed."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def run() -> None:
    """Run the migrations on the application's database."""
    options = {**migrate.configure_args, "process_revision_directives": drop_empty}
    with engine.connect() as connection:
        foreign_keys(connection, on=False)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET lock_timeout = '10s'")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_object=is_ours,
            render_item=render_item,
            transactional_ddl=True,
            compare_server_default=True,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()
            check_foreign_keys(connection)
        connection.commit()
        foreign_keys(connection, on=True)


if context.is_offline_mode():
    raise SystemExit("Trellis migrates a live database only.")
run()
