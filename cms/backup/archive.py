"""The file that a backup is: a tar that ends with the SHA-256 of each of its members, so that damage is seen."""

import hashlib
import io
import os
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

SUMS = "SHA256SUMS"
CHUNK = 1 << 20


class Damaged(Exception):
    """A file that is not a whole backup, in words for an operator."""


class Writer:
    """Adds members to an archive, and notes what each of them holds."""

    def __init__(self, tar: tarfile.TarFile):
        self.tar = tar
        self.sums: list[str] = []

    def add(self, name: str, file: IO[bytes], size: int) -> None:
        """Add a member of so many bytes. Where the file has fewer, as it was cut just now, zeros follow."""
        reader = _Reader(file, size)
        member = _member(name, size)
        self.tar.addfile(member, reader)
        self.sums.append(f"{reader.digest.hexdigest()}  {name}\n")

    def add_bytes(self, name: str, content: bytes) -> None:
        self.tar.addfile(_member(name, len(content)), _Reader.of(content))
        self.sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")

    def finish(self) -> None:
        content = "".join(self.sums).encode()
        self.tar.addfile(_member(SUMS, len(content)), _Reader.of(content))


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(time.time())
    return member


class _Reader:
    """A file, read for the archive and hashed on the way."""

    def __init__(self, file: IO[bytes], size: int):
        self.file, self.left, self.digest = file, size, hashlib.sha256()

    @classmethod
    def of(cls, content: bytes) -> "_Reader":
        return cls(io.BytesIO(content), len(content))

    def read(self, size: int = -1) -> bytes:
        wanted = self.left if size < 0 else min(size, self.left)
        part = self.file.read(wanted)
        part += b"\0" * (wanted - len(part))
        self.left -= wanted
        self.digest.update(part)
        return part


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """An archive that has its name once it is whole and on the disk. Only its owner may read it."""
    part = path.with_name(f"{path.name}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                writer = Writer(tar)
                yield writer
                writer.finish()
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def check(path: Path) -> None:
    """Read all of it. Raises Damaged unless every member is there, and as it was written."""
    names, sums = [], b""
    try:
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None or sums:
                    raise Damaged(f"{path} holds {member.name!r}, which no backup has.")
                if member.name == SUMS:
                    sums = content.read()
                else:
                    names.append(f"{_digest(content)}  {member.name}\n")
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise Damaged(f"{path} is not a backup, or is damaged: {error}.") from error
    if not sums:
        raise Damaged(f"{path} is not a whole backup: its end is missing.")
    if "".join(names).encode() != sums:
        expected = set(sums.decode(errors="replace").splitlines(keepends=True))
        wrong = [line.split("  ", 1)[1].strip() for line in names if line not in expected]
        raise Damaged(f"{path} is damaged: {', '.join(wrong[:3]) or 'a part of it'} is not what was written.")


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while part := content.read(CHUNK):
        digest.update(part)
    return digest.hexdigest()


@contextmanager
def reading(path: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """The members of an archive that was checked, in order: each one's name and content."""
    with tarfile.open(path, "r:") as tar:
        yield ((member.name, content) for member in tar if (content := tar.extractfile(member)))
