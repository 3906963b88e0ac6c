"""A file system of a given size in memory, to be filled or made read-only; for the superuser of a Linux machine."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def may_mount() -> bool:
    """Tell whether file systems can be mounted here."""
    return os.name == "posix" and hasattr(os, "geteuid") and os.geteuid() == 0 and Path("/proc/mounts").exists()


@contextmanager
def file_system(folder: Path, size: int) -> Iterator[Path]:
    """Mount an empty file system of so many bytes on a new folder, and take it away afterwards."""
    folder.mkdir(parents=True)
    _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def enlarge(folder: Path, size: int) -> None:
    """Give a mounted file system so many bytes."""
    _mount("-o", f"remount,size={size}", str(folder))


def make_read_only(folder: Path) -> bool:
    """Make a mounted file system read-only; False while a file is open for writing, which the system refuses."""
    return subprocess.run(["mount", "-o", "remount,ro", str(folder)], capture_output=True).returncode == 0


def make_writable(folder: Path) -> None:
    """Make a mounted file system writable again."""
    _mount("-o", "remount,rw", str(folder))


def freeze(folder: Path) -> bool:
    """Make a folder and all in it immutable; False where its file system knows no such thing."""
    return subprocess.run(["chattr", "-R", "+i", str(folder)], capture_output=True).returncode == 0


def thaw(folder: Path) -> None:
    """Make a frozen folder as it was."""
    subprocess.run(["chattr", "-R", "-i", str(folder)], check=True, capture_output=True)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True)
