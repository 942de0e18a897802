"""A RabbitMQ of one's own: private ports and folders, loopback alone, as the invoking user, ended by its process id.

`python scripts/rabbitmq.py COMMAND …` runs the command with TESTAMUR_BROKER_URL set. Debian's package is enough; its
service need not run.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from testamur.kernel.base.ports import free_port

PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
EPMD = Path("/usr/bin/epmd")
START = 240.0
CONFIG = """\
# nobody but this machine
{listener}
# the longest background task takes half a day
consumer_timeout = 46800000
log.file.level = warning
{tls}vm_memory_high_watermark.absolute = 400MB
disk_free_limit.absolute = 50MB
"""


@dataclass
class Broker:
    """One broker in `folder`. It may be killed and started again, with what it had on disk or without."""

    folder: Path
    port: int = field(default_factory=free_port)
    epmd_port: int = field(default_factory=free_port)
    dist_port: int = field(default_factory=free_port)
    tls: tuple[Path, Path] | None = None
    """Certificate and key of the server: it then speaks TLS alone, on the same port."""
    _epmd: subprocess.Popen[bytes] | None = None
    _server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address for TESTAMUR_BROKER_URL. The guest may log in from this machine alone."""
        scheme, host = ("amqp", "127.0.0.1") if self.tls is None else ("amqps", "localhost")
        return f"{scheme}://guest:guest@{host}:{self.port}//"

    def start(self) -> None:
        """Start and wait until it takes connections. Raises SystemExit with its last words when it does not."""
        if not PROGRAM.exists():
            raise SystemExit("RabbitMQ is not installed: apt-get install rabbitmq-server")
        self.folder.mkdir(parents=True, exist_ok=True)
        cookie = self.folder / ".erlang.cookie"
        if not cookie.exists():
            cookie.touch(mode=0o600)
            cookie.write_text(secrets.token_hex(16).upper())
            cookie.chmod(0o400)
        (self.folder / "rabbitmq.conf").write_text(self._config())
        (self.folder / "enabled_plugins").write_text("[].")
        environment = self._environment()
        if self._epmd is None or self._epmd.poll() is not None:
            self._epmd = subprocess.Popen(
                [str(EPMD), "-port", str(self.epmd_port), "-address", "127.0.0.1"],
                env=environment, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        with (self.folder / "out").open("ab") as out:
            self._server = subprocess.Popen(
                [str(PROGRAM)], env=environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip
        self._wait()

    def kill(self) -> None:
        """End it at once, as a power cut does; what it had on disk stays."""
        if self._server is not None:
            with contextlib.suppress(
                ProcessLookupError
            ):  # its own group: the shell that started it, the machine itself
                os.killpg(self._server.pid, signal.SIGKILL)
            self._server.wait()
            self._server = None

    def lose_disk(self) -> None:
        """Forget every queue and message; it must be down."""
        shutil.rmtree(self.folder / "mnesia", ignore_errors=True)

    def stop(self) -> None:
        """End it and its name server."""
        self.kill()
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd.wait()

    def _config(self) -> str:
        where = f"127.0.0.1:{self.port}"
        if self.tls is None:
            return CONFIG.format(listener=f"listeners.tcp.local = {where}", tls="")
        certificate, key = self.tls
        tls = f"ssl_options.certfile = {certificate}\nssl_options.keyfile = {key}\nssl_options.verify = verify_none\n"
        return CONFIG.format(listener=f"listeners.tcp = none\nlisteners.ssl.local = {where}", tls=tls)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"testamur-{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(self.dist_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2",
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self.folder / "generated"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
        }

    def _wait(self) -> None:
        end = time.monotonic() + START
        while time.monotonic() < end and self._server is not None and self._server.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as s:
                if self.tls is not None:  # it listens: that is all that can be seen from outside
                    return
                s.settimeout(5)
                s.sendall(b"AMQP\x00\x00\x09\x01")
                if s.recv(1):
                    return
            time.sleep(0.1)
        words = (self.folder / "out").read_text(errors="replace")[-2000:]
        self.stop()
        raise SystemExit(f"RabbitMQ did not start:\n{words}")


@contextlib.contextmanager
def broker() -> Iterator[Broker]:
    """A running broker in a temporary folder, stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="testamur-rabbitmq-"))
    one = Broker(folder)
    try:
        one.start()
        yield one
    finally:
        one.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run the command beside a broker and pass its exit status on."""
    with broker() as one:
        return subprocess.run(sys.argv[1:], env={**os.environ, "TESTAMUR_BROKER_URL": one.url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
