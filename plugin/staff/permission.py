"""What each role may do: one table, asked by every screen."""

from __future__ import annotations

from enum import StrEnum

from vefa.staff.account import Role


class Act(StrEnum):
    """Something that not every member may do.

    ``answer``: work on cases and returns within the policy. ``approve``: decide beyond the policy's limits.
    ``policy``: edit and publish the policy. ``outreach``: switch, stop and test messages. ``settings``: change how
    the store is watched. ``team``: invite, change and remove members. ``connect``: add stores and change secrets.
    """

    ANSWER = "answer"
    APPROVE = "approve"
    POLICY = "policy"
    OUTREACH = "outreach"
    SETTINGS = "settings"
    TEAM = "team"
    CONNECT = "connect"


MAY: dict[Role, frozenset[Act]] = {
    Role.OWNER: frozenset(Act),
    Role.MANAGER: frozenset({Act.ANSWER, Act.APPROVE, Act.POLICY, Act.OUTREACH, Act.SETTINGS}),
    Role.AGENT: frozenset({Act.ANSWER}),
    Role.VIEWER: frozenset(),
}


def may(role: Role, act: Act) -> bool:
    """Say whether a role may do something; everybody who is a member may read."""
    return act in MAY[role]
