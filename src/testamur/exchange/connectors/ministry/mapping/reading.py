"""A form as its folder says: ``mapping.toml`` read strictly, and the schema beside it.

::

    [form]
    id = "…"; version = "…"; document = "vn.primary.hoc_ba_year"; schema = "batch.xsd"; namespace = "…"
    root = "…"; record = "…"; pdf = "file" | "digest"

    [[batch]]                     # children of the root, in this order
    to = "NguoiGui/MaDonVi"       # path of elements, or …/@attribute
    from = "delivery.sender"      # dotted path in the facts; or value = "a constant"
    [[batch]]
    to = "DanhSach"
    records = true                # here the records stand

    [[record]]                    # children of one record
    to = "NgaySinh"; from = "subject.birth_date"; format = "date"; writes = "%d/%m/%Y"; required = true
    [[record]]
    to = "MonHoc"; each = "content.year.subjects"; where = {…}
    fields = [{to = "@ma", from = "code", codes = "subject"}]

    [codes.subject]
    TV = "01"

    [rejections]                  # the store's code → what it means (`words.MEANINGS`)
    E101 = "identifier_unknown"

A field that is not required and has nothing to say is left out.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from testamur.exchange.connectors.ministry.mapping.formats import FORMATS
from testamur.kernel.base.refused import Refused

MAX_BYTES = 1_000_000
_FIELD_KEYS = frozenset({
    "to", "from", "value", "required", "format", "reads", "writes", "codes", "each", "where", "fields", "records",
})  # fmt: skip
_FORM_KEYS = frozenset({"id", "version", "title", "document", "schema", "namespace", "root", "record", "pdf", "test"})
_SECTIONS = frozenset({"form", "batch", "record", "codes", "rejections"})


class MappingInvalid(Refused):
    """The mapping cannot be used; `found["problems"]` says every reason in plain English."""

    code = "connectors.delivery.mapping"


@dataclass(frozen=True, slots=True)
class Field:
    """One target of the form and where its value comes from.

    Attributes:
        to: names of elements; a last one that begins with ``@`` is an attribute; ``.`` is the element itself.
        source: dotted path in the facts, or in the item of an `each`; empty with `value`, `each` or `records`.
        each: path of a list: one element for each item, with `fields`.
        where: what an item must say to be taken.
        records: here the records stand.
    """

    to: str
    source: str = ""
    value: str = ""
    required: bool = False
    format: str = "text"
    reads: str = ""
    writes: str = ""
    codes: str = ""
    each: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()
    records: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What a store wants to get: names, fields, code lists, schema.

    Attributes:
        test: the form is nobody's but ours, and says so.
        rejections: the store's code → what it means.
        fingerprint: of mapping and schema together; a batch is kept with it.
    """

    id: str
    version: str
    title: str
    document: str
    namespace: str
    root: str
    record: str
    pdf: bool
    test: bool
    batch: tuple[Field, ...]
    fields: tuple[Field, ...]
    codes: Mapping[str, Mapping[str, str]]
    rejections: Mapping[str, str]
    schema: bytes
    fingerprint: str

    @property
    def name(self) -> str:
        """Id and version, as batches keep it."""
        return f"{self.id}/{self.version}"


