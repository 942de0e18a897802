"""The documents of Swedish higher education: result list, a student's certificate, decision about how lists are signed.

`content` puts facts into the snapshot's words, in Swedish with English beside it; the templates beside it draw them.
The signature box is at the foot of the first page, where its place does not hang on how long the content is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from testamur.law.contract import DocumentType, SignerStep
from testamur.law.se_university.documents import content

_HERE = Path(__file__).parent

SEAL_RECT = (5100, 5600, 35100, 14600)
"""The signature box as the templates draw it; the templates refuse any other."""

_EXAMINER = (SignerStep(order=1, role="examiner", title="Examinator"),)  # the examiner alone decides: HF 6 kap. 18 §

DOCUMENTS: Mapping[str, DocumentType] = {
    "resultatlista": DocumentType(
        code="se.university.resultatlista",
        title="Resultatlista",
        locale="sv",
        subject="group",
        signers=_EXAMINER,
        template=_HERE / "resultatlista.typ",
        template_version="1",
        seal_page=1,
        seal_rect=SEAL_RECT,
        content=content.resultatlista,
        routine=False,
    ),
    "resultatintyg": DocumentType(
        code="se.university.resultatintyg",
        title="Resultatintyg",
        locale="sv",
        subject="pupil",
        signers=_EXAMINER,
        template=_HERE / "resultatintyg.typ",
        template_version="1",
        seal_page=1,
        seal_rect=SEAL_RECT,
        content=content.resultatintyg,
        routine=False,
    ),
    "processbeslut": DocumentType(
        code="se.university.processbeslut",
        title="Beslut om signering av resultat",
        locale="sv",
        subject="group",
        signers=(
            SignerStep(
                order=1,
                role="principal",
                title="Rektor",
                delegable=True,
                delegate_title="Högskoledirektör, enligt delegation från rektor",
            ),
        ),
        template=_HERE / "processbeslut.typ",
        template_version="1",
        seal_page=1,
        seal_rect=SEAL_RECT,
        content=content.processbeslut,
        routine=False,
    ),
}
