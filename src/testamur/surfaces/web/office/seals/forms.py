"""Forms of the pages of seals, and a seal as its page shows it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from testamur.kernel.proofs.chain import load, name_of
from testamur.surfaces.web.office import words
from testamur.surfaces.web.office.importing import FilesField, ManyFiles
from testamur.trust.sealing.queries import Seal
from testamur.trust.sealing.rules import Algorithm, SealState

WARN, HURRY = 90, 30
"""Days before the end of a certificate from which on a warning is shown, and a stronger one."""

STATES: words.Words = {
    "requested": gettext_lazy("Waiting for its certificate"),
    "active": gettext_lazy("In use"),
    "retired": gettext_lazy("Retired"),
}


class KeyForm(forms.Form):
    """A new key: in a file of this installation, or one that lies on a token that the operator has prepared."""

    where = forms.ChoiceField(label=gettext_lazy("Key"), widget=forms.RadioSelect)
    algorithm = forms.ChoiceField(
        label=gettext_lazy("Kind of key in a file"),
        required=False,
        choices=[
            (Algorithm.P256.value, "ECDSA P-256"),
            (Algorithm.RSA_3072.value, "RSA 3072"),
            (Algorithm.RSA_4096.value, "RSA 4096"),
        ],
        help_text=gettext_lazy("As the authority that issues the certificate asks for."),
    )
    label = forms.CharField(
        label=gettext_lazy("Name of the key on the token"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Its label (CKA_LABEL). Only for a key on a token."),
    )
    organisation = forms.CharField(
        label=gettext_lazy("Name of the body or school"),
        max_length=64,
        help_text=gettext_lazy("As it is registered: the certificate will carry it."),
    )
    common_name = forms.CharField(label=gettext_lazy("Name of the seal"), max_length=64)

    def __init__(self, data: Any, tokens: list[str], initial: dict[str, str]) -> None:
        """`tokens` are the names of prepared tokens."""
        super().__init__(data, initial=initial)
        prepared = [(f"token:{name}", _("On the token %(name)s") % {"name": name}) for name in tokens]
        self.fields["where"].choices = [("file", _("In a file of this installation")), *prepared]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A key on a token has a name there."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if str(said.get("where", "")).startswith("token:") and not said.get("label"):
            self.add_error("label", _("Say which key of the token it is."))
        return said


class ChainForm(forms.Form):
    """What came back from the authority that issues certificates."""

    certificates = FilesField(
        label=gettext_lazy("Certificates"),
        widget=ManyFiles(attrs={"accept": ".pem,.crt,.cer,.der,.p7b,.p7c"}),
        help_text=gettext_lazy("The seal's certificate with those above it: PEM, DER or P7B, one file or several."),
    )


class RetireForm(forms.Form):
    """Stop using a seal."""

    sure = forms.BooleanField(label=gettext_lazy("I know that nothing can be sealed until another seal is in use."))


@dataclass(frozen=True, slots=True)
class Told:
    """A seal as its page shows it; `days` until its certificate ends."""

    seal: Seal
    state: str
    name: str
    issuer: str
    days: int | None
    urgency: str
    on_token: bool
    fingerprint: str


def told(seal: Seal, now: datetime) -> Told:
    """What the page says of a seal at that moment."""
    own = load(seal.certificates[0]) if seal.certificates else None
    days = (seal.valid_to - now).days if seal.valid_to else None
    urgency = ""
    if seal.state is SealState.ACTIVE and days is not None:
        urgency = "danger" if days < HURRY else "warning" if days < WARN else ""
    return Told(
        seal,
        words.word(STATES, seal.state.value),
        name_of(own) if own else _asked_name(seal),
        own.issuer.rfc4514_string() if own else "",
        days,
        urgency,
        seal.locator.startswith("pkcs11:"),
        hashlib.sha256(seal.certificates[0]).hexdigest() if seal.certificates else "",
    )


def _asked_name(seal: Seal) -> str:
    if not seal.request:
        return ""
    names = x509.load_der_x509_csr(seal.request).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""
