"""The places of the panel, and what each member of a store may do there."""

from __future__ import annotations

from typing import Any

from flask import Flask

from vefa.locales import mark
from vefa.manifest.words import in_all
from vefa.panel import register
from vefa.panel.frame import PLACES
from vefa.staff.permission import MAY, Act

# Everybody who is a member of the store may read.
READ = "read"
ACTS = {
    READ: mark("Read everything in the panel of a store"),
    Act.ANSWER: mark("Answer customers, and work on cases and returns within the policy"),
    Act.APPROVE: mark("Decide beyond the limits of the policy"),
    Act.POLICY: mark("Edit and publish the policy"),
    Act.OUTREACH: mark("Switch sending on and off, stop it, and test messages"),
    Act.SETTINGS: mark("Change how the store is watched"),
    Act.TEAM: mark("Invite, change and remove members"),
    Act.CONNECT: mark("Add stores and change secrets"),
}


def entries() -> list[dict[str, Any]]:
    """Return the places in the panel's menu in their order, with address, icon, label and who may open them."""
    app = Flask("vefa", static_folder=None)
    register(app)
    paths = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return [
        {
            "id": place,
            "path": paths[f"panel.{place}"].replace("<slug>", "{store}"),
            "icon": icon,
            "label": in_all(label),
            "permission": READ,
        }
        for place, icon, label in PLACES
    ]


def staff_permissions() -> list[dict[str, Any]]:
    """Return what members of a store may do, and which roles may do it."""
    every = [role.value for role in MAY]
    return [
        {
            "id": str(act),
            "reason": in_all(text),
            "roles": every if act == READ else [role.value for role, acts in MAY.items() if act in acts],
        }
        for act, text in ACTS.items()
    ]
