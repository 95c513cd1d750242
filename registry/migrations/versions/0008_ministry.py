"""What authorities are listed by: their level and their ministry, so that thousands need not be read to find some.

Revision ID: 0008
Revises: 0007
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

LISTED = ("level", "ministry", "ministry_en")


def upgrade() -> None:
    for name in LISTED:
        op.add_column("authority", sa.Column(name, sa.Text(), nullable=False, server_default=sa.text("''")))
    op.create_index("authority_ministry", "authority", ["ministry"])
    authority = sa.table("authority", sa.column("id"), sa.column("document"), *map(sa.column, LISTED))
    connection = op.get_bind()
    for row in connection.execute(sa.select(authority.c.id, authority.c.document)).all():
        document = json.loads(row.document)
        ministry = document.get("ministry") or {}
        listed = {
            "level": document.get("level", ""),
            "ministry": ministry.get("th", ""),
            "ministry_en": ministry.get("en", ""),
        }
        connection.execute(authority.update().where(authority.c.id == row.id).values(listed))
