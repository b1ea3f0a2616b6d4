"""Runs migrations on the connection that the caller opened, with a version table of Vefa's own."""

from alembic import context

from vefa.cli.migrate import VERSION_TABLE
from vefa.database import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
