"""Tables are read from CSV in every usual encoding and from workbooks, within bounds, and nothing is an accident."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vefa.imports import bounds
from vefa.imports.bounds import FileRefusedError
from vefa.imports.fields import Field, Meaning
from vefa.imports.headers import guess
from vefa.imports.parts import Part
from vefa.imports.sheet import open_sheet
from vefa.imports.speak import Voice, speak
from vefa.imports.terms import Terms
from vefa.platforms import Context
from vefa.platforms._import import IMPORT, body_of, key_of
from vefa.stores.store import Store

openpyxl = pytest.importorskip("openpyxl")

ROWS = [
    ["Sipariş No", "Ürün", "Tutar"],
    ["1001", 'Çelik; "ince" bıçak', "1.234,56"],
    ["1002", "Şişe\nmavi", "ğüİı"],
]
PERSIAN = [["شماره سفارش", "نام محصول", "مبلغ"], ["۱۰۰۱", "چراغ مطالعه", "۱۲۳"]]


def csv_of(rows: list[list[str]], delimiter: str = ";", newline: str = "\r\n") -> str:
    def cell(text: str) -> str:
        quoted = text.replace('"', '""')
        return f'"{quoted}"' if any(one in text for one in (delimiter, '"', "\n")) else text

    return newline.join(delimiter.join(map(cell, row)) for row in rows) + newline


def taken(data: bytes) -> list[list[str]]:
    sheet = open_sheet(data)
    return [list(sheet.header), *(cells for _, cells in sheet.rows)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1254"])
def test_csv_is_read_in_its_encoding_and_by_its_delimiter(encoding: str, delimiter: str) -> None:
    assert taken(csv_of(ROWS, delimiter).encode(encoding)) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1256"])
def test_persian_csv_is_read(encoding: str) -> None:
    rows = PERSIAN if encoding != "cp1256" else [PERSIAN[0], ["1001", "چراغ مطالعه", "123"]]
    text = csv_of(rows, newline="\n").replace("ی", "ي" if encoding == "cp1256" else "ی")
    found = taken(text.encode(encoding))
    assert [[cell.replace("ي", "ی") for cell in row] for row in found] == rows


def test_lines_above_the_header_and_empty_rows_are_passed_over() -> None:
    data = "Sipariş raporu\r\n\r\nsep;x\r\n\r\n1;2\r\n;\r\n".encode()
    sheet = open_sheet(data)
    assert sheet.header == ("sep", "x") and list(sheet.rows) == [(5, ["1", "2"])]


def test_excels_own_first_line_names_the_delimiter() -> None:
    assert taken(b"sep=|\r\na|b\r\n1;2|3\r\n") == [["a", "b"], ["1;2", "3"]]


def workbook(rows: list[list[Any]], **options: Any) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    if options.get("hidden_first"):
        book.move_sheet(book.create_sheet("hidden"), -1)
        book.worksheets[0].sheet_state = "hidden"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize("hidden_first", [False, True])
def test_a_workbook_is_read(hidden_first: bool) -> None:
    rows = [
        ["Sipariş No", "Tarih", "Tutar", "Not"],
        [1001, datetime(2026, 11, 21, 14, 5), 33.333, None],
        ["#2", None, 1e6, True],
    ]
    header, first, second = taken(workbook(rows, hidden_first=hidden_first))
    assert header == ["Sipariş No", "Tarih", "Tutar", "Not"]
    assert first[0] == "1001" and first[1].startswith("46347.58680555") and first[2] == "33.3330"
    assert second == ["#2", "", "1000000", "1"]


def packed(**parts: bytes) -> bytes:
    """Return a workbook made by hand: parts by the names they have in ``NAMES``."""
    names = {
        "book": "xl/workbook.xml",
        "rels": "xl/_rels/workbook.xml.rels",
        "sheet": "xl/worksheets/sheet1.xml",
        "strings": "xl/sharedStrings.xml",
    }
    given = {
        "book": b'<workbook xmlns="m" xmlns:r="r"><sheets><sheet name="a" r:id="R1"/></sheets></workbook>',
        "rels": b'<Relationships><Relationship Id="R1" Target="worksheets/sheet1.xml"/></Relationships>',
        "sheet": b'<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c>'
        b'<c t="str"><v>b</v></c></row>'
        b'<row r="3"><c r="B3" t="s"><v>0</v></c><c r="C3" t="e"><v>#N/A</v></c></row></sheetData></worksheet>',
        "strings": b"<sst><si><r><t>ri</t></r><r><t>ch</t></r><rPh><t>no</t></rPh></si></sst>",
    } | parts
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in given.items():
            made.writestr(names[name], data)
    return kept.getvalue()


def test_a_workbook_made_by_hand_is_read_cell_by_cell() -> None:
    sheet = open_sheet(packed())
    assert sheet.header == ("a", "b") and list(sheet.rows) == [(3, ["", "rich"])]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", bounds.EMPTY),
        (b" \r\n ", bounds.EMPTY),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", bounds.OLD_WORKBOOK),
        (b"\xef\xbb\xbf<html><body>", bounds.WEB_PAGE),
        (b"PK\x03\x04rubbish", bounds.NOT_A_WORKBOOK),
        (b"\x01\x02\x03;\x04\n\x05;\x06", bounds.NOT_TEXT),
        (b",".join([b"a"] * 201) + b"\n", bounds.TOO_MANY_COLUMNS),
        (b"a" * (bounds.LARGEST_FILE + 1), bounds.TOO_LARGE),
        (packed(sheet=b"<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet>&a;</worksheet>"), bounds.NOT_A_WORKBOOK),
        (packed(sheet=b"<worksheet><sheetData><row><c r='ZZ1' t='str'><v>1</v></c></row>"), bounds.TOO_MANY_COLUMNS),
        (packed(rels=b"<Relationships/>"), bounds.NOT_A_WORKBOOK),
        (packed(strings=b"<sst>" + b" " * (49 * bounds.MEBIBYTE) + b"</sst>"), bounds.TOO_LARGE),
    ],
    ids=range(12),
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_reason(data: bytes, said: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        taken(data)
    assert refused.value.msgid == said


def test_more_rows_than_allowed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_ROWS", 10)
    assert len(taken(b"a,b\n" + b"1,2\n" * 10)) == 11
    with pytest.raises(FileRefusedError) as refused:
        taken(b"a,b\n" + b"1,2\n" * 11)
    assert refused.value.msgid == bounds.TOO_MANY_ROWS


def test_a_cell_is_cut_one_past_the_longest() -> None:
    ((_, cells),) = open_sheet(b"a,b\n" + b"x" * 5000 + b",1\n").rows
    assert len(cells[0]) == bounds.LONGEST_CELL + 1


STORE = Store(1, "a", "A", country="TR", timezone="Europe/Istanbul", currency="TRY")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
VOICE = Voice(NOW, lambda text: text[:32])
FULL = (
    "Sipariş No;Sipariş Tarihi;Tahmini Teslimat;Teslim Tarihi;E-posta;Telefon;Ülke;Tutar;Durum;Takip No;"
    "Ürün;Adet;Ödeme\r\n"
    "1001;21.10.2026 14:05;25.10.2026;26.10.2026;a@b.example;0532 123 45 67;Türkiye;1.234,56 ₺;Kargoda;T1;"
    "Cezve;2;Kapıda\r\n"
    "1002;۱۴۰۵/۰۸/۰۱;;;;;;۱۲ تومان;تحویل شده;T2;چای;۳;کارت\r\n"
).encode()
SOUND = [FULL, csv_of(ROWS).encode(), csv_of(PERSIAN).encode("utf-16"), packed(), workbook(ROWS)]


@settings(max_examples=100)
@given(st.data())
def test_no_file_of_any_shape_is_an_accident(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from(SOUND)))
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(st.integers(0, max(len(body) - 1, 0)))
        change = data.draw(st.binary(max_size=8))
        body[place : place + data.draw(st.integers(0, 20))] = change
    try:
        sheet = open_sheet(bytes(body))
        part = Part(sheet.rows, Terms(STORE, NOW, Meaning(guess(sheet.header) | {Field.NUMBER: 0})))
    except FileRefusedError:
        return
    for told in part.orders:
        said = speak(told, f"import:{told.number}", None, VOICE)
        kept = body_of(f"import:{told.number}", said.facts, said.personal)
        assert IMPORT.read(kept, Context(key_of(kept), "t", NOW)).facts


@settings(max_examples=40)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"<worksheet>"]))
def test_no_rubbish_is_an_accident(body: bytes, head: bytes) -> None:
    for data in (head + body, packed(sheet=head + body), packed(strings=head + body)):
        try:
            taken(data)
        except FileRefusedError:
            continue
