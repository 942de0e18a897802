"""What a guardian signs: one canonical JSON document that binds the form's digest, the answers and the child."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.clock import stamp
from testamur.kernel.base.ids import urn
from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.snapshot import signer_ref

TYPE = "testamur.consent"
_TITLES = {
    "sv": "Samtycke: {title}{child}",
    "en": "Consent: {title}{child}",
    "vi": "Đồng ý: {title}{child}",
    "bg": "Съгласие: {title}{child}",
}


def title_signed(title: str, *, child: str, language: str) -> str:
    """The line that the e-ID shows. `child` is empty where the name may not leave the school (protected identity)."""
    words = _TITLES.get(language, _TITLES["en"])
    return words.format(title=title, child=f" ({child})" if child else "")


def child_ref(answer: UUID, child: UUID) -> str:
    r"""SHA-256 of `testamur/child/1\n<answer>\n<child>`, lower-case hex: binds the child and names nobody."""
    return sha256(f"testamur/child/1\n{urn(answer)}\n{urn(child)}".encode()).hexdigest()


def document(
    *,
    answer: UUID,
    organisation: UUID,
    form: UUID,
    form_digest: str,
    child: UUID,
    scheme: str,
    identifier: str,
    values: Mapping[str, Any],
    language: str,
    at: datetime,
) -> bytes:
    """The canonical JSON that is signed. `scheme` and `identifier` are the signer's; only a digest of them is in it."""
    return canonical(
        {
            "v": 1,
            "type": TYPE,
            "answer": urn(answer),
            "organisation": urn(organisation),
            "form": urn(form),
            "form_sha256": form_digest,
            "child": child_ref(answer, child),
            "signer": signer_ref(answer, scheme, identifier),
            "decision": "given",
            "values": dict(values),
            "language": language,
            "asked_at": stamp(at),
        }
    )


def as_signer(by: Actor, path: str) -> Actor:
    """The actor as the signer of a ceremony that was begun for an answer of the actor's own, at that form's place."""
    grant = Grant("guardian", path, ("signing.ceremony.*",))
    return Actor(id=by.id, identified_by=by.identified_by, grants=(*by.grants, grant))
