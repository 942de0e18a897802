"""A PostgreSQL cluster of one's own: made in a temporary folder, on a private port, stopped and removed at the end.

`python scripts/postgres.py COMMAND …` runs the command with TESTAMUR_DATABASE_URL and TESTAMUR_LOG_DATABASE_URL set.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

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


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextlib.contextmanager
def cluster() -> Iterator[dict[str, str]]:
    """Start a cluster; yields the environment variables that point at it."""
    bin_folder, port = binaries(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="testamur-postgres-"))
    user: dict[str, object] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        entry = pwd.getpwnam("postgres")
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    quiet = {"stdout": subprocess.DEVNULL, "cwd": str(folder), "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}}
    data = folder / "data"
    subprocess.run(
        [
            str(bin_folder / "initdb"),
            "-D",
            str(data),
            "-U",
            "testamur",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ],
        check=True,
        **user,
        **quiet,
    )
    options = " ".join(f"-c {k}={v}" for k, v in SETTINGS.items())
    subprocess.run(
        [
            str(bin_folder / "pg_ctl"),
            "-D",
            str(data),
            "-w",
            "-l",
            str(folder / "server.log"),
            "-o",
            f"-p {port} -h 127.0.0.1 -k {folder} {options}",
            "start",
        ],
        check=True,
        **user,
        **quiet,
    )
    try:
        for name in ("testamur", "testamur_log"):
            subprocess.run(
                [str(bin_folder / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "testamur", name],
                check=True,
                **quiet,
            )
        base = f"postgresql://testamur@127.0.0.1:{port}"
        yield {
            "TESTAMUR_DATABASE_URL": f"{base}/testamur",
            "TESTAMUR_LOG_DATABASE_URL": f"{base}/testamur_log",
        }
    finally:
        subprocess.run(
            [str(bin_folder / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"],
            check=False,
            stderr=subprocess.DEVNULL,
            **user,
            **quiet,
        )
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run the command inside a cluster and pass its exit status on."""
    with cluster() as variables:
        return subprocess.run(sys.argv[1:], env={**os.environ, **variables}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
