"""From completed courses to an ELMO file.

Source: EMREX ELMO schema v1, github.com/emrex-eu/elmo-schemas. ECTS credits stand at one level of a tree alone (its
documentation of `credit`): at the course. Modules show theirs as ``hp``.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from lxml import etree

from testamur.exchange.connectors.completed import Completed, Finished, NothingCompleted, completed, student
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.clock import stamp
from testamur.law.scales import Scale
from testamur.register.people.rules import PersonView, Scheme
from testamur.register.schools.rules import UnitView
from testamur.trust.records import actions as records
from testamur.trust.records.originals import Fetched

NAMESPACE = "https://github.com/emrex-eu/elmo-schemas/tree/v1"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
NATIONAL = frozenset({Scheme.PERSONNUMMER, Scheme.SAMORDNINGSNUMMER, Scheme.EGN, Scheme.LNCH, Scheme.CCCD})
LANGUAGES: Mapping[str, str] = {"SE": "sv", "VN": "vi", "BG": "bg"}
"""Country of a university → the language in which it names its courses."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def of(*, by: Actor, person: UUID, now: datetime) -> bytes:
    """The completed courses of a student as an ELMO file (UTF-8), the certificates of the published ones inside.

    Needs ``reporting.own.read`` and ``records.record.fetch`` for that person: one's own. Raises NothingCompleted,
    NotFound, NotAllowed, OriginalDamaged. Each certificate counts as fetched (``records.fetched/1``).
    """
    found = completed(by=by, person=person, now=now)
    if not found:
        raise NothingCompleted("There is no completed course yet.")
    originals = {
        one.decision: records.fetch(by=by, record=one.certificate.record, now=now)
        for one in found
        if one.certificate is not None
    }
    root = etree.Element(f"{{{NAMESPACE}}}elmo", nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # the stubs know no default namespace
    _add(root, "generatedDate", stamp(now))
    _learner(root, student(by=by, person=person))
    for place in dict.fromkeys(one.university for one in found):
        _report(root, place, [one for one in found if one.university == place], originals, now)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _learner(root: etree._Element, person: PersonView) -> None:
    learner = _add(root, "learner")
    if person.identifier is not None:
        kind = "nationalIdentifier" if person.identifier.scheme in NATIONAL else "local"
        _add(learner, "identifier", person.identifier.value, type=kind)
    _add(learner, "givenNames", " ".join(filter(None, (person.given, person.middle))))
    _add(learner, "familyName", person.family)
    if person.birth_date is not None:
        _add(learner, "bday", person.birth_date.isoformat())


def _report(
    root: etree._Element,
    place: UnitView,
    found: Sequence[Completed],
    originals: Mapping[UUID, Fetched],
    now: datetime,
) -> None:
    report, language = _add(root, "report"), LANGUAGES.get(place.country, "")
    issuer = _add(report, "issuer")
    if place.country:
        _add(issuer, "country", place.country)
    _add(issuer, "identifier", place.code or str(place.id), type="local")
    _title(issuer, place.name, "", language)
    _add(issuer, "url", settings.PUBLIC_URL)
    for one in found:
        _course(report, one, language, originals.get(one.decision))
    _add(report, "issueDate", stamp(now))
    for scale in dict.fromkeys(f.scale for one in found for f in (one.whole, *one.parts)):
        _scheme(report, scale, language)
    for original in (originals[one.decision] for one in found if one.decision in originals):
        _attachment(report, original, language)


def _course(above: etree._Element, one: Completed, language: str, original: Fetched | None) -> None:
    made, instance = _specification(above, one.whole, "Course", str(one.course), language)
    _credit(instance, "ects", one.whole)
    if original is not None:
        _add(_add(instance, "attachments"), "ref", original.code)
    for part in one.parts:
        local = f"{one.whole.code}/{part.code}"
        _inner, within = _specification(_add(made, "hasPart"), part, "Class", local, language)
        _credit(within, "hp", part)


def _specification(
    above: etree._Element, one: Finished, kind: str, local: str, language: str
) -> tuple[etree._Element, etree._Element]:
    """The specification and its instance, up to the grade."""
    made = _add(above, "learningOpportunitySpecification")
    _add(made, "identifier", local, type="local")
    _add(made, "identifier", one.code, type="code")
    _title(made, one.name, one.name_en, language)
    _add(made, "type", kind)
    instance = _add(_add(made, "specifies"), "learningOpportunityInstance")
    _add(instance, "date", one.examined_on.isoformat())
    _add(instance, "status", "passed")
    _add(instance, "gradingSchemeLocalId", one.scale.id)
    _add(instance, "resultLabel", one.value)
    return made, instance


def _credit(instance: etree._Element, scheme: str, one: Finished) -> None:
    credit = _add(instance, "credit")
    _add(credit, "scheme", scheme)
    _add(credit, "value", format(one.credits, "f"))


def _scheme(report: etree._Element, scale: Scale, language: str) -> None:
    made = _add(report, "gradingScheme", localId=scale.id)
    _add(made, "description", "; ".join(f"{step.value}: {step.name}" for step in scale.values), lang=language)
    passing = ", ".join(step.value for step in scale.values if step.passed)
    worst = ", ".join(step.value for step in scale.values)
    _add(made, "description", f"Grades, the lowest first: {worst}. Passing: {passing}.", lang="en")


def _attachment(report: etree._Element, original: Fetched, language: str) -> None:
    made = _add(report, "attachment")
    _add(made, "identifier", original.code, type="internal")
    _add(made, "title", original.title, lang=language)
    _add(made, "type", "Other")
    _add(
        made,
        "description",
        f"The sealed original. Anybody can check it at {settings.PUBLIC_URL.rstrip('/')}/v/{original.code}",
        lang="en",
    )
    _add(made, "content", f"data:application/pdf;base64,{b64encode(original.pdf).decode()}", lang=language)


def _title(above: etree._Element, name: str, name_en: str, language: str) -> None:
    _add(above, "title", name, lang=language)
    if name_en and name_en != name:
        _add(above, "title", name_en, lang="en")


def _add(above: etree._Element, name: str, text: str = "", *, lang: str = "", **attributes: str) -> etree._Element:
    """A child; what no XML file may hold is left out of its text."""
    made = etree.SubElement(above, f"{{{NAMESPACE}}}{name}", _clean(attributes.items()))
    if lang:
        made.set(LANG, lang)
    if text:
        made.text = _NOT_XML.sub("", text)
    return made


def _clean(attributes: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: _NOT_XML.sub("", value) for name, value in attributes}
