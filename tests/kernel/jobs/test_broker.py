"""A real RabbitMQ, a relay and Celery workers, really killed: every task is done once, whoever dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pytest_django import Settings
from scripts import rabbitmq

from testamur.kernel.base import clock
from testamur.kernel.jobs import broker as jobs_broker
from tests.kernel.jobs.test_worker import PATIENCE, ROOT, Place, alive, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not rabbitmq.PROGRAM.exists(), reason="RabbitMQ is not installed"),
]


class BrokerPlace(Place):
    """A data folder whose work goes over a broker."""

    def __init__(self, folder: Path, broker: rabbitmq.Broker) -> None:
        super().__init__(folder)
        self.broker = broker
        self.environment |= {"TESTAMUR_BROKER_URL": broker.url, "TEST_LEASE": "20"}
        self._running: list[subprocess.Popen[str]] = []

    def command(self, *args: str, **extra: str) -> subprocess.Popen[str]:
        """`testamur …`, in a process of its own."""
        process = subprocess.Popen(
            [sys.executable, "-m", "testamur", *args, "--json"],
            cwd=ROOT,
            env=self.environment | extra,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._running.append(process)
        return process

    def ended(self) -> Counter[str]:
        return Counter(line[1] for line in self.notes() if line[0] == "end")

    def wait_for_all(self, count: int, seconds: float = PATIENCE) -> None:
        until(lambda: 1 if len(self.ended()) >= count else None, seconds)

    def close(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.kill()
            process.communicate()


@pytest.fixture(scope="module")
def broker() -> Iterator[rabbitmq.Broker]:
    with rabbitmq.broker() as one:
        yield one


@pytest.fixture
def place(tmp_path: Path, broker: rabbitmq.Broker) -> Iterator[BrokerPlace]:
    made = BrokerPlace(tmp_path, broker)
    yield made
    made.close()


def stop(process: subprocess.Popen[str]) -> dict[str, object]:
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=PATIENCE)
    told: dict[str, object] = json.loads(out.splitlines()[-1])
    return told


@pytest.mark.feature("A21")
def test_a_relay_and_two_celery_workers_do_every_task_once_and_stop_gently(place: BrokerPlace) -> None:
    schedule = json.dumps({"jobs.tidy": {"task": "testamur.kernel.jobs.tasks.tidy", "every": 1}})
    place.enqueue(
        "for n in range(2): work.meet.enqueue(F)",
        "for n in range(60): work.note.enqueue(F, str(n), 0.02)", "work.crash.enqueue()",
    )  # fmt: skip
    process = place.command("worker", "--broker", "--concurrency", "2", TEST_SCHEDULE=schedule)
    place.wait_for_all(60)
    place.enqueue("work.note.enqueue(F, 'last', 1)")
    place.wait_for("begin", "last")
    told = stop(process)
    assert place.ended()["last"] == 1
    assert set(place.ended().values()) == {1}
    assert len({line[-1] for line in place.notes()}) == 2
    assert told["died"] == 0
    state = subprocess.run(
        [sys.executable, "-m", "testamur", "jobs", "--json"],
        cwd=ROOT, env=place.environment, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    seen = json.loads(state.stdout)
    assert seen["broker"]["answers"] is True
    assert seen["counts"]["SUCCESSFUL"] == 63
    assert seen["flow"]["relay"] == ""  # it gave up its post when it went


def test_a_killed_worker_process_costs_a_try_and_a_killed_relay_none(place: BrokerPlace) -> None:
    relay = place.command("relay")
    worker = place.command("worker", "--celery", "--concurrency", "2")
    place.enqueue("work.note.enqueue(F, 'long', 3)")
    first = place.wait_for("begin", "long")
    os.kill(first, signal.SIGKILL)
    assert place.wait_for("end", "long") != first
    relay.kill()
    relay.wait()
    place.enqueue("for n in range(20): work.note.enqueue(F, str(n))")
    other = place.command("relay")
    place.wait_for_all(21)
    told = stop(worker)
    assert (told["done"], told["died"]) == (21, 1)
    stop(other)


@pytest.mark.parametrize("disk", ["kept", "lost"])
def test_a_broker_that_dies_and_comes_back_loses_nothing_and_doubles_nothing(place: BrokerPlace, disk: str) -> None:
    relay = place.command("relay")
    worker = place.command("worker", "--celery", "--concurrency", "2")
    place.enqueue("for n in range(60): work.note.enqueue(F, str(n), 0.2)")
    place.wait_for_all(5)
    place.broker.kill()
    if disk == "lost":
        place.broker.lose_disk()
    place.enqueue("for n in range(60, 80): work.note.enqueue(F, str(n))")
    place.broker.start()
    place.wait_for_all(80)
    assert set(place.ended().values()) == {1}
    assert stop(worker)["done"] == 80
    stop(relay)


def test_workers_of_a_machine_that_vanishes_die_and_others_get_their_tasks(place: BrokerPlace) -> None:
    relay = place.command("relay")
    gone = place.command("worker", "--celery", "--concurrency", "1", TEST_LEASE="6")
    place.enqueue("work.note.enqueue(F, 'long', 4)")
    first = place.wait_for("begin", "long")
    gone.kill()
    gone.wait()
    until(lambda: None if alive(first) else 1)
    other = place.command("worker", "--celery", "--concurrency", "1")
    place.wait_for_all(1)  # a lease has to run out first
    assert stop(other)["done"] == 1
    stop(relay)


def test_the_command_says_that_it_needs_a_broker(tmp_path: Path) -> None:
    place = Place(tmp_path)
    process = subprocess.run(
        [sys.executable, "-m", "testamur", "relay"],
        cwd=ROOT, env=place.environment | {"TESTAMUR_BROKER_URL": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert process.returncode == 1
    assert "jobs.no_broker" in process.stderr


@pytest.fixture
def over_tls(tmp_path: Path) -> Iterator[tuple[rabbitmq.Broker, Path]]:
    """A broker that speaks TLS, for the name localhost; and its root."""
    now = clock.now()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "broker.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (tmp_path / "broker.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    one = rabbitmq.Broker(tmp_path / "rabbitmq", tls=(tmp_path / "broker.pem", tmp_path / "broker.key"))
    try:
        one.start()
        yield one, tmp_path / "broker.pem"
    finally:
        one.stop()


def test_over_tls_the_broker_must_be_the_one_that_is_meant(
    over_tls: tuple[rabbitmq.Broker, Path], settings: Settings
) -> None:
    one, root = over_tls
    settings.BROKER_URL, settings.BROKER_CA = one.url, str(root)
    assert jobs_broker.state().messages == 0
    settings.BROKER_CA = ""
    with pytest.raises(jobs_broker.Unreachable):  # the system does not know its root
        jobs_broker.state()
    settings.BROKER_CA, settings.BROKER_URL = str(root), one.url.replace("localhost", "127.0.0.1")
    with pytest.raises(jobs_broker.Unreachable):  # the certificate names another
        jobs_broker.state()
