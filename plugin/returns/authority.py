"""What the policy leaves to whoever answers, and what needs somebody who may decide beyond it."""

from __future__ import annotations

from vefa.policy.decision import Decision
from vefa.policy.table import Kind, Payer

GRANTS = (
    Kind.ACCEPT_RETURN,
    Kind.EXCHANGE,
    Kind.REPLACE,
    Kind.CANCEL_REFUND_ALL,
    Kind.CANCEL_NOTHING_TO_PAY,
)


def may_accept(decision: Decision | None) -> bool:
    """Say whether accepting stays within what the policy decided."""
    return decision is None or decision.outcome is not Kind.REFUSE


def may_refuse(decision: Decision | None) -> bool:
    """Say whether refusing stays within what the policy decided: what it grants is not refused."""
    return decision is None or decision.outcome not in GRANTS


def may_pay(decision: Decision | None, payer: Payer, usual: Payer) -> bool:
    """Say whether it is within the policy that this one pays for the way back; ``usual`` is its general rule."""
    return payer is ((decision.payer if decision else None) or usual)
