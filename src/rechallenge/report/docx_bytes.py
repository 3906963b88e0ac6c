"""Word files with the same bytes for the same content: a rewritten zip and fixed dates."""

import io
import zipfile
from datetime import datetime
from typing import Any, Final

EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the first date that a zip entry can bear
CREATED: Final = datetime(2000, 1, 1)


def document_bytes(document: Any, *, title: str) -> bytes:
    """Return the bytes of a python-docx document: entries sorted by name, dated 1980, core properties fixed."""
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments, core.keywords = title, "", "", "", ""
    core.created = core.modified = core.last_printed = CREATED
    core.revision = 1
    buffer = io.BytesIO()
    document.save(buffer)
    return rewritten(buffer.getvalue())


def rewritten(data: bytes) -> bytes:
    """Return a zip with the same members in the order of their names, with fixed times and attributes."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as made,
    ):
        for name in sorted(source.namelist()):
            entry = zipfile.ZipInfo(name, date_time=EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            made.writestr(entry, source.read(name))
    return target.getvalue()
