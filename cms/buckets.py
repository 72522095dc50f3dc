"""Uploads in a bucket of S3, or of what speaks like it (MinIO, R2, Ceph), where S3_BUCKET names one.

The bucket is private: readers get its files from Galley, which asks first whether they may be seen. Of a file no more
is fetched than is read, so that a player's part of a film costs that part. All threads of a process share one client,
since each takes several megabytes. Requests hear at once of a bucket that is silent: each would keep a thread from all
else for as long as it waits; and before that is known, no more than half of them wait. Commands, and who makes sizes,
ask each time.
"""

import errno
import io
import mimetypes
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from boto3.s3.transfer import TransferConfig
from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError
from botocore.exceptions import ConnectionError as NotConnected
from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from cms.database import patience
from cms.files import CHUNK, NoAnswer

PATIENCE = {"connect_timeout": 2, "read_timeout": 3}  # seconds: less than a request waits for a thread
TRIED_EVERY = 3.0  # seconds
SLOW = 1.0  # seconds without any answer until only some may wait for one
UNKNOWN = {400, 501}  # statuses with which servers refuse a header that they do not know
SILENCE = (NotConnected, ReadTimeoutError)
IN_THIS_THREAD = TransferConfig(use_threads=False)


@deconstructible
class Bucket(Storage):
    """The storage of all uploads. It has no addresses of its own."""

    def __init__(self, name: str, folder: str = "", endpoint: str = "", region: str = ""):
        self.name, self.folder, self.endpoint, self.region = name, folder and f"{folder}/", endpoint, region
        self._lock = threading.Lock()
        self._client: Any = None
        self._watch = Watch()
        self._is_there = False
        self._takes_conditions = True

    @property
    def client(self) -> Any:
        """Made when it is first needed: a process that is forked has one of its own."""
        with self._lock:
            if self._client is None:
                # Checksums that AWS alone knows are left out elsewhere, where they would be refused, and a bucket is a
                # part of the path there: few have a host name for each.
                own = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}
                config = Config(
                    **PATIENCE,
                    max_pool_connections=50,
                    retries={"mode": "standard", "total_max_attempts": 2},
                    s3={"addressing_style": "path" if self.endpoint else "auto"},
                    **(own if self.endpoint else {}),
                )
                named = {"endpoint_url": self.endpoint or None, "region_name": self.region or None}
                self._client = Session().client("s3", config=config, **named)
                events = self._client.meta.events
                events.register_first("needs-retry.s3", give_up)
                for act in ("PutObject", "CompleteMultipartUpload"):
                    events.register(f"provide-client-params.s3.{act}", self._unless_there)
            return self._client

    def exists(self, name: str) -> bool:
        try:
            self._head(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        return self._head(name)["ContentLength"]

    def get_modified_time(self, name: str) -> datetime:
        return self._head(name)["LastModified"]

    def delete(self, name: str) -> None:
        with self._answering(name):
            self.client.delete_object(**self._place(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        prefix = f"{self.folder}{path}/" if path else self.folder
        folders, files = [], []
        with self._answering(path):
            pages = self.client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.name, Prefix=prefix, Delimiter="/"):
                folders += [row["Prefix"][len(prefix) : -1] for row in page.get("CommonPrefixes", [])]
                files += [row["Key"][len(prefix) :] for row in page.get("Contents", [])]
        return folders, [name for name in files if name]  # some programs store an empty file for a folder

    def part(self, name: str, start: int, length: int) -> bytes:
        """So many bytes of a file, from one of them on."""
        with self._answering(name):
            part = self.client.get_object(**self._place(name), Range=f"bytes={start}-{start + length - 1}")
        with self._answering(name, is_at_once=False):
            return part["Body"].read()

    def _open(self, name: str, mode: str = "rb") -> File:
        if mode != "rb":
            raise ValueError("A file in a bucket is written whole.")
        return File(io.BufferedReader(Parts(self, name), CHUNK), name)

    def _save(self, name: str, content: File) -> str:
        """Store a file. Of two who store the same in one moment, the second is told by FileExistsError.

        So is, seldom, who stored it: the answer was lost, and the library, which asked again, met its own file. Then
        nobody takes it for new, and it stays though it may come to nothing.
        """
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        with self._answering(name, is_at_once=False):
            try:
                self._send(name, content, kind)
            except ClientError as error:
                if _status(error) == 409:  # somebody else stored or deleted it in this very moment
                    self._send(name, content, kind)
                elif _status(error) in UNKNOWN and self._takes_conditions:
                    self._send_without_condition(name, content, kind)
                else:
                    raise
        return name

    def _send(self, name: str, content: File, kind: str) -> None:
        content.seek(0)
        self.client.upload_fileobj(
            LeftOpen(content), self.name, self.folder + name, ExtraArgs={"ContentType": kind}, Config=IN_THIS_THREAD
        )

    def _send_without_condition(self, name: str, content: File, kind: str) -> None:
        """Send it so, and all that comes after it where this is taken: the bucket knows no conditions."""
        self._takes_conditions = False
        try:
            self._send(name, content, kind)
        except BaseException:
            self._takes_conditions = True
            raise

    def _unless_there(self, params: dict[str, Any], **_about: Any) -> dict[str, Any]:
        return {**params, "IfNoneMatch": "*"} if self._takes_conditions else params

    def _head(self, name: str) -> dict[str, Any]:
        with self._answering(name):
            return self.client.head_object(**self._place(name))

    def _place(self, name: str) -> dict[str, str]:
        return {"Bucket": self.name, "Key": self.folder + name}

    @contextmanager
    def _answering(self, name: str, *, is_at_once: bool = True) -> Iterator[None]:
        """What storages raise, in place of what the library has for it."""
        try:
            with self._watch.asking(name, is_at_once=is_at_once):
                yield
        except ClientError as error:
            if _status(error) == 412:
                raise FileExistsError(errno.EEXIST, "It is in the bucket by now", name) from error
            if _is_missing(error) and self._has_bucket(name):
                raise FileNotFoundError(errno.ENOENT, "It is not in the bucket", name) from error
            raise NoAnswer(errno.EIO, f"The bucket refuses it: {error}", name) from error
        except BotoCoreError as error:
            raise NoAnswer(errno.EIO, f"The bucket does not answer: {error}", name) from error

    def _has_bucket(self, name: str) -> bool:
        """Whether there is a bucket of this name, asked once: without one all files seem to be missing from it."""
        if not self._is_there:
            try:
                with self._watch.asking(name):
                    self.client.head_bucket(Bucket=self.name)
            except ClientError as error:
                return not _is_missing(error)  # it need not be told to those who may ask for files
            except BotoCoreError:
                return False
            self._is_there = True
        return True


def _status(error: ClientError) -> int | None:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")


def _is_missing(error: ClientError) -> bool:
    return _status(error) == 404 and error.response["Error"]["Code"] != "NoSuchBucket"


def give_up(caught_exception: Exception | None = None, **_said: Any) -> None:
    """What the library would ask once more: for a request not who was silent, as that takes as long again."""
    if patience.current() and isinstance(caught_exception, SILENCE):
        raise caught_exception


class Watch:
    """Whether a bucket is silent. Meanwhile one request at a time tries it, and the others hear at once that it is.

    Until the first has waited in vain nobody knows. So where nothing has been heard for a while, no more than half of
    the threads of requests wait for what a bucket says at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tried_from: float | None = None  # when somebody may try again; none: it answers
        self._waiting = 0  # requests, for what it says at once
        self._since = 0.0  # when the first of them began to wait, or when one was answered last

    @contextmanager
    def asking(self, name: str, *, is_at_once: bool = True) -> Iterator[None]:
        waits = is_at_once and patience.current() is not None
        with self._lock:
            now = time.monotonic()
            if patience.current():
                self._refuse_what_would_wait(name, now, waits=waits)
            if self._waiting == 0:
                self._since = now
            self._waiting += waits
        try:
            yield
        except SILENCE:
            self._tried_from = time.monotonic() + TRIED_EVERY
            raise
        except ClientError:
            self._hear()  # it is an answer
            raise
        else:
            self._hear()
        finally:
            with self._lock:
                self._waiting -= waits

    def _refuse_what_would_wait(self, name: str, now: float, *, waits: bool) -> None:
        if self._tried_from is not None and now < self._tried_from:
            raise NoAnswer(errno.EIO, "The bucket has not answered of late", name)
        if waits and self._waiting >= max(1, settings.THREADS // 2) and now - self._since > SLOW:
            raise NoAnswer(errno.EIO, "The bucket lets others wait", name)
        if self._tried_from is not None:
            self._tried_from = now + sum(PATIENCE.values())  # this one tries it

    def _hear(self) -> None:
        self._tried_from, self._since = None, time.monotonic()


class Parts(io.RawIOBase):
    """A file in a bucket, of which no more is fetched than is read."""

    def __init__(self, bucket: Bucket, name: str):
        self.bucket, self.stored, self.size, self.place = bucket, name, bucket.size(name), 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begins = {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.size}[whence]
        self.place = max(0, begins + offset)
        return self.place

    def readall(self) -> bytes:
        """In one piece: Python's own would ask for 8 kB at a time."""
        part = self.bucket.part(self.stored, self.place, self.size - self.place) if self.place < self.size else b""
        self.place += len(part)
        return part

    def readinto(self, buffer: Any) -> int:
        length = min(len(buffer), self.size - self.place)
        if length <= 0:
            return 0
        part = self.bucket.part(self.stored, self.place, length)
        buffer[: len(part)] = part
        self.place += len(part)
        return len(part)


class LeftOpen:
    """A file as the library may have it: it closes what it has sent, which somebody else may still read."""

    def __init__(self, file: File):
        self.read, self.seek, self.tell = file.read, file.seek, file.tell

    def close(self) -> None:
        """Leave that to whoever opened it."""
