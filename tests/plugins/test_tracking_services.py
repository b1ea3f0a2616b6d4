"""The contract that every tracking service fulfils; a new one joins by being found."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tracking import KEY_ID, NUMBER, SENDERS, key_set, read, sign_shipengine

from vefa.carriers import Context, Incoming, TrackingService, services
from vefa.carriers._scans import STATUSES
from vefa.carriers.number import TYPES
from vefa.database import dump_json
from vefa.errors import SignatureError, StaleKeysError, UnreadableError
from vefa.facts import digest

NOW = datetime(2026, 3, 2, 10, 0, 0, tzinfo=UTC)
SCANS = (
    (NOW - timedelta(days=2), "label_created"),
    (NOW - timedelta(days=1), "in_transit"),
    (NOW - timedelta(hours=1), "delivered"),
)
OTHERS = {name: ["another secret", "", "{", '{"keys": 1}'] for name in SENDERS} | {
    "shipengine": [key_set("other")]
}


def test_every_service_has_a_sender_here() -> None:
    assert sorted(SENDERS) == sorted(services())


@pytest.fixture(params=sorted(services()))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def service(name: str) -> TrackingService:
    return services()[name]


@pytest.fixture
def incoming(name: str) -> Incoming:
    body = SENDERS[name].body(NUMBER, *SCANS, at=NOW, eta="2026-03-05")
    return Incoming(SENDERS[name].sign(body, NOW, SENDERS[name].secret), body)


def test_any_of_the_secrets_signs(name: str, service: TrackingService, incoming: Incoming) -> None:
    good = SENDERS[name].secret
    for secrets in ([good], [*OTHERS[name], good], [good, *OTHERS[name]]):
        service.verify(incoming, secrets, NOW)


def test_no_other_secret_signs(name: str, service: TrackingService, incoming: Incoming) -> None:
    for secrets in ([], OTHERS[name]):
        with pytest.raises(SignatureError):
            service.verify(incoming, secrets, NOW)


def test_every_byte_is_signed(name: str, service: TrackingService, incoming: Incoming) -> None:
    bodies = [b"", incoming.body + b" ", incoming.body[:-1]]
    for place in range(len(incoming.body)):
        changed = bytearray(incoming.body)
        changed[place] ^= 0x20
        bodies.append(bytes(changed))
    for body in bodies:
        with pytest.raises(SignatureError):
            service.verify(replace(incoming, body=body), [SENDERS[name].secret], NOW)


def test_every_header_of_the_signature_counts(
    name: str, service: TrackingService, incoming: Incoming
) -> None:
    assert set(service.describe().headers) == set(incoming.headers)
    for header in incoming.headers:
        for value in (
            None,
            "",
            "t=1",
            "t=٣,v1=x",
            "v1,",
            "x",
            "é",
            "9" * 400,
            incoming.headers[header] + "0",
        ):
            headers = {k: v for k, v in incoming.headers.items() if k != header}
            headers |= {} if value is None else {header: value}
            with pytest.raises(SignatureError):
                service.verify(Incoming(headers, incoming.body), [SENDERS[name].secret], NOW)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_signature_is_refused_where_it_is_dated(
    name: str, service: TrackingService, incoming: Incoming, minutes: int
) -> None:
    then, secrets = NOW + timedelta(minutes=minutes), [SENDERS[name].secret]
    if name in ("shippo", "shipengine"):
        with pytest.raises(SignatureError, match="5 minutes"):
            service.verify(incoming, secrets, then)
        service.verify(incoming, secrets, NOW + timedelta(minutes=minutes // 2))
        assert service.identify(incoming, then).sent_at == NOW
    else:
        service.verify(incoming, secrets, then)


def test_a_key_that_is_not_known_is_told_from_a_wrong_signature() -> None:
    body, service = b"{}", services()["shipengine"]
    other = Incoming(sign_shipengine(body, NOW, "", "other"), body)
    with pytest.raises(StaleKeysError):
        service.verify(other, [key_set()], NOW)
    forged = Incoming({**other.headers, "x-shipengine-rsa-sha256-key-id": KEY_ID}, body)
    with pytest.raises(SignatureError) as caught:
        service.verify(forged, [key_set()], NOW)
    assert not isinstance(caught.value, StaleKeysError)
    service.verify(other, [key_set(KEY_ID, "other")], NOW)


def test_an_event_told_again_is_the_same_event(
    name: str, service: TrackingService, incoming: Incoming
) -> None:
    known = service.identify(incoming, NOW)
    assert service.identify(incoming, NOW + timedelta(hours=5)) == known
    assert known.key.startswith(f"{name}:")
    assert service.identify(replace(incoming, body=incoming.body + b" "), NOW).key != known.key


def test_scans_are_facts_about_the_number_with_their_own_times(name: str, incoming: Incoming) -> None:
    *scans, expected = read(name, incoming.body, NOW)
    assert {fact.subject for fact in (*scans, expected)} == {"tracking:1Z999AA101"}
    assert [(fact.at, fact.values["scan/status"]) for fact in scans] == list(SCANS)
    assert [fact.type for fact in scans] == ["tracking.scanned", "tracking.scanned", "tracking.delivered"]
    assert expected.values == {"carrier_eta": "2026-03-05"} and expected.type == "tracking.expected"
    assert {fact.values["scan/carrier"].lower() for fact in scans} == {"ups"}
    assert all(fact.learned_at == NOW and fact.type in TYPES for fact in (*scans, expected))


def test_a_scan_told_again_in_another_event_is_the_same_fact(name: str) -> None:
    first = {fact.key for fact in read(name, SENDERS[name].body(NUMBER, *SCANS[:2], at=NOW), NOW)}
    later = {
        fact.key for fact in read(name, SENDERS[name].body(NUMBER, *SCANS, at=NOW), NOW + timedelta(days=1))
    }
    assert len(first) == 2 and first < later


def test_what_cannot_be_true_yet_is_not_taken_for_known_later(name: str) -> None:
    body = SENDERS[name].body(NUMBER, SCANS[2], at=NOW)
    (early,) = read(name, body, SCANS[2][0] - timedelta(days=2))
    (later,) = read(name, body, NOW)
    assert early.implausible and not later.implausible and early.key != later.key


def test_a_word_that_is_not_known_is_kept_and_moves_nothing(name: str) -> None:
    sender = SENDERS[name]
    (fact,) = read(name, sender.body(NUMBER, (NOW, sender.unknown), at=NOW), NOW)
    assert fact.values["unread/status"] == "unknown"
    assert not any(path.startswith(("scan", "moving", "delivered", "shipped")) for path in fact.values)
    assert fact.values["unread/detail"] == sender.unknown


def test_its_dictionary_holds_words_of_vefas_alone(service: TrackingService) -> None:
    described = service.describe()
    assert {meant for meant in described.codes.values() if meant} <= set(STATUSES)
    assert {"in_transit", "delivered", "exception", "returning", "lost"} <= set(described.codes.values())
    assert described.title and all(header == header.lower() for header in described.headers)


@pytest.mark.parametrize("name", ["aftership", "easypost", "shippo", "shipengine"])
@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2026-03-02T12:30:00", "2026-03-02T09:30:00+00:00"),
        ("2026-03-02 12:30", "2026-03-02T09:30:00+00:00"),
        ("2026-03-02", "2026-03-02T09:00:00+00:00"),
        ("2026-03-02T12:30:00-05:00", "2026-03-02T17:30:00+00:00"),
    ],
)
def test_a_local_time_keeps_the_carriers_day(name: str, written: str, read_as: str) -> None:
    sender = SENDERS[name]
    body = sender.body(NUMBER, (NOW, "in_transit"), at=NOW).replace(
        NOW.isoformat().encode(), written.encode()
    )
    body = body.replace(b"2026-03-02T10:00:00Z", written.encode())
    scan = next(
        fact for fact in read(name, body, NOW, ZoneInfo("Europe/Istanbul")) if "scan/at" in fact.values
    )
    assert scan.values["scan/at"] == read_as == scan.at.isoformat()


UNREADABLE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe\x00",
    b"[" * 5000,
    b"{}",
    b'{"event": "\\ud800"}',
]


@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: repr(body[:16]))
def test_what_cannot_be_read_says_so_and_has_a_name(name: str, service: TrackingService, body: bytes) -> None:
    assert service.identify(Incoming({}, body), NOW).key.encode()
    with pytest.raises(UnreadableError) as caught:
        read(name, body, NOW)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("number", ["", "   ", "- -", "9" * 90, "\u200f"])
def test_what_is_no_number_says_nothing(name: str, number: str) -> None:
    try:
        said = read(name, SENDERS[name].body(number, *SCANS, at=NOW), NOW)
    except UnreadableError:
        return
    assert said == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


def _paths(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    return [path] * bool(path) + [found for key, value in inner for found in _paths(value, (*path, key))]


def _changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = _changed(document[path[0]], path[1:], value)
    return copy


def survives(name: str, body: bytes) -> None:
    """Check that a body is read or refused, and that what it says can be kept."""
    key = services()[name].identify(Incoming({}, body), NOW)
    assert len(key.key.encode()) <= 300 and len(key.topic) <= 100
    try:
        said = services()[name].read(body, Context(key.key, NOW, UTC))
    except UnreadableError:
        return
    for fact in said:
        assert fact.subject.startswith("tracking:") and len(fact.subject) < 100 and len(fact.key) <= 320
        assert json.loads(dump_json(fact.values)) == fact.values and digest(fact.values)


@settings(max_examples=100)
@given(st.sampled_from(sorted(SENDERS)), st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_body_is_an_accident(name: str, body: bytes) -> None:
    survives(name, body)


@settings(max_examples=400)
@given(st.data(), st.sampled_from(sorted(SENDERS)), JSON)
def test_no_value_in_an_event_is_an_accident(data: st.DataObject, name: str, value: Any) -> None:
    document = json.loads(SENDERS[name].body(NUMBER, *SCANS, at=NOW, eta="2026-03-05"))
    path = data.draw(st.sampled_from(_paths(document)))
    survives(name, json.dumps(_changed(document, path, value)).encode())
