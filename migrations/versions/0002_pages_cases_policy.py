"""Create the tables of feedback, cases, policy and returns"""

import sqlalchemy as sa
from alembic import op

from vefa.database import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answered",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(length=300), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "order_id", name=op.f("pk_answered")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "answers",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=700), nullable=False),
        sa.Column("order_id", sa.String(length=300), nullable=False),
        sa.Column("holder", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.Column("has_words", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("message_id", sa.String(length=36), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_answers")),
        sqlite_with_rowid=True,
    )
    op.create_index(op.f("ix_answers_store_id_at"), "answers", ["store_id", "at"], unique=False)
    op.create_index(
        op.f("ix_answers_store_id_holder_at"), "answers", ["store_id", "holder", "at"], unique=False
    )
    op.create_index(op.f("ix_answers_store_id_order_id"), "answers", ["store_id", "order_id"], unique=False)
    op.create_table(
        "case_entries",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=700), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=True),
        sa.Column("author_id", sa.String(length=36), nullable=True),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_case_entries")),
        sa.UniqueConstraint("store_id", "case_id", "key", name=op.f("uq_case_entries_store_id_case_id_key")),
        sqlite_with_rowid=True,
    )
    op.create_index(
        op.f("ix_case_entries_store_id_case_id_at"),
        "case_entries",
        ["store_id", "case_id", "at"],
        unique=False,
    )
    op.create_index(op.f("ix_case_entries_store_id_key"), "case_entries", ["store_id", "key"], unique=False)
    op.create_table(
        "case_views",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("history_seen_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "case_id", "account_id", name=op.f("pk_case_views")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cases",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=300), nullable=False),
        sa.Column("order_id", sa.String(length=300), nullable=True),
        sa.Column("order_number", sa.String(length=100), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("assignee_id", sa.String(length=36), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("last_customer_at", Instant(), nullable=False),
        sa.Column("first_replied_at", Instant(), nullable=True),
        sa.Column("last_replied_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("legal_due_at", Instant(), nullable=True),
        sa.Column("rank_at", Instant(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("expected", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_cases")),
        sa.UniqueConstraint("store_id", "number", name=op.f("uq_cases_store_id_number")),
        sqlite_with_rowid=True,
    )
    op.create_index(
        "ix_cases_assigned",
        "cases",
        ["store_id", "assignee_id", "state", "rank_at", "id", "legal_due_at"],
        unique=False,
    )
    op.create_index(
        "ix_cases_closed",
        "cases",
        ["store_id", "closed_at", "id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_legal",
        "cases",
        ["store_id", "state", "legal_due_at", "id"],
        unique=False,
        sqlite_where=sa.text("legal_due_at IS NOT NULL"),
        postgresql_where=sa.text("legal_due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_cases_ranked",
        "cases",
        ["store_id", "state", "rank_at", "id", "due_at", "legal_due_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_cases_store_id_holder_opened_at"), "cases", ["store_id", "holder", "opened_at"], unique=False
    )
    op.create_index(
        op.f("ix_cases_store_id_opened_at_id"), "cases", ["store_id", "opened_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_cases_store_id_order_id_opened_at"),
        "cases",
        ["store_id", "order_id", "opened_at"],
        unique=False,
    )
    op.create_table(
        "decision_records",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("order_id", sa.String(length=300), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.String(length=40), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_decision_records")),
        sqlite_with_rowid=True,
    )
    op.create_index(
        op.f("ix_decision_records_store_id_at"), "decision_records", ["store_id", "at"], unique=False
    )
    op.create_index(
        op.f("ix_decision_records_store_id_order_id"),
        "decision_records",
        ["store_id", "order_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_decision_records_store_id_subject_at"),
        "decision_records",
        ["store_id", "subject", "at"],
        unique=False,
    )
    op.create_table(
        "given_promises",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("order_id", sa.String(length=300), nullable=True),
        sa.Column("holder", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("not_before", Instant(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(length=36), nullable=True),
        sa.Column("owner_id", sa.String(length=36), nullable=True),
        sa.Column("kept_at", Instant(), nullable=True),
        sa.Column("released_at", Instant(), nullable=True),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "case_id", "id", name=op.f("pk_given_promises")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_given_promises_open",
        "given_promises",
        ["store_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("kept_at IS NULL AND released_at IS NULL AND superseded_at IS NULL"),
        postgresql_where=sa.text("kept_at IS NULL AND released_at IS NULL AND superseded_at IS NULL"),
    )
    op.create_table(
        "holds",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=300), nullable=False),
        sa.Column("placed_by", sa.String(length=80), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "holder", "placed_by", name=op.f("pk_holds")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_holds_store_id_placed_by_lifted_at"),
        "holds",
        ["store_id", "placed_by", "lifted_at"],
        unique=False,
    )
    op.create_table(
        "page_forms",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=300), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "digest", name=op.f("pk_page_forms")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_page_forms_at"), "page_forms", ["at"], unique=False)
    op.create_index(
        op.f("ix_page_forms_store_id_holder_at"), "page_forms", ["store_id", "holder", "at"], unique=False
    )
    op.create_table(
        "policies",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=36), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "version", name=op.f("pk_policies")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "returns",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(length=300), nullable=False),
        sa.Column("order_number", sa.String(length=100), nullable=False),
        sa.Column("holder", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("store_ref", sa.String(length=200), nullable=True),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("wanted", sa.String(length=20), nullable=False),
        sa.Column("sealed_words", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("received_at", Instant(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("refund_id", sa.String(length=200), nullable=True),
        sa.Column("refund_due_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_returns")),
        sa.UniqueConstraint("store_id", "code", name=op.f("uq_returns_store_id_code")),
        sa.UniqueConstraint("store_id", "number", name=op.f("uq_returns_store_id_number")),
        sa.UniqueConstraint(
            "store_id", "order_id", "store_ref", name=op.f("uq_returns_store_id_order_id_store_ref")
        ),
        sqlite_with_rowid=True,
    )
    op.create_index(
        op.f("ix_returns_store_id_holder_requested_at"),
        "returns",
        ["store_id", "holder", "requested_at"],
        unique=False,
    )
    op.create_index(op.f("ix_returns_store_id_order_id"), "returns", ["store_id", "order_id"], unique=False)
    op.create_index(
        op.f("ix_returns_store_id_order_number"), "returns", ["store_id", "order_number"], unique=False
    )
    op.create_index(
        op.f("ix_returns_store_id_requested_at"), "returns", ["store_id", "requested_at"], unique=False
    )
    op.create_index(
        op.f("ix_returns_store_id_state_refund_due_at_id"),
        "returns",
        ["store_id", "state", "refund_due_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_returns_store_id_state_requested_at"),
        "returns",
        ["store_id", "state", "requested_at"],
        unique=False,
    )
    op.create_table(
        "staff_messages",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_staff_messages")),
        sa.UniqueConstraint(
            "store_id",
            "account_id",
            "kind",
            "key",
            name=op.f("uq_staff_messages_store_id_account_id_kind_key"),
        ),
        sqlite_with_rowid=True,
    )
    op.create_index(op.f("ix_staff_messages_state"), "staff_messages", ["state"], unique=False)
    op.create_table(
        "suppressions",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("recipient_index", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "recipient_index", "kind", name=op.f("pk_suppressions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "earlier_settings",
        sa.Column("store_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_earlier_settings_store_id_stores")
        ),
        sa.PrimaryKeyConstraint("store_id", "until", name=op.f("pk_earlier_settings")),
    )
    op.add_column("accounts", sa.Column("last_seen", Instant(), nullable=True))
    op.add_column("memberships", sa.Column("digest", sa.Boolean(), nullable=True))
    op.add_column("messages", sa.Column("case_id", sa.String(length=36), nullable=True))
    op.add_column("messages", sa.Column("references", sa.Text(), nullable=True))
    op.drop_index(op.f("ix_messages_store_id_written_at"), table_name="messages")
    op.create_index(op.f("ix_messages_store_id_case_id"), "messages", ["store_id", "case_id"], unique=False)
    op.create_index(
        op.f("ix_messages_store_id_holder_written_at"),
        "messages",
        ["store_id", "holder", "written_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_messages_store_id_order_id_state"),
        "messages",
        ["store_id", "order_id", "state"],
        unique=False,
    )
    op.create_index(
        "ix_messages_written",
        "messages",
        ["store_id", "written_at", "purpose", "state", "shadow", "contradicted_at"],
        unique=False,
    )
    op.add_column("orders", sa.Column("service", sa.Text(), nullable=True))
    op.drop_index(op.f("ix_orders_store_id_holder"), table_name="orders")
    op.create_index(
        op.f("ix_orders_store_id_holder_placed_at"),
        "orders",
        ["store_id", "holder", "placed_at"],
        unique=False,
    )
    op.create_index(
        "ix_orders_unknown",
        "orders",
        ["store_id", "placed_at"],
        unique=False,
        sqlite_where=sa.text("status = 'unknown'"),
        postgresql_where=sa.text("status = 'unknown'"),
    )
    op.add_column(
        "sign_in_links", sa.Column("purpose", sa.String(length=20), server_default="password", nullable=False)
    )
    op.add_column("sign_in_links", sa.Column("role", sa.String(length=20), nullable=True))
