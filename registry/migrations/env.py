"""Alembic's entry: runs on the connection that `registry.database` hands over, inside its transaction."""

from alembic import context

from registry.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
