"""Large contents in the store, each kept once under its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import sqlalchemy as sa

from cim.errors import NotFound
from cim.store.tables import CONTENTS

#: Bytes of a part: both stores keep and send rows of this size without trouble.
_PART = 8 << 20


def put_content(connection: sa.Connection, content: bytes) -> str:
    """Keep a content, if it is not there yet: its SHA-256 as 64 hexadecimal digits."""
    name = hashlib.sha256(content).hexdigest()
    there = sa.select(CONTENTS.c.part).where(CONTENTS.c.hash == name).limit(1)
    if connection.execute(there).first() is None:
        for part, start in enumerate(range(0, max(len(content), 1), _PART)):
            some = content[start : start + _PART]
            connection.execute(CONTENTS.insert().values(hash=name, part=part, bytes=some))
    return name


def content_parts(connection: sa.Connection, name: str) -> Iterator[bytes]:
    """A content by its hash, part by part. `NotFound` where it is not there."""
    numbers = sa.select(CONTENTS.c.part).where(CONTENTS.c.hash == name).order_by(CONTENTS.c.part)
    parts = connection.execute(numbers).scalars().all()
    if not parts:
        raise NotFound(f"the store has no content {name}")
    for part in parts:
        one = sa.select(CONTENTS.c.bytes).where(CONTENTS.c.hash == name, CONTENTS.c.part == part)
        yield bytes(connection.execute(one).scalar_one())


def drop_content(connection: sa.Connection, name: str) -> None:
    """Remove a content."""
    connection.execute(CONTENTS.delete().where(CONTENTS.c.hash == name))