def read(folder: Path) -> Form:
    """The form in `folder`. Raises `MappingInvalid` with everything that is wrong with its shape."""
    try:
        data = (folder / "mapping.toml").read_bytes()
        if len(data) > MAX_BYTES:
            raise MappingInvalid("mapping.toml is too long.", problems=("mapping.toml is too long",))
        told = tomllib.loads(data.decode())
    except (OSError, ValueError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise MappingInvalid(f"mapping.toml cannot be read: {error}.", problems=(str(error),)) from error
    problems: list[str] = []
    form, head = _form(folder, data, told, problems)
    if problems or form is None:
        raise MappingInvalid(f"The mapping {head}: {'; '.join(problems)}.", problems=tuple(problems))
    return form


def _form(folder: Path, data: bytes, told: Mapping[str, Any], problems: list[str]) -> tuple[Form | None, str]:
    problems += [f"unknown section {name}" for name in sorted(set(told) - _SECTIONS)]
    head = _table(told.get("form"), "form", problems)
    problems += [f"form: unknown key {name}" for name in sorted(set(head) - _FORM_KEYS)]
    for name in ("id", "version", "document", "schema", "root", "record"):
        if not isinstance(head.get(name), str) or not head.get(name):
            problems.append(f"form: {name} is missing")
    if head.get("pdf", "digest") not in {"file", "digest"}:
        problems.append("form: pdf is file or digest")
    codes = {
        name: _texts(some, f"codes.{name}", problems)
        for name, some in _table(told.get("codes"), "codes", problems).items()
    }
    batch = _fields(told.get("batch"), "batch", codes, problems)
    fields = _fields(told.get("record"), "record", codes, problems)
    if sum(one.records for one in batch) != 1:
        problems.append("batch: exactly one field has records = true")
    if any(one.records for one in fields):
        problems.append("record: records stand in the batch only")
    schema = _schema(folder, str(head.get("schema", "")), problems)
    if problems:
        return None, str(folder)
    digest = hashlib.sha256(hashlib.sha256(data).digest() + hashlib.sha256(schema).digest()).hexdigest()
    return Form(
        id=head["id"], version=head["version"], title=str(head.get("title", "")), document=head["document"],
        namespace=str(head.get("namespace", "")), root=head["root"], record=head["record"],
        pdf=head.get("pdf") == "file", test=head.get("test") is True, batch=batch, fields=fields, codes=codes,
        rejections=_texts(told.get("rejections", {}), "rejections", problems), schema=schema, fingerprint=digest,
    ), head["id"]  # fmt: skip


def _schema(folder: Path, name: str, problems: list[str]) -> bytes:
    if not name or "/" in name or name.startswith("."):
        problems.append("form: schema is the name of a file beside mapping.toml")
        return b""
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        problems.append(f"form: the schema cannot be read: {error}")
        return b""


def _fields(told: object, where: str, codes: Mapping[str, object], problems: list[str]) -> tuple[Field, ...]:
    if not isinstance(told, list) or not told:
        problems.append(f"{where}: no field is named")
        return ()
    return tuple(
        _field(_table(one, where, problems), f"{where}[{n}]", codes, problems) for n, one in enumerate(told, 1)
    )


def _field(told: Mapping[str, Any], where: str, codes: Mapping[str, object], problems: list[str]) -> Field:
    problems += [f"{where}: unknown key {name}" for name in sorted(set(told) - _FIELD_KEYS)]
    texts = {}
    for name in ("to", "from", "value", "format", "reads", "writes", "codes", "each"):
        given = told.get(name, "")
        if not isinstance(given, str):
            problems.append(f"{where}: {name} is a text")
            given = ""
        texts[name] = given
    ways = [name for name in ("from", "value", "each") if texts[name]] + (["records"] if told.get("records") else [])
    if not texts["to"] or len(ways) != 1:
        problems.append(f"{where}: to, and one of from, value, each and records")
    if (texts["format"] or "text") not in FORMATS:
        problems.append(f"{where}: there is no format {texts['format']}")
    if texts["codes"] and texts["codes"] not in codes:
        problems.append(f"{where}: there is no code list {texts['codes']}")
    return Field(
        to=texts["to"], source=texts["from"], value=texts["value"], required=told.get("required") is True,
        format=texts["format"] or "text", reads=texts["reads"], writes=texts["writes"], codes=texts["codes"],
        each=texts["each"], where=_texts(told.get("where", {}), f"{where}.where", problems),
        fields=_fields(told.get("fields"), f"{where}.fields", codes, problems) if texts["each"] else (),
        records=told.get("records") is True,
    )  # fmt: skip


def _table(told: object, where: str, problems: list[str]) -> Mapping[str, Any]:
    if told is None:
        return {}
    if not isinstance(told, dict):
        problems.append(f"{where}: is no table")
        return {}
    return told


def _texts(told: object, where: str, problems: list[str]) -> dict[str, str]:
    found = _table(told, where, problems)
    if any(not isinstance(value, str) for value in found.values()):
        problems.append(f"{where}: every value is a text")
        return {}
    return dict(found)
