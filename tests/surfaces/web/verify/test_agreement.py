"""The browser's verifier and `testamur verify` say the same: word, terms, every check and every sentence."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest

from testamur.kernel.base.clock import stamp
from testamur.kernel.base.ids import urn
from testamur.kernel.proofs.policies import Policy
from testamur.kernel.proofs.report import Verdict
from testamur.kernel.proofs.trust import Trust
from testamur.kernel.proofs.verify import NO_TRUST, verify_file
from tests.conformance import bad_files, bad_status, builder, personal, test_attacks
from tests.conformance.bad_files import Bad
from tests.conformance.test_bad_files import GOOD
from tests.surfaces.web.verify.harness import ask

MODULE = "agreement.mjs"
MUTATIONS = 400
COSTLY = "test_a_first_revision_full_of_lines_is_read_in_proportion"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# --- handing a bundle over -----------------------------------------------------------------------


def bundle_of(trust: Trust) -> tuple[bytes, list[bytes]]:
    """`trust.json` of a parsed bundle, and the status lists given beside it."""
    carried = {organisation: held.values for organisation, held in trust.status.items()}
    value = {
        "v": 1,
        "test": trust.test,
        "made": stamp(trust.made),
        "organisations": [
            {
                "id": urn(one.id),
                "name": one.name,
                "seal_roots": [b64(der) for der in one.seal_roots],
                "crls": [b64(der) for der in one.crls],
                "log": {"origin": one.origin, "vkeys": [str(k) for k in one.vkeys], "policy": policy_text(one.policy)},
            }
            for one in trust.organisations.values()
        ],
        "eid_roots": {method: [b64(der) for der in ders] for method, ders in trust.eid_roots.items()},
        "tsa_roots": [b64(der) for der in trust.tsa_roots],
        "status": [{"organisation": urn(one), "list": values[0]} for one, values in carried.items()],
    }
    return json.dumps(value).encode(), [json.dumps(item).encode() for held in carried.values() for item in held[1:]]


def policy_text(policy: Policy) -> str:
    lines = [f"log {key}" for key in policy.logs]
    lines += [f"witness {name} {key}" for name, key in policy.witnesses.items()]
    lines += [f"group {name} {one.threshold} {' '.join(one.members)}" for name, one in policy.groups.items()]
    return "\n".join([*lines, f"quorum {policy.quorum}", ""])


def believed(trust: Trust) -> str:
    """The name under which the other side holds this bundle."""
    bundle, lists = bundle_of(trust)
    name = hashlib.sha256(b"\n".join([bundle, *lists])).hexdigest()
    _believe(name, bundle, tuple(lists))
    return name


@cache
def _believe(name: str, bundle: bytes, lists: tuple[bytes, ...]) -> None:
    ask(MODULE, "believe", name, bundle, list(lists))


def both(bad: Bad, at: datetime | None = None) -> Verdict:
    """Python's verdict, after the browser's was found to be the same."""
    trust = bad.trust or builder.world().trust()
    verdict = verify_file(bad.data, trust, "file.pdf", sidecar=bad.sidecar, at=at)
    seconds = None if at is None else at.timestamp() * 1000
    assert ask(MODULE, "verdict", bad.data, believed(trust), bad.sidecar, seconds) == verdict.as_json()
    return verdict


# --- the whole folder ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*bad_status.CASES, *GOOD])
def test_both_say_the_same_of(name: str) -> None:
    both(GOOD[name]() if name in GOOD else bad_status.CASES[name][0]())


@pytest.mark.feature("A22")
def test_both_call_the_good_record_valid() -> None:
    assert both(Bad(builder.good().data)).word == "valid"


def of_issuer(name: str, **changes: Any) -> Bad:
    """A good record whose issuer is so called."""
    issuer = builder.snapshot()["issuer"] | {"name": name}
    return Bad(builder.build(snapshot_changes={"issuer": issuer, **changes}).data)


def shown(verdict: Verdict) -> dict[str, Any]:
    """What the page chooses its word by."""
    return {"word": verdict.word, "code": verdict.code, "practice": verdict.practice}


@pytest.mark.feature("D4", "A22")
def test_both_tell_practice_by_what_is_signed() -> None:
    practised = both(of_issuer("Tỉnh Thực Hành (BẢN THỰC HÀNH)"))
    assert (practised.word, practised.test, practised.practice) == ("valid", True, True)
    assert ask("page.js", "pageWord", shown(practised)) == "practice"
    assert not both(of_issuer("Tỉnh Thực Hành")).practice


@pytest.mark.feature("D4", "A22")
def test_what_is_no_test_is_never_called_practice() -> None:
    real = both(of_issuer("Trung tâm BẢN THỰC HÀNH", test=False))
    assert not real.practice
    assert ask("page.js", "pageWord", shown(real)) == "valid"


def test_both_say_the_same_without_a_bundle() -> None:
    for bad in (Bad(builder.good().data, NO_TRUST), bad_files.a_changed_byte_in_the_document()):
        both(Bad(bad.data, NO_TRUST))


def test_both_call_a_list_old_after_a_week() -> None:
    for days in (7, 9):
        both(bad_status.not_listed(), at=builder.AT + timedelta(days=days))


def attacks() -> Iterator[Any]:
    """Every test of attacks that needs nothing but its own parameters."""
    for name, function in vars(test_attacks).items():
        arguments = function.__code__.co_varnames[: function.__code__.co_argcount] if name.startswith("test_") else ()
        marks = [m.args for m in getattr(function, "pytestmark", []) if m.name == "parametrize"]
        if not name.startswith("test_") or name == COSTLY or "monkeypatch" in arguments or len(marks) > 1:
            continue
        names, values = marks[0] if marks else ((), [()])
        single = isinstance(names, str)
        for number, value in enumerate(values):
            yield pytest.param(function, (value,) if single else tuple(value), id=f"{name}-{number}")


@pytest.mark.parametrize(("attack", "values"), list(attacks()))
def test_both_say_the_same_of_an_attack(
    attack: Callable[..., None], values: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_attacks, "verdict_on", lambda data: both(Bad(data)))
    attack(*values)


# --- changed bytes -------------------------------------------------------------------------------


def changed(data: bytes, chance: random.Random, places: range) -> tuple[int, int, bytes]:
    """One small change somewhere in `places`: (offset, bytes taken away, bytes put in)."""
    at = chance.choice(places)
    kind = chance.randrange(6)
    if kind == 0:
        return at, 1, bytes([data[at] ^ 1 << chance.randrange(8)])
    if kind == 1:
        return at, 1, bytes([chance.choice(b"0123456789abcdef<>[]()/% \nR")])
    if kind == 2:
        return at, chance.randrange(1, 12), b""
    if kind == 3:
        return at, 0, bytes(chance.choice(b" \n0%R/<>()") for _ in range(chance.randrange(1, 4)))
    if kind == 4:
        return at, 4, data[at + 4 : at + 8] + data[at : at + 4]
    return at, len(data), b""


def test_both_say_the_same_of_changed_files() -> None:
    chance = random.Random(20)
    files = {
        "good": builder.good().data,
        "stamped": bad_files.stamped().data,
        "bankid": bad_files.bankid().data,
        "personal": personal.good().data,
    }
    trust = builder.world().trust(tsa_roots=[builder.tsa_root().der])
    bundle = believed(trust)
    for name, data in files.items():
        ask(MODULE, "hold", name, data)
    differing = []
    for number in range(MUTATIONS):
        name = chance.choice(list(files))
        data = files[name]
        second = data.index(b"%%EOF\n") + 6
        used = data.index(b"/Contents<", second)
        places = [range(second), range(second, used), range(used, used + 12_000), range(len(data) - 2_500, len(data))]
        at, taken, put = changed(data, chance, chance.choice(places))
        verdict = verify_file(data[:at] + put + data[at + taken :], trust, "file.pdf").as_json()
        told = ask(MODULE, "verdictAfter", name, [[at, taken, put]], bundle)
        if short(told) != short(verdict):
            differing.append((number, name, at, taken, put, short(verdict), short(told)))
    assert not differing, differing[:5]


def short(verdict: dict[str, Any]) -> tuple[str, str | None, list[tuple[str, str, str]]]:
    """The word, the term, and each check without its sentence: libraries word what they cannot parse differently."""
    checks = [(check["name"], check["outcome"], check["code"]) for check in verdict["checks"]]
    return verdict["verdict"], verdict["indication"], checks
