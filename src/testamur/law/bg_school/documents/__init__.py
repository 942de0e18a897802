"""The documents of Bulgarian school: statement of marks (``spravka``), class diary (``dnevnik``).

`content` puts facts into the snapshot's words, the templates beside it draw them. The signature box is at the foot of
the first page, where its place does not hang on how long the content is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from testamur.law.bg_school.documents import content
from testamur.law.contract import DocumentType, SignerStep

_HERE = Path(__file__).parent

SEAL_RECT = (5100, 5600, 35100, 14600)
"""The signature box as the templates draw it; the templates refuse any other."""

DOCUMENTS: Mapping[str, DocumentType] = {
    "spravka": DocumentType(
        code="bg.school.spravka",
        title="Справка за успеха",
        locale="bg",
        subject="pupil",
        signers=(
            SignerStep(order=1, role="class_teacher", title="Класен ръководител"),
            SignerStep(order=2, role="principal", title="Директор"),
        ),
        template=_HERE / "spravka.typ",
        template_version="1",
        seal_page=1,
        seal_rect=SEAL_RECT,
        content=content.spravka,
        draws="year",
    ),
    "dnevnik": DocumentType(
        code="bg.school.dnevnik",
        title="Дневник на паралелката",
        locale="bg",
        subject="group",
        # closed by the head's electronic signature and handed to NEISPUO: Ordinance 8 of 11 August 2016
        signers=(SignerStep(order=1, role="principal", title="Директор"),),
        template=_HERE / "dnevnik.typ",
        template_version="1",
        seal_page=1,
        seal_rect=SEAL_RECT,
        content=content.dnevnik,
        draws="year",
        routine=False,
    ),
}
