"""A location of the archive in an object store that speaks S3: the very same tree of OCFL, key by key.

An object store has no folders to move into place: an object *stands* once ``inventory.json`` at its root is written,
which is the last thing written; what a killed process left before that is written over by the next try. Where the store
knows conditional writes (``If-None-Match``), two writers cannot both be the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from testamur.kernel.base.ids import urn
from testamur.trust.archive import rules
from testamur.trust.archive.objects import ArchiveConflict, ArchiveDamaged, Objects
from testamur.trust.archive.rules import NewObject, StoredObject

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

THREADS = 16
"""Requests at a time; an object store answers in tens of milliseconds, so one after another would be slow."""

_GONE = frozenset({"404", "NoSuchKey", "NotFound"})
_THERE = frozenset({"412", "PreconditionFailed", "ConditionalRequestConflict"})
_T = TypeVar("_T")


class UnreachableError(OSError):
    """The object store did not answer, or answered no: as a disk that refuses."""


class Bucket(Objects):
    """A location at ``s3://bucket/prefix``. Made once per process: it keeps its connections."""

    def __init__(self, url: str, *, endpoint: str = "", region: str = "") -> None:
        """Credentials come as boto3 finds them (``AWS_ACCESS_KEY_ID`` …, a file, the machine's own role).

        Raises ValueError for an address that is none, `UnreachableError`.
        """
        parts = urlsplit(url)
        if parts.scheme != "s3" or not parts.netloc:
            raise ValueError(f"{url} is no address of a bucket; write s3://bucket/prefix")
        self._bucket, self._prefix = parts.netloc, parts.path.strip("/")
        config = Config(
            connect_timeout=5,
            read_timeout=30,
            max_pool_connections=THREADS,
            retries={"total_max_attempts": 4, "mode": "standard"},
        )
        self._s3: S3Client = boto3.client(
            "s3", endpoint_url=endpoint or None, region_name=region or None, config=config
        )
        if not self._has(rules.ROOT_NAMASTE[0]):
            for name, data in rules.root_files().items():
                self._put(name, data)

    # --- one request each ------------------------------------------------------------------------------

    def get(self, path: str) -> bytes:
        """See `Objects.get`."""
        with _answers(path):
            return self._s3.get_object(Bucket=self._bucket, Key=self._key(path))["Body"].read()

    def _put(self, path: str, data: bytes) -> None:
        with _answers(path):
            # the store compares what arrives with this digest before it keeps it
            self._s3.put_object(Bucket=self._bucket, Key=self._key(path), Body=data, ChecksumAlgorithm="SHA256")

    def _put_first(self, path: str, data: bytes) -> bool:
        """Write unless something is there; False when it is."""
        try:
            self._s3.put_object(
                Bucket=self._bucket, Key=self._key(path), Body=data, ChecksumAlgorithm="SHA256", IfNoneMatch="*"
            )
        except ClientError as error:
            if _code(error) in _THERE:
                return False
            raise UnreachableError(f"{path}: {_code(error)}") from error
        except BotoCoreError as error:
            raise UnreachableError(f"{path}: {type(error).__name__}") from error
        return True

    def _has(self, path: str) -> bool:
        try:
            with _answers(path):
                self._s3.head_object(Bucket=self._bucket, Key=self._key(path))
        except FileNotFoundError:
            return False
        return True

    def _listed(self, below: str) -> Iterator[tuple[str, int]]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._key(below))
        start = len(self._key(""))
        with _answers(below):
            for page in pages:
                yield from ((one["Key"][start:], one["Size"]) for one in page.get("Contents", ()))

    def _key(self, path: str) -> str:
        return f"{self._prefix}/{path}" if self._prefix else path

    # --- objects -----------------------------------------------------------------------------------------

    def write(self, objects: Sequence[NewObject], *, created: datetime) -> list[StoredObject]:
        """See `Objects.write`: content first, all of it read back, each root inventory last."""
        made = [_Made(new, created) for new in objects]
        with ThreadPoolExecutor(THREADS) as pool:
            fresh = [one for one, there in zip(made, _all(pool, self._stands, made), strict=True) if not there]
            files = [(f"{one.place}/{name}", data) for one in fresh for name, data in one.files.items()]
            _all(pool, lambda file: self._put(*file), files)
            _all(pool, lambda file: self._reread(*file), files)
            _all(pool, self._finish, fresh)
        return [one.stored for one in made]

    def _stands(self, made: _Made) -> bool:
        """Whether this very object stands already. Raises ArchiveConflict when another does."""
        try:
            there = self.get(f"{made.place}/v1/inventory.json") if self._has(f"{made.place}/inventory.json") else None
        except FileNotFoundError:
            there = b""
        if there is not None and there != made.inventory:
            raise ArchiveConflict("Other content stands at this record's place.", record=urn(made.stored.record))
        return there is not None

    def _reread(self, path: str, data: bytes) -> None:
        if self.get(path) != data:
            raise ArchiveDamaged(f"{path} read back differs from what was written.")

    def _finish(self, made: _Made) -> None:
        if not self._put_first(f"{made.place}/inventory.json", made.inventory):
            self._stands(made)  # another worker was first: well if it wrote the same
        self._reread(f"{made.place}/inventory.json", made.inventory)

    def add_version(self, record: UUID, added: Mapping[str, bytes], *, created: datetime, message: str) -> StoredObject:
        """See `Objects.add_version`."""
        place = rules.object_path(record)
        head, inventory, files = self.next_version(record, added, created=created, message=message)
        for name, data in files.items():
            self._put(f"{place}/{name}", data)
            self._reread(f"{place}/{name}", data)
        digest = hashlib.sha512(inventory).hexdigest()
        self._put(f"{place}/inventory.json", inventory)
        self._put(f"{place}/inventory.json.sha512", rules.sidecar(digest))
        return StoredObject(record, head, digest, sum(self.contents(place).values()))

    def contents(self, place: str) -> Mapping[str, int]:
        """See `Objects.contents`."""
        found = ((path.removeprefix(f"{place}/"), size) for path, size in self._listed(f"{place}/v"))
        return {path: size for path, size in found if path.split("/", 2)[1:2] == ["content"]}

    def objects(self) -> Iterator[str]:
        """See `Objects.objects`: those whose root inventory is written."""
        for path, _size in self._listed(""):
            parts = path.split("/")
            if len(parts) == _DEEP and parts[-1] == "inventory.json" and len(parts[0]) == _TUPLE:
                yield path.rpartition("/")[0]

    def sweep(self, older_than: float) -> int:  # noqa: ARG002 - the contract's
        """Nothing: what is half-written is at its own place, and the next try writes over it."""
        return 0


