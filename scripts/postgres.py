"""A PostgreSQL cluster of one's own: made in a temporary folder, on a private port, stopped and removed at the end.

`python scripts/postgres.py COMMAND …` runs the command with TESTAMUR_DATABASE_URL and TESTAMUR_LOG_DATABASE_URL set.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from testamur.kernel.base.ports import free_port

SETTINGS = {
    # the cluster lives for one test run: what a crash would lose is not worth waiting for
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "shared_buffers": "128MB",
}


def binaries() -> Path:
    """The newest server that Debian's packages have installed. Raises SystemExit with what to do."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[4]))
    if not found:
        raise SystemExit("PostgreSQL is not installed: make install")
    return found[-1].parent


@dataclass
class Cluster:
    """One server in `folder`. It may be killed and started again; what was committed must then still be there."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=lambda: SETTINGS)
    port: int = field(default_factory=free_port)
    _user: dict[str, Any] = field(default_factory=dict)

    def make(self) -> None:
        """Make the cluster, start it, and make the two databases."""
        if os.geteuid() == 0:  # the server refuses to run as root
            entry = pwd.getpwnam("postgres")
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
            self._user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        self._run("initdb", "-D", self._data, "-U", "testamur", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        self.start()
        for name in ("testamur", "testamur_log"):
            self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "testamur", name)

    def start(self) -> None:
        """Start the server and wait until it takes connections; after a crash it recovers first."""
        options = " ".join(f"-c {k}={v}" for k, v in self.settings.items())
        where = f"-p {self.port} -h 127.0.0.1 -k {self.folder} {options}"
        log = self.folder / "server.log"
        try:
            self._run("pg_ctl", "-D", self._data, "-w", "-t", "120", "-l", str(log), "-o", where, "start")
        except subprocess.CalledProcessError as error:
            error.add_note(log.read_text(errors="replace")[-1500:] if log.exists() else "it wrote no log")
            raise

    def processes(self) -> list[int]:
        """The server's process, then those it has started."""
        try:
            server = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, IndexError, ValueError):
            return []
        return [server, *children(server)]

    def kill(self) -> None:
        """End the server and all its processes at once, as a power cut does; what it had on disk stays."""
        for server in self.processes()[:1]:
            os.kill(server, signal.SIGSTOP)  # so that it starts no other while they are counted
        found = self.processes()
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + 60
        while any(Path(f"/proc/{pid}").exists() for pid in found):
            if time.monotonic() > end and not any(Path(f"/proc/{pid}/exe").exists() for pid in found):
                # dead, but nobody has collected them yet: the server would take its own lock for that of a living one
                (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
                break
            time.sleep(0.02)

    def stop(self) -> None:
        """End the server without waiting for anybody."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop", check=False, stderr=subprocess.DEVNULL)

    @property
    def variables(self) -> dict[str, str]:
        """The environment that points at it."""
        base = f"postgresql://testamur@127.0.0.1:{self.port}"
        return {
            "TESTAMUR_DATABASE_URL": f"{base}/testamur",
            "TESTAMUR_LOG_DATABASE_URL": f"{base}/testamur_log",
        }

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *args: str, check: bool = True, **more: Any) -> None:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": str(self.folder), "env": environment}
        subprocess.run([str(binaries() / program), *args], check=check, **{**self._user, **quiet, **more})


def children(parent: int) -> list[int]:
    """Processes that `parent` has started and that live. Linux."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


@contextlib.contextmanager
def cluster() -> Iterator[dict[str, str]]:
    """Start a cluster; yields the environment variables that point at it."""
    folder = Path(tempfile.mkdtemp(prefix="testamur-postgres-"))
    one = Cluster(folder)
    try:
        one.make()
        yield one.variables
    finally:
        one.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run the command inside a cluster and pass its exit status on."""
    with cluster() as variables:
        return subprocess.run(sys.argv[1:], env={**os.environ, **variables}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
