"""Writing records into a form, and checking them against its schema. Pure.

A record that does not fit is told by `Unfit`: which target, and what about it, never the value itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lxml import etree

from testamur.exchange.connectors.ministry.mapping.formats import FORMATS, plain
from testamur.exchange.connectors.ministry.mapping.reading import Field, Form, MappingInvalid

Element = etree._Element  # noqa: SLF001 - lxml has no public name for it
Facts = Mapping[str, Any]
NOT_MAPPED = "local.not_mapped"
"""Code of a record that cannot be put into the form."""
_MISSING = object()
_ELEMENT = re.compile(r"Element '(?:\{[^}']*\})?(?P<name>[^']+)'(?:, attribute '(?P<attribute>[^']+)')?")
_SHOWN = 6


class Unfit(Exception):  # noqa: N818 - a fact about one record
    """The record does not fit the form; `problems` are (target, what), without any value of the record."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        """All that is wrong with it."""
        super().__init__("; ".join(f"{to}: {what}" for to, what in problems[:_SHOWN]))
        self.problems = tuple(problems)


class Writer:
    """A form made ready: its schema is parsed once. Raises `MappingInvalid` for a schema that is none."""

    def __init__(self, form: Form) -> None:
        """`form` as `reading.read` gave it."""
        self.form = form
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            self._schema = etree.XMLSchema(etree.fromstring(form.schema, parser))
        except (etree.XMLSyntaxError, etree.XMLSchemaParseError) as error:
            raise MappingInvalid(f"The schema cannot be used: {error}.", problems=(str(error),)) from error
        self._spaces: Any = {None: form.namespace} if form.namespace else None

    def batch(self, delivery: Facts, records: Iterable[Element]) -> bytes:
        """The whole batch, UTF-8 with a declaration. `delivery` is what the fields of the batch say."""
        root = etree.Element(self._tag(self.form.root), nsmap=self._spaces)
        problems: list[tuple[str, str]] = []
        for field in self.form.batch:
            if field.records:
                self._place(root, field.to, new=True).extend(records)
            else:
                self._write(root, field, {"delivery": delivery}, problems)
        if problems:
            raise Unfit(problems)
        written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        return written

    def record(self, facts: Facts) -> Element:
        """One record's element. Raises `Unfit`."""
        element = etree.Element(self._tag(self.form.record))
        problems: list[tuple[str, str]] = []
        for field in self.form.fields:
            self._write(element, field, facts, problems)
        if problems:
            raise Unfit(problems)
        return element

    def problems(self, data: bytes) -> tuple[tuple[str, str], ...]:
        """What the schema says against `data`: (element, kind of fault), each once and without its value."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
        if self._schema.validate(etree.fromstring(data, parser)):
            return ()
        told = ((_named(error.message), error.type_name.removeprefix("SCHEMAV_")) for error in self._log())
        return tuple(dict.fromkeys(told))

    def _log(self) -> list[Any]:
        log: Any = self._schema.error_log  # its stubs do not say that one can go through it
        return list(log)

    def check(self, delivery: Facts, facts: Facts) -> Element:
        """One record, written and held against the schema as a batch of its own. Raises `Unfit`."""
        element = self.record(facts)
        found = self.problems(self.batch(delivery, [element]))
        if found:
            raise Unfit(found)
        return element

    def _tag(self, name: str) -> str:
        return f"{{{self.form.namespace}}}{name}" if self.form.namespace else name

    def _place(self, parent: Element, path: str, *, new: bool = False) -> Element:
        """The element at `path` below `parent`; the last child of a name is gone on with, unless a `new` one is due."""
        names = [] if path == "." else path.split("/")
        for number, name in enumerate(names, 1):
            tag = self._tag(name)
            last = parent[-1] if len(parent) else None
            if last is not None and last.tag == tag and not (new and number == len(names)):
                parent = last
            else:
                parent = etree.SubElement(parent, tag)
        return parent

    def _write(self, parent: Element, field: Field, facts: Any, problems: list[tuple[str, str]]) -> None:
        if field.each:
            self._each(parent, field, facts, problems)
            return
        try:
            text = self._value(field, facts)
        except ValueError:
            problems.append((field.to, f"is not of the format {field.format}"))
            return
        except KeyError:
            problems.append((field.to, f"is not in the code list {field.codes}"))
            return
        if not text:
            if field.required:
                problems.append((field.to, "is missing"))
            return
        path, _, last = field.to.rpartition("/")
        try:
            if last.startswith("@"):
                self._place(parent, path or ".").set(last[1:], text)
            else:
                self._place(parent, field.to).text = text
        except ValueError:  # lxml refuses what XML cannot hold
            problems.append((field.to, "holds signs that XML cannot hold"))

    def _each(self, parent: Element, field: Field, facts: Any, problems: list[tuple[str, str]]) -> None:
        items = look_up(facts, field.each)
        if not isinstance(items, list):
            items = []
        taken = [one for one in items if all(str(look_up(one, k)) == v for k, v in field.where.items())]
        if field.required and not taken:
            problems.append((field.to, "is missing"))
        for item in taken:
            element = self._place(parent, field.to, new=True)
            for inner in field.fields:
                self._write(element, inner, item, problems)

    def _value(self, field: Field, facts: Any) -> str:
        if field.value:
            return field.value
        found = look_up(facts, field.source)
        text = plain(None if found is _MISSING else found)
        if not text.strip():
            return ""
        if field.codes:
            return self.form.codes[field.codes][text]
        return FORMATS[field.format](text, field.reads, field.writes)


def look_up(facts: Any, path: str) -> Any:
    """The value at a dotted path; ``.`` is the item itself; what is not there is no error but nothing."""
    if path == ".":
        return facts
    for name in path.split("."):
        if not isinstance(facts, Mapping) or name not in facts:
            return _MISSING
        facts = facts[name]
    return facts


def is_there(facts: Any, path: str) -> bool:
    """Whether the facts have such a path at all."""
    return look_up(facts, path) is not _MISSING


def _named(message: str) -> str:
    """The element (or attribute) that libxml2 complains of; what it says of the value is left out."""
    found = _ELEMENT.match(message)
    return "?" if found is None else found["name"] + (f"/@{found['attribute']}" if found["attribute"] else "")
