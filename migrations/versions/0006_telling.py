"""Telling: saved searches, subscriptions, editions of the digest, the ledger of deliveries, alert rules.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
NEW = "alerts_told deliveries subscribers signing_keys saved_searches editions alert_rules".split()


def upgrade() -> None:
    _alert_rules()
    _editions()
    _saved_searches()
    _signing_keys()
    _subscribers()
    _deliveries()
    _alerts_told()


def downgrade() -> None:
    for table in NEW:
        op.drop_table(table)


def _alert_rules() -> None:
    op.create_table(
        "alert_rules",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("triggers", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("quiet_zone", sa.Text()),
        sa.Column("quiet_start", sa.Integer()),
        sa.Column("quiet_end", sa.Integer()),
        sa.Column("group_seconds", sa.Float(), nullable=False),
        sa.Column("hourly_limit", sa.Integer(), nullable=False),
        sa.Column("snoozed_until", TIME),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_rules"),
        sa.UniqueConstraint("name_key", name="uq_alert_rules_name_key"),
    )


def _editions() -> None:
    op.create_table(
        "editions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("period_start", TIME, nullable=False),
        sa.Column("period_end", TIME, nullable=False),
        sa.Column("covers_from", TIME, nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("composed_at", TIME, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("rendered", sa.LargeBinary(), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_editions"),
        sa.UniqueConstraint("stream", "period_start", name="uq_editions_stream_period_start"),
    )
    op.create_index("ix_editions_period_end", "editions", ["period_end"])


def _saved_searches() -> None:
    op.create_table(
        "saved_searches",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_searches"),
        sa.UniqueConstraint("name_key", name="uq_saved_searches_name_key"),
    )


def _signing_keys() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_signing_keys"),
    )


def _subscribers() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("recipient_key", sa.Text(), nullable=False),
        sa.Column("cadence", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("selection_key", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("skip_empty", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("confirmed_at", TIME),
        sa.Column("told_until", TIME),
        sa.Column("last_sent_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_subscribers"),
        sa.UniqueConstraint(
            "recipient_key", "cadence", "selection_key", name="uq_subscribers_recipient_key_cadence_selection_key"
        ),
    )
    op.create_index("ix_subscribers_state", "subscribers", ["state", "id"])
    op.create_index("ix_subscribers_stream", "subscribers", ["stream", "state"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("ledger_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("subscriber_id", KEY),
        sa.Column("edition_id", KEY),
        sa.Column("rule_id", KEY),
        sa.Column("period_start", TIME),
        sa.Column("period_end", TIME),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubtful", sa.Integer(), nullable=False),
        sa.Column("next_try_at", TIME),
        sa.Column("give_up_at", TIME, nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("composed_at", TIME, nullable=False),
        sa.Column("sent_at", TIME),
        sa.Column("claimed_by", sa.Text()),
        sa.Column("claimed_until", TIME),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name="fk_deliveries_edition_id_editions", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["alert_rules.id"], name="fk_deliveries_rule_id_alert_rules", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name="fk_deliveries_subscriber_id_subscribers", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("ledger_key", name="uq_deliveries_ledger_key"),
    )
    op.create_index("ix_deliveries_edition_id", "deliveries", ["edition_id"])
    op.create_index("ix_deliveries_next_try_at", "deliveries", ["next_try_at", "id"])
    op.create_index("ix_deliveries_rule_id", "deliveries", ["rule_id", "composed_at"])
    op.create_index("ix_deliveries_state", "deliveries", ["state", "composed_at"])
    op.create_index("ix_deliveries_subscriber_id", "deliveries", ["subscriber_id", "period_start"])


def _alerts_told() -> None:
    op.create_table(
        "alerts_told",
        sa.Column("id", KEY, nullable=False),
        sa.Column("rule_id", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("story_id", KEY),
        sa.Column("at", TIME, nullable=False),
        sa.Column("delivery_id", KEY),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name="fk_alerts_told_delivery_id_deliveries", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["alert_rules.id"], name="fk_alerts_told_rule_id_alert_rules", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_alerts_told"),
        sa.UniqueConstraint("rule_id", "key", name="uq_alerts_told_rule_id_key"),
    )
    op.create_index("ix_alerts_told_at", "alerts_told", ["at"])
    op.create_index("ix_alerts_told_delivery_id", "alerts_told", ["delivery_id"])
    op.create_index("ix_alerts_told_story_id", "alerts_told", ["rule_id", "story_id"])
