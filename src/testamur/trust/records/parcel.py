"""The evidence bundle: an original with everything that anybody needs to check it, in one ZIP file."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from testamur.kernel.base.ids import urn
from testamur.trust.records.originals import Fetched

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The files' dates: the same bundle is the same bytes."""

README = """\
SVENSKA
{title}, {code}
{code}.pdf är originalet: det är underskrivet, stämplat och oförändrat. Behåll filen som den är; en utskrift
är en kopia. {code}.pdf.tlog-proof visar att handlingen står i utfärdarens öppna logg. record.json är
innehållet i läsbar form. trust.json säger vem man litar på, status-list.json vilka handlingar som inte längre
gäller, integrity.json vad som kontrollerades när filen hämtades. Kontrollera filen på sidan {url} (den laddas
inte upp) eller med: testamur verify {code}.pdf --trust trust.json

ENGLISH
{title}, {code}
{code}.pdf is the original: signed, sealed and unchanged. Keep the file as it is; a print is a copy.
{code}.pdf.tlog-proof shows that the document stands in the issuer's public log. record.json is its content in
readable form. trust.json says who is believed, status-list.json which documents no longer hold,
integrity.json what was checked when the file was fetched. Check the file on {url} (it is not uploaded) or
with: testamur verify {code}.pdf --trust trust.json

TIẾNG VIỆT
{title}, {code}
{code}.pdf là bản gốc: đã được ký, đóng dấu điện tử và không bị thay đổi. Hãy giữ nguyên tệp; bản in chỉ là
bản sao. {code}.pdf.tlog-proof chứng minh văn bản có trong nhật ký công khai của cơ quan cấp. record.json là
nội dung ở dạng đọc được. trust.json cho biết ai được tin cậy, status-list.json những văn bản nào không còn
hiệu lực, integrity.json những gì đã được kiểm tra khi tải tệp. Kiểm tra tệp tại {url} (tệp không được tải
lên) hoặc bằng lệnh: testamur verify {code}.pdf --trust trust.json

БЪЛГАРСКИ
{title}, {code}
{code}.pdf е оригиналът: подписан, подпечатан и непроменен. Пазете файла такъв, какъвто е; разпечатката е
копие. {code}.pdf.tlog-proof показва, че документът е вписан в публичния дневник на издателя. record.json е
съдържанието в четим вид. trust.json казва на кого се вярва, status-list.json кои документи вече не важат,
integrity.json какво е проверено при изтеглянето. Проверете файла на {url} (той не се качва) или с: testamur
verify {code}.pdf --trust trust.json
"""


def bundle_zip(fetched: Fetched, trust: Mapping[str, Any], *, verify_url: str) -> bytes:
    """A ZIP of the PDF, its proof and content, the trust bundle, the issuer's status list, and a text that explains.

    `trust` is as `bundle.bundle` makes it; where it carries no status list of the issuer, the bundle has none.
    """
    files = {
        f"{fetched.code}.pdf": fetched.pdf,
        f"{fetched.code}.pdf.tlog-proof": fetched.proof,
        "record.json": fetched.record_json,
        "trust.json": _json(trust),
        "integrity.json": _json(fetched.report),
        "README.txt": README.format(title=fetched.title, code=fetched.code, url=verify_url).encode(),
    }
    issuer = urn(fetched.organisation)
    for told in trust.get("status", ()):
        if told["organisation"] == issuer:
            files["status-list.json"] = _json(told["list"])
    written = io.BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(ZipInfo(name, _LONG_AGO), data, ZIP_DEFLATED)
    return written.getvalue()


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()
