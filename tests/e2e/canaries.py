"""Planted words that name nobody else, and the search for them in every kind of file that a study makes."""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def found(folder: Path, words: Iterable[str]) -> list[str]:
    """Return "file: word" for each planted word in a file of a folder, in its name, its content or its metadata."""
    wanted = {word: _encoded(word) for word in words}
    hits = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        parts = [str(path.relative_to(folder)).encode().lower(), *(part.lower() for part in contents(path))]
        hits += [
            f"{path.relative_to(folder)}: {word}"
            for word, spellings in wanted.items()
            if any(spelling in part for part in parts for spelling in spellings)
        ]
    return hits


def _encoded(word: str) -> list[bytes]:
    """A word as it may stand in a file: in UTF-8 and UTF-16, escaped in JSON, as a number of characters in XML."""
    low = word.lower()
    escaped = low.encode("ascii", "backslashreplace")
    return list(dict.fromkeys([low.encode(), low.encode("utf-16-le"), low.encode("utf-16-be"), escaped]))


def contents(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file, and those of what is packed in it: parts of an archive, streams, metadata."""
    data = path.read_bytes()
    yield data
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield name.encode() + b"\n" + archive.read(name)
            yield archive.comment
    if data.startswith(b"%PDF"):
        for stream in _STREAM.findall(data):
            try:
                yield zlib.decompress(stream)
            except zlib.error:
                yield stream
    if data.startswith((b"\x89PNG", b"II*\x00", b"MM\x00*", b"RIFF")):
        yield _picture_metadata(path)


def _picture_metadata(path: Path) -> bytes:
    from PIL import Image

    with Image.open(path) as picture:
        tags = getattr(picture, "tag_v2", {})
        said = [*picture.info.items(), *tags.items(), *picture.getexif().items()]
    return "\n".join(f"{name} {value!r}" for name, value in said).encode()
