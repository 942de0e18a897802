"""`testamur agent` and `testamur sign-request`: sign on one's own computer, with a PKCS#12 file or a PKCS#11 token.

Both run where the signer sits and need nothing of an installation: no database, no settings.
"""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from testamur.surfaces.cli import output

if TYPE_CHECKING:
    from testamur.trust.signing.methods.certificate.agent.keys import Key

P12 = Annotated[Path | None, typer.Option("--p12", help="PKCS#12 file with your key and certificate")]
MODULE = Annotated[Path | None, typer.Option("--pkcs11", help="PKCS#11 library of your token")]
TOKEN = Annotated[str, typer.Option("--token", help="Label of the token")]
LABEL = Annotated[str, typer.Option("--label", help="Label of the certificate, where the token holds several")]


def agent(
    service: Annotated[list[str], typer.Option("--service", help="Address of the service, as the browser shows it")],
    p12: P12 = None,
    pkcs11: MODULE = None,
    token: TOKEN = "",
    label: LABEL = "",
    port: Annotated[int, typer.Option(min=1024, max=65535, help="Port on this computer")] = 24826,
) -> None:
    """Sign for pages of a service with a key on this computer, until Ctrl-C. PIN and key stay here."""
    from testamur.trust.signing.methods.certificate.agent.server import Agent

    key = _key(p12, pkcs11, token, label)
    with Agent(key, origins=[_origin(one) for one in service], port=port) as open_:
        output.say(f"[bold]the agent listens[/] on 127.0.0.1:{open_.port} for {', '.join(sorted(open_.origins))}")
        output.say(f"pairing code  [bold]{open_.code}[/]   type it on the signing page; Ctrl-C stops the agent")
        open_.serve(ask=_ask, say=_say)


def sign_request(
    file: Annotated[Path, typer.Argument(help="Signing request, as the signing page gives it")],
    p12: P12 = None,
    pkcs11: MODULE = None,
    token: TOKEN = "",
    label: LABEL = "",
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the answer; beside the request")] = None,
) -> None:
    """Sign a request that was fetched as a file; the answer is handed in on the signing page."""
    from testamur.trust.signing.methods.certificate.agent import jobs
    from testamur.trust.signing.methods.certificate.requests import SigningAnswer, read_request

    request = read_request(file.read_bytes())
    job = jobs.Job(request)
    jobs.run(job, _key(p12, pkcs11, token, label), ask=_ask, say=_say)
    if job.made:  # what was signed before a token gave up counts too: the rest can follow
        target = out or file.with_suffix(".answer.json")
        target.write_bytes(SigningAnswer(request.ceremony, dict(job.made)).written())
        output.say(f"answer  {output.plain(str(target))}")
    if job.state is not jobs.JobState.DONE:
        raise typer.Exit(1)


def certificate(
    out: Annotated[Path, typer.Argument(help="PEM file to write")],
    p12: P12 = None,
    pkcs11: MODULE = None,
    token: TOKEN = "",
    label: LABEL = "",
) -> None:
    """Write the certificates that belong to a key as PEM, for the signing page; the key stays where it is."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    ders = _key(p12, pkcs11, token, label).certificates
    out.write_bytes(b"".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in ders))
    output.say(f"certificate  {output.plain(str(out))}")


def _key(p12: Path | None, module: Path | None, token: str, label: str) -> Key:
    from testamur.trust.signing.methods.certificate.agent import keys

    if p12 is not None and module is None:
        return keys.open_file(p12, _ask)
    if module is not None and p12 is None and token:
        return keys.open_token(module, token_label=token, label=label)
    output.say("[bold red]refused[/] name --p12 FILE, or --pkcs11 LIBRARY with --token LABEL")
    raise typer.Exit(2)


def _say(text: str) -> None:
    """Line by line, nothing in it steers the terminal."""
    for line in text.split("\n"):
        output.say(output.plain(line))


def _ask(prompt: str) -> str:
    """On the terminal without an echo; from a pipe line by line, for programs that answer. A yes may be seen."""
    if not sys.stdin.isatty():
        sys.stderr.write(prompt)
        sys.stderr.flush()
        return sys.stdin.readline().rstrip("\n")
    return input(prompt) if prompt.startswith("Sign them") else getpass.getpass(prompt)


def _origin(address: str) -> str:
    """What a browser calls the origin of an address."""
    from urllib.parse import urlsplit

    found = urlsplit(address)
    if found.scheme not in {"https", "http"} or not found.hostname:
        output.say(f"[bold red]refused[/] {output.plain(address)} is no address of a service")
        raise typer.Exit(2)
    default = {"https": 443, "http": 80}[found.scheme]
    port = f":{found.port}" if found.port and found.port != default else ""
    return f"{found.scheme}://{found.hostname}{port}"
