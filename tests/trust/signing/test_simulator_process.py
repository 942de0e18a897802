"""The simulated BankID as a program of its own, with the telephone played over HTTP."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from testamur.trust.signing.methods.bankid import qr
from testamur.trust.signing.methods.bankid.client import BankIdClient, Request, http_client
from testamur.trust.signing.methods.bankid.settings import BankIdSettings
from tests.trust.signing.conftest import RUT

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = "testamur.trust.signing.methods.bankid.simulator"


def printed(process: subprocess.Popen[str]) -> Iterator[tuple[str, str]]:
    assert process.stdout is not None
    for line in process.stdout:
        name, _, value = line.strip().partition("=")
        yield name, value
        if name == "TESTAMUR_BANKID_SIGNATURE_ROOTS":
            return


def test_what_the_program_prints_is_all_a_relying_party_needs(pki_folder: Path) -> None:
    process = subprocess.Popen([sys.executable, "-m", PROGRAM, str(pki_folder)], stdout=subprocess.PIPE, text=True)
    try:
        said = dict(printed(process))
        settings = BankIdSettings(
            url=said["TESTAMUR_BANKID_URL"],
            client_certificate=Path(said["TESTAMUR_BANKID_CLIENT_CERTIFICATE"]),
            client_key=Path(said["TESTAMUR_BANKID_CLIENT_KEY"]),
            server_root=Path(said["TESTAMUR_BANKID_SERVER_ROOT"]),
            signature_roots=Path(said["TESTAMUR_BANKID_SIGNATURE_ROOTS"]),
        )
        with http_client(settings.ssl_context(), 5) as http:
            client = BankIdClient(http, settings.url)
            started = client.sign(Request(end_user_ip="192.0.2.7", visible=b"Jag skriver under."))
            code = qr.qr_text(token=started.qr_start_token, secret=started.qr_start_secret, seconds=0)
            phone = settings.url.replace("rp/v6.0/", "simulator/phone/")
            exact = {"Content-Type": "application/json"}
            me = {"personal_number": RUT.personal_number, "given": "Rut", "surname": "Exempel"}
            assert http.post(phone + "scan", json={**me, "text": code + "0"}, headers=exact).status_code == 409
            shown = http.post(phone + "scan", json={**me, "text": code}, headers=exact).json()
            assert shown == {"visible": "Jag skriver under."}
            assert http.post(phone + "approve", json=me, headers=exact).status_code == 200
            assert client.collect(started.order_ref).status == "complete"
    finally:
        process.terminate()
        process.wait(10)


def test_the_program_says_how_it_is_called() -> None:
    done = subprocess.run([sys.executable, "-m", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.returncode, "FOLDER [PORT]" in done.stderr) == (2, True)
