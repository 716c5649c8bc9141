"""Files and folders that are either whole or not there, whenever the program is killed; and locks."""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

# Descriptors of the locks that this process holds. Every child inherits them (`inherited`), so after a
# kill the next run waits until the children of the killed one are gone, too.
_held: set[int] = set()


def write(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file in one step: readers see the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(text)
    temporary.replace(path)


def secret(path: Path) -> str:
    """The secret kept in this file; made up at the first call."""
    if not path.exists():
        write(path, secrets.token_urlsafe(24) + "\n")
    return path.read_text().strip()


def link(path: Path, target: Path) -> None:
    """Make a symbolic link in one step, in place of an old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(path)


def remove(folder: Path) -> None:
    """Remove a folder; killed half-way, it is not there under its name."""
    doomed = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(doomed, ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        folder.rename(doomed)
        shutil.rmtree(doomed)


def fresh(folder: Path) -> Path:
    """An empty folder beside `folder`, to be filled and then renamed to it."""
    new = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    return new


def copy(source: Path, folder: Path) -> None:
    """Copy a folder; killed half-way, the copy is not there under its name."""
    new = fresh(folder)
    shutil.copytree(source, new, dirs_exist_ok=True)
    new.rename(folder)


def digest(*paths: Path, text: str = "") -> str:
    """A short key that changes with the content of these files, and with the text."""
    whole = hashlib.sha256(text.encode())
    for path in paths:
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:12]


def has_sha256(path: Path, expected: str) -> bool:
    """Whether the file is there and is the one that was pinned."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == expected


@contextlib.contextmanager
def locked(path: Path, waiting: Callable[[str], None] = lambda holder: None) -> Iterator[None]:
    """Hold the lock file; `waiting` is told who holds it when that is somebody else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting(os.pread(descriptor, 20, 0).decode().strip() or "another process")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        _held.add(descriptor)
        yield
    finally:
        # Closed, not unlocked: a child that is still at work keeps the lock.
        _held.discard(descriptor)
        os.close(descriptor)


def inherited() -> tuple[int, ...]:
    """The lock descriptors to hand to a child process."""
    return tuple(_held)


def built(folder: Path, make: Callable[[Path], None], waiting: Callable[[str], None] = lambda holder: None) -> Path:
    """A folder of the cache, made by `make` unless it is whole already.

    A virtual environment or a built Keycloak cannot be renamed after it was made, so it is made under
    its last name, and a marker file says that it is whole.
    """
    marker = folder / ".whole"
    if not marker.exists():
        with locked(folder.with_name(f"{folder.name}.lock"), waiting):
            if not marker.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(parents=True)
                make(folder)
                marker.touch()
    return folder
