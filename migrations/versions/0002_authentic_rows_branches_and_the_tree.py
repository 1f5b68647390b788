"""Codes on every row, two branches of data keys, the Merkle tree, search tags, attachments and erasure."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

VERSIONED = ("account", "case_file", "document", "handover", "report")  # these had a version already
UNVERSIONED = (
    "api_token",
    "approval",
    "assignment",
    "clock",
    "deployment",
    "register_counter",
    "stay",
    "unit",
)


def upgrade() -> None:
    for table in (*VERSIONED, *UNVERSIONED, "idempotency_record", "web_session"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(
                sa.Column("mac", sa.LargeBinary(32), nullable=False, server_default=sa.text("''"))
            )
            if table in UNVERSIONED:
                batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
            if table == "deployment":
                batch.add_column(sa.Column("generation", sa.Integer(), nullable=False, server_default="1"))
            if table == "case_file":
                batch.add_column(sa.Column("keep_until", sa.Date(), nullable=True))
                batch.add_column(sa.Column("held_at", sa.DateTime(), nullable=True))
                batch.add_column(sa.Column("erased_at", sa.DateTime(), nullable=True))
        with op.batch_alter_table(table) as batch:  # the program gives these values from now on
            batch.alter_column("mac", existing_type=sa.LargeBinary(32), server_default=None)
            if table in UNVERSIONED:
                batch.alter_column("version", existing_type=sa.Integer(), server_default=None)
            if table == "deployment":
                batch.alter_column("generation", existing_type=sa.Integer(), server_default=None)
    _branches()
    _new_tables()
    op.create_index("ix_ledger_actor", "ledger_entry", ["actor_id", "action", "at"])
    final = sa.text("action IN ('case:erased', 'report:erased', 'token:revoked')")
    op.create_index(
        "ix_ledger_final", "ledger_entry", ["subject_id"], postgresql_where=final, sqlite_where=final
    )


def _branches() -> None:
    # A key from before opens identities too, so it belongs to the stricter branch.
    with op.batch_alter_table("sealed_value") as batch:
        batch.drop_constraint("fk_sealed_value_owner_id_data_key", type_="foreignkey")
        batch.drop_index("ix_sealed_value_owner_id")
        batch.add_column(sa.Column("branch", sa.String(10), nullable=False, server_default="identity"))
        batch.add_column(sa.Column("key_number", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("mac", sa.LargeBinary(32), nullable=False, server_default=sa.text("''")))
    with op.batch_alter_table("data_key") as batch:
        batch.drop_constraint("pk_data_key", type_="primary")
        batch.drop_index("ix_data_key_root_key_id")
        batch.add_column(sa.Column("branch", sa.String(10), nullable=False, server_default="identity"))
        batch.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("destroyed_at", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("mac", sa.LargeBinary(32), nullable=False, server_default=sa.text("''")))
        batch.alter_column("wrapped", existing_type=sa.LargeBinary(), nullable=True)
        batch.create_primary_key("pk_data_key", ["owner_id", "branch", "number"])
        batch.create_index("ix_data_key_root", ["root_key_id", "owner_id", "branch", "number"])
    with op.batch_alter_table("data_key") as batch:
        for column, type_ in (("branch", sa.String(10)), ("number", sa.Integer()), ("version", sa.Integer())):
            batch.alter_column(column, existing_type=type_, existing_nullable=False, server_default=None)
        batch.alter_column("mac", existing_type=sa.LargeBinary(32), server_default=None)
    with op.batch_alter_table("sealed_value") as batch:
        for column, type_ in (
            ("branch", sa.String(10)),
            ("key_number", sa.Integer()),
            ("revision", sa.Integer()),
            ("mac", sa.LargeBinary(32)),
        ):
            batch.alter_column(column, existing_type=type_, existing_nullable=False, server_default=None)
        batch.create_foreign_key(
            "fk_sealed_value_data_key",
            "data_key",
            ["owner_id", "branch", "key_number"],
            ["owner_id", "branch", "number"],
        )
        batch.create_index("ix_sealed_value_key", ["owner_id", "branch", "key_number"])


def _new_tables() -> None:
    op.create_table(
        "ledger_leaf",
        sa.Column("position", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_ledger_leaf"),
    )
    op.create_index("uq_ledger_leaf_entry", "ledger_leaf", ["lane", "counter"], unique=True)
    op.create_table(
        "ledger_tile",
        sa.Column("level", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name="pk_ledger_tile"),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("size", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_ledger_checkpoint"),
    )
    op.create_table(
        "search_tag",
        sa.Column("tag", sa.LargeBinary(16), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("pointer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tag", name="pk_search_tag"),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("media_type", sa.String(60), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("branch", sa.String(10), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mac", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_attachment_case_id_case_file"),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name="fk_attachment_created_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_attachment"),
    )
    op.create_index("ix_attachment_case_id", "attachment", ["case_id"])
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(60), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("mac", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_erasure_case_id_case_file"),
        sa.ForeignKeyConstraint(["requested_by"], ["account.id"], name="fk_erasure_requested_by_account"),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name="fk_erasure_decided_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
    )
    op.create_index("ix_erasure_case_id", "erasure", ["case_id"])


def downgrade() -> None:
    op.drop_index("ix_ledger_actor", "ledger_entry")
    for table in ("erasure", "attachment", "search_tag", "ledger_checkpoint", "ledger_tile", "ledger_leaf"):
        op.drop_table(table)
    # What was sealed under the newer branches cannot be read by the older program; only the shape goes back.
    with op.batch_alter_table("sealed_value") as batch:
        batch.drop_constraint("fk_sealed_value_data_key", type_="foreignkey")
        batch.drop_index("ix_sealed_value_key")
        for column in ("branch", "key_number", "revision", "mac"):
            batch.drop_column(column)
    op.execute("DELETE FROM data_key WHERE number > 1 OR branch <> 'identity' OR wrapped IS NULL")
    with op.batch_alter_table("data_key") as batch:
        batch.drop_constraint("pk_data_key", type_="primary")
        batch.drop_index("ix_data_key_root")
        for column in ("branch", "number", "destroyed_at", "version", "mac"):
            batch.drop_column(column)
        batch.alter_column("wrapped", existing_type=sa.LargeBinary(), nullable=False)
        batch.create_primary_key("pk_data_key", ["owner_id"])
        batch.create_index("ix_data_key_root_key_id", ["root_key_id"])
    with op.batch_alter_table("sealed_value") as batch:
        batch.create_foreign_key("fk_sealed_value_owner_id_data_key", "data_key", ["owner_id"], ["owner_id"])
        batch.create_index("ix_sealed_value_owner_id", ["owner_id"])
    gone = {"deployment": ("generation",), "case_file": ("keep_until", "held_at", "erased_at")}
    for table in (*VERSIONED, *UNVERSIONED, "idempotency_record", "web_session"):
        columns = ("mac", *(("version",) if table in UNVERSIONED else ()), *gone.get(table, ()))
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)