_DEEP = 3
_TUPLE = rules.LAYOUT_CONFIG["tupleSize"]


class _Made:
    """An object as it will be written: `files` by path below its place, all but the root inventory."""

    def __init__(self, new: NewObject, created: datetime) -> None:
        digests = {name: hashlib.sha512(data).hexdigest() for name, data in new.files.items()}
        self.place = rules.object_path(new.record)
        self.inventory = rules.inventory(new.record, digests, created=created, message=new.message)
        digest = hashlib.sha512(self.inventory).hexdigest()
        self.stored = StoredObject(new.record, 1, digest, sum(map(len, new.files.values())))
        sidecar = rules.sidecar(digest)
        self.files = {
            **{f"v1/content/{name}": data for name, data in new.files.items()},
            "v1/inventory.json": self.inventory,
            "v1/inventory.json.sha512": sidecar,
            rules.OBJECT_NAMASTE[0]: rules.OBJECT_NAMASTE[1],
            "inventory.json.sha512": sidecar,
        }


def _all(pool: ThreadPoolExecutor, do: Callable[..., _T], items: Iterable[object]) -> list[_T]:
    """Do it for all of them; the first error is raised when all have ended."""
    return [future.result() for future in [pool.submit(do, item) for item in items]]


@contextmanager
def _answers(path: str) -> Iterator[None]:
    """Tell the store's errors as a disk's are told. Raises FileNotFoundError, `UnreachableError`."""
    try:
        yield
    except ClientError as error:
        if _code(error) in _GONE:
            raise FileNotFoundError(path) from error
        raise UnreachableError(f"{path}: {_code(error)}") from error
    except BotoCoreError as error:
        raise UnreachableError(f"{path}: {type(error).__name__}") from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
