"""The documents of Vietnamese primary school: transcript of one year, booklet of all years, class register.

`content` puts facts into the snapshot's words, the templates beside it draw them in the order of Appendix 1 of
Circular 27/2020/TT-BGDĐT. The signature box is at the foot of a page that always has the same number: the first of the
year's transcript, the pupil's page (3) of the booklet.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from testamur.law.contract import DocumentType, SignerStep
from testamur.law.vn_primary.documents import content

_HERE = Path(__file__).parent

SEAL_RECT = (5100, 5600, 35100, 14600)
"""The signature box as the templates draw it; the templates refuse any other."""

# class teacher, then principal, then the school's own seal: letter 1396/BGDĐT-GDTH of 27 March 2024
_SIGNERS = (
    SignerStep(order=1, role="class_teacher", title="Giáo viên chủ nhiệm"),
    SignerStep(order=2, role="principal", title="Hiệu trưởng"),
)
# who struck something out signs for it before the class teacher; the principal confirms it by signing last
_CORRECTED = (SignerStep(order=1, role="corrector", title="Người sửa chữa", each=True, needed=False), *_SIGNERS)

DOCUMENTS: Mapping[str, DocumentType] = {
    "hoc_ba_year": DocumentType(
        code="vn.primary.hoc_ba_year",
        title="Học bạ",
        locale="vi",
        subject="pupil",
        signers=_CORRECTED,
        template=_HERE / "hoc_ba_year.typ",
        template_version="2",
        seal_page=1,
        seal_rect=SEAL_RECT,
        content=content.hoc_ba_year,
        draws="year",
        verified=True,
        lacks=content.lacks,
        comment_limit=content.COMMENT_LIMIT,
    ),
    "hoc_ba": DocumentType(
        code="vn.primary.hoc_ba",
        title="Học bạ",
        locale="vi",
        subject="pupil",
        signers=(SignerStep(order=1, role="principal", title="Hiệu trưởng"),),
        template=_HERE / "hoc_ba.typ",
        template_version="2",
        seal_page=3,
        seal_rect=SEAL_RECT,
        content=content.hoc_ba,
        draws="year",
        routine=False,
        verified=True,
        grows=True,
        lacks=content.lacks,
        comment_limit=content.COMMENT_LIMIT,
    ),
    "so_theo_doi": DocumentType(
        code="vn.primary.so_theo_doi",
        title="Sổ theo dõi và đánh giá học sinh",
        locale="vi",
        subject="group",
        signers=_SIGNERS,
        template=_HERE / "so_theo_doi.typ",
        template_version="1",
        seal_page=1,
        seal_rect=SEAL_RECT,
        content=content.so_theo_doi,
        draws="year",
        routine=False,
    ),
}
