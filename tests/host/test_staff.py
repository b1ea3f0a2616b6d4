"""The panel inside a Flask store: whom the store has signed in is in, and nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from tests.host.place import AT, PEOPLE, Place

from vefa.database import reading
from vefa.inbound.host import HOST
from vefa.panel.state import State
from vefa.staff import by_host, records
from vefa.staff.account import Role
from vefa.stores.records import by_slug

OWNER = {"email": "Ada@copper.example", "name": "Ada", "role": "owner"}


@pytest.fixture(autouse=True)
def people() -> Iterator[None]:
    """The store's staff; a test may hire others."""
    PEOPLE.update(ada=OWNER, bob="bob@copper.example", cem=OWNER | {"email": "cem@copper.example"})
    yield
    PEOPLE.clear()


def browser(place: Place, who: str | None = None) -> FlaskClient:
    client = place.app.test_client()
    if who:
        assert client.get(f"/in/{who}").status_code == 200
    return client


def sign_in_at(place: Place, url: str | None) -> None:
    settings = place.host.settings
    changed = type(settings)(database=settings.database, sign_in_url=url)
    state: State = place.app.extensions["vefa"]
    object.__setattr__(state, "settings", changed)


def role_of(place: Place, email: str, slug: str = "copper") -> Role | None:
    with reading(place.databases.main) as connection:
        account = records.by_email(connection, email)
        return records.role_in(connection, by_slug(connection, slug).id, account.id) if account else None


def trail(place: Place) -> list[str]:
    with reading(place.databases.main) as connection:
        return list(connection.scalars(sa.select(records.audit.c.action).order_by(records.audit.c.at)))


def test_whom_the_store_names_is_in_and_out_with_the_store(place: Place) -> None:
    sign_in_at(place, "/admin/sign-in?kind=staff")
    client = browser(place, "ada")
    assert client.get("/vefa/copper/deliveries").status_code == 200
    assert client.get("/out").status_code == 200
    gone = client.get("/vefa/copper/deliveries?show=late")
    assert gone.status_code == 303
    address = urlsplit(gone.headers["Location"])
    assert address.path == "/admin/sign-in" and address.netloc == ""
    assert parse_qs(address.query) == {"kind": ["staff"], "next": ["/vefa/copper/deliveries?show=late"]}
    assert client.get("/in/ada").status_code == 200
    assert client.get("/vefa/copper/deliveries?show=late").status_code == 200


def test_without_an_address_to_sign_in_at_a_page_says_what_to_do(place: Place) -> None:
    answer = browser(place).get("/vefa/copper/")
    assert answer.status_code == 401
    assert "Sign in to your shop first" in answer.text


def test_a_named_role_becomes_a_membership_once_and_is_audited(place: Place) -> None:
    client = browser(place, "ada")
    for _ in range(2):
        assert client.get("/vefa/copper/").status_code == 200
    assert role_of(place, "ada@copper.example") is Role.OWNER
    assert trail(place) == ["joined"]
    assert browser(place, "cem").get("/vefa/copper/").status_code == 200
    PEOPLE["ada"] = OWNER | {"role": "viewer"}
    assert client.get("/vefa/copper/settings/new-store").status_code in {403, 404}
    assert role_of(place, "ada@copper.example") is Role.VIEWER
    assert trail(place) == ["joined", "joined", "role_changed"]


def test_the_last_owner_stays_one_here_and_may_do_what_the_store_says(place: Place) -> None:
    client = browser(place, "ada")
    assert client.get("/vefa/copper/policy/row").status_code == 200
    PEOPLE["ada"] = OWNER | {"role": "viewer"}
    assert client.get("/vefa/copper/policy/row").status_code == 403
    assert role_of(place, "ada@copper.example") is Role.OWNER


