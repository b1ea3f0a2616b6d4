"""Policy: the table in force and its draft, what differs, who published what, and what customers read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from vefa import locales
from vefa.panel import policy_words, visit
from vefa.panel.blueprints import panel
from vefa.policy import book
from vefa.policy.check import PolicyError
from vefa.policy.compare import compare
from vefa.policy.table import Policy
from vefa.policy.words import in_plain_words
from vefa.staff.permission import Act
from vefa.staff.records import names

SPAN = timedelta(days=90)


def edited(connection: Connection) -> Policy:
    """Return what an editor works on: the draft, else what is in force."""
    kept = book.draft(connection, visit.store())
    return kept.policy if kept else book.in_force(connection, visit.store()).policy


@panel.get("/policy", endpoint="policy")
def show() -> ResponseReturnValue:
    """Show the rules that count or, where there is one, the draft of the next ones."""
    store = visit.store()
    with visit.reading() as connection:
        current, draft = book.in_force(connection, store), book.draft(connection, store)
        counts = book.counts(connection, store.id, visit.now() - SPAN)
        versions = book.versions(connection, store)
        people = names(connection, [by for by in (*(one.by for one in versions), draft and draft.by) if by])
    policy = draft.policy if draft and request.args.get("show") != "in_force" else current.policy
    return render_template(
        "panel/policy.html",
        policy=policy,
        columns=policy_words.used(policy),
        rows=policy_words.shown(policy, counts),
        words=policy_words,
        settings=_settings(policy),
        current=current,
        draft=draft,
        editing=draft is not None and policy is draft.policy,
        differences=_differences(current.policy, draft.policy) if draft else [],
        versions=versions,
        people=people,
        decided=sum(counts.values()),
    )


def _settings(policy: Policy) -> list[tuple[str, str]]:
    return [(title, policy_words.setting(policy, name)) for name, title in policy_words.WINDOWS.items()]


def _differences(old: Policy, new: Policy) -> list[Any]:
    return list(policy_words.differences(compare(old, new), old, new))


@panel.get("/policy/version")
def policy_version() -> ResponseReturnValue:
    """Show one published version, and in what it differs from the one before."""
    store, number = visit.store(), request.args.get("number", type=int)
    with visit.reading() as connection:
        found = book.version(connection, store, number or 0)
        before = book.version(connection, store, (number or 0) - 1)
        people = names(connection, [found.by] if found and found.by else [])
    if found is None:
        abort(404)
    return render_template(
        "panel/policy_version.html",
        version=found,
        columns=policy_words.used(found.policy),
        rows=policy_words.shown(found.policy, {}),
        words=policy_words,
        settings=_settings(found.policy),
        differences=_differences(before.policy, found.policy) if before else [],
        people=people,
    )


@panel.get("/policy/page")
def policy_page() -> ResponseReturnValue:
    """Show what customers read, made from the draft or from what is in force, in one language."""
    store = visit.store()
    wanted = request.args.get("language", store.languages[0])
    language = locales.get(wanted if wanted in locales.languages() else visit.language().tag)
    with visit.reading() as connection:
        current, draft = book.in_force(connection, store), book.draft(connection, store)
    from_draft = draft is not None and request.args.get("of") == "draft"
    policy = draft.policy if draft and from_draft else current.policy
    return render_template(
        "panel/policy_page.html",
        sections=in_plain_words(policy, language, store),
        language=language,
        draft=draft,
        from_draft=from_draft,
        version=current.version,
    )


@panel.get("/policy/publish", endpoint="policy_publish")
def ask() -> ResponseReturnValue:
    """Ask once more before a version is published, since that cannot be undone."""
    visit.require(Act.POLICY)
    return cast(ResponseReturnValue, _publish_page(None))


def _publish_page(faults: PolicyError | None) -> Any:
    with visit.reading() as connection:
        current, draft = book.in_force(connection, visit.store()), book.draft(connection, visit.store())
    if draft is None:
        return redirect(url_for("panel.policy"), 303)
    return render_template(
        "panel/policy_publish.html",
        current=current,
        draft=draft,
        differences=_differences(current.policy, draft.policy),
        faults=[policy_words.fault(one) for one in faults.faults] if faults else [],
        changed=request.method == "POST" and not faults,
    )


@panel.post("/policy/publish")
def policy_publish_now() -> ResponseReturnValue:
    """Publish the draft that the page showed; a draft changed meanwhile is shown again first."""
    visit.require(Act.POLICY)
    store, seen = visit.store(), request.form.get("seen", "")
    try:
        with visit.writing() as connection:
            draft = book.draft(connection, store)
            fresh = draft is not None and draft.at.isoformat() == seen
            if fresh:
                note = request.form.get("note", "")
                book.publish(connection, store, note=note, by=visit.member().id, now=visit.now())
    except PolicyError as error:
        return _publish_page(error), 422
    if fresh or draft is None:
        return redirect(url_for("panel.policy"), 303)
    return _publish_page(None), 409


@panel.post("/policy/drop")
def policy_drop() -> ResponseReturnValue:
    """Throw the draft away."""
    visit.require(Act.POLICY)
    with visit.writing() as connection:
        book.drop_draft(connection, visit.store(), by=visit.member().id, now=visit.now())
    return redirect(url_for("panel.policy"), 303)
