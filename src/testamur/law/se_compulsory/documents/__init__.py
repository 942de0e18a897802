"""The documents of Swedish compulsory school: terminsbetyg, slutbetyg, betygskatalog, klassdagbok.

`content` puts facts into the snapshot's words, the templates beside it draw them. The signature box is at the foot of
the first page, where its place does not hang on how long the content is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from testamur.law.contract import DocumentType, SignerStep
from testamur.law.se_compulsory.documents import content

_HERE = Path(__file__).parent

SEAL_RECT = (5100, 5600, 35100, 14600)
"""The signature box as the templates draw it; the templates refuse any other."""

DOCUMENTS: Mapping[str, DocumentType] = {
    "terminsbetyg": DocumentType(
        code="se.compulsory.terminsbetyg",
        title="Terminsbetyg",
        locale="sv",
        subject="pupil",
        # issued by the principal, who may delegate: skollagen 2 kap. 10 §, skolförordningen 6 kap. [M]
        signers=(
            SignerStep(
                order=1,
                role="principal",
                title="Rektor",
                delegable=True,
                delegate_title="Enligt delegation från rektor",
            ),
        ),
        template=_HERE / "terminsbetyg.typ",
        template_version="1",
        seal_page=1,
        seal_rect=SEAL_RECT,
        content=content.terminsbetyg,
    ),
    "slutbetyg": DocumentType(
        code="se.compulsory.slutbetyg",
        title="Slutbetyg",
        locale="sv",
        subject="pupil",
        signers=(SignerStep(order=1, role="principal", title="Rektor"),),
        template=_HERE / "slutbetyg.typ",
        template_version="1",
        seal_page=1,
        seal_rect=SEAL_RECT,
        content=content.slutbetyg,
        draws="latest",
    ),
    "betygskatalog": DocumentType(
        code="se.compulsory.betygskatalog",
        title="Betygskatalog",
        locale="sv",
        subject="group",
        signers=(SignerStep(order=1, role="teacher", title="Undervisande lärare", each=True),),
        template=_HERE / "betygskatalog.typ",
        template_version="1",
        seal_page=1,
        seal_rect=SEAL_RECT,
        content=content.betygskatalog,
    ),
    "klassdagbok": DocumentType(
        code="se.compulsory.klassdagbok",
        title="Klassdagbok",
        locale="sv",
        subject="group",
        signers=(SignerStep(order=1, role="principal", title="Rektor"),),  # no law says who signs [M]
        template=_HERE / "klassdagbok.typ",
        template_version="1",
        seal_page=1,
        seal_rect=SEAL_RECT,
        content=content.klassdagbok,
        draws="year",
        routine=False,
    ),
}