def test_a_name_without_a_role_needs_a_membership(place: Place) -> None:
    client = browser(place, "bob")
    for address in ("/vefa/", "/vefa/copper/", "/vefa/nowhere/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "Vefa does not know you yet" in answer.text
    with place.databases.main.begin() as connection:
        account = records.add(connection, "bob@copper.example", now=AT)
        records.join(connection, by_slug(connection, "copper").id, account.id, role=Role.AGENT, now=AT)
    assert client.get("/vefa/copper/").status_code == 200
    assert client.get("/vefa/nowhere/").status_code == 404
    assert client.get("/vefa/").headers["Location"] == "/vefa/copper/"


def test_a_role_holds_in_the_named_stores_alone(place: Place) -> None:
    place.add_store("tin")
    PEOPLE["ada"] = OWNER | {"stores": ["tin"]}
    client = browser(place, "ada")
    assert client.get("/vefa/").headers["Location"] == "/vefa/tin/"
    assert client.get("/vefa/tin/").status_code == 200
    assert client.get("/vefa/copper/").status_code == 404
    assert role_of(place, "ada@copper.example") is None


def test_the_store_may_be_one_of_several_in_the_database(place: Place) -> None:
    place.add_store("tin")
    state: State = place.app.extensions["vefa"]
    object.__setattr__(state, "settings", type(state.settings)(stores=("copper",)))
    client = browser(place, "ada")
    assert client.get("/vefa/copper/").status_code == 200
    assert client.get("/vefa/tin/").status_code == 404


def test_vefas_own_sign_in_is_closed(place: Place) -> None:
    sign_in_at(place, "/admin/sign-in")
    client = browser(place)
    for address in ("/vefa/sign-in", "/vefa/sign-in/forgot", "/vefa/sign-in/some-secret"):
        assert client.get(address).headers["Location"] == "/admin/sign-in?next=%2Fvefa%2F"
    inside = browser(place, "ada")
    assert inside.get("/vefa/sign-in").headers["Location"] == "/vefa/"
    for page in ("account", "team"):
        text = inside.get(f"/vefa/copper/settings/{page}").text
        assert "Sign out" not in text and 'type="password"' not in text and "Invite somebody" not in text
        token = re.search(r'name="csrf_token" value="([^"]+)"', text)
        assert token
        for address in ("copper/settings/account/password", "sign-in", "-/sign-out"):
            assert inside.post(f"/vefa/{address}", data={"csrf_token": token[1]}).status_code == 404


def test_a_form_needs_its_mark_and_belongs_to_who_opened_it(place: Place) -> None:
    client = browser(place, "ada")
    page = client.get("/vefa/copper/settings/account").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    address = "/vefa/copper/settings/account/name"
    assert client.post(address, data={"name": "Eve"}).status_code == 400
    assert client.post(address, data={"name": "Ada B.", "csrf_token": token[1]}).status_code == 303
    assert client.get("/in/cem").status_code == 200
    assert client.post(address, data={"name": "Eve", "csrf_token": token[1]}).status_code == 400


def test_the_panel_stands_in_a_frame_of_the_store_and_nowhere_else(place: Place) -> None:
    client = browser(place, "ada")
    for address in ("/vefa/copper/", "/vefa/copper/deliveries", "/vefa/copper/nothing"):
        assert "frame-ancestors 'self'" in client.get(address).headers["Content-Security-Policy"]
    for address in ("/vefa/c/copper/policy", "/vefa/sign-in"):
        assert "frame-ancestors 'none'" in client.get(address).headers["Content-Security-Policy"]
    answer = client.get("/")
    assert "Content-Security-Policy" not in answer.headers and "Set-Cookie" not in answer.headers


def test_the_staff_function_runs_in_a_request_of_the_store(place: Place) -> None:
    from flask import current_app, request

    def ask() -> str | None:
        assert current_app.name == place.app.name
        assert request.path == "/vefa/copper/" and not request.get_data()
        return None

    from vefa.extension import _ask

    environ = {"wsgi.input": 1 / 2} | place.app.test_request_context("/vefa/copper/").request.environ
    assert _ask(place.app, ask, environ) is None
    assert HOST in place.app.extensions


@pytest.mark.parametrize(
    "answer", [5, "nobody", {}, {"email": "a@b.example", "role": "king"}, {"email": "a@b.example", "name": 5}]
)
def test_a_wrong_answer_of_the_store_lets_nobody_in(place: Place, answer: object) -> None:
    PEOPLE["ada"] = answer
    assert browser(place, "ada").get("/vefa/copper/").status_code == 500
    with pytest.raises(by_host.ConfigurationError, match="staff function answers"):
        by_host.read(answer)
