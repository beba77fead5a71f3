"""Models in the store: loaded as a version, changed back to an older one, removed. All of a model or nothing of it."""

from __future__ import annotations

import datetime as dt
import io
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
import sqlalchemy as sa

from cim.bim.building_model import BuildingModel
from cim.bim.model_layers import MODEL_LAYERS, MODELS, OBJECT_LAYERS
from cim.bim.model_rows import ModelRecord, model_row, object_rows
from cim.bim.packing import pack
from cim.bim.placed_model import Extents
from cim.city import City
from cim.columnar.columns import rows_of
from cim.errors import BadInput, Conflict, NotFound
from cim.model.layer import Features, Layer
from cim.model.standard_layers import usable_code
from cim.progress import Progress, silent
from cim.store import Transaction
from cim.store.contents import content_parts, drop_content, put_content
from cim.store.tables import MODEL_VERSIONS

_LAYERS: dict[str, Layer] = {layer.name: layer for layer in OBJECT_LAYERS.values()}


@dataclass(frozen=True)
class ModelVersion:
    """A version of a model that the store keeps."""

    model: str
    version: int
    loaded_at: dt.datetime
    actor: str
    content: str
    facts: dict[str, Any]
    report: dict[str, Any]
    current: bool


def load_model(
    city: City,
    model: BuildingModel,
    extents: Sequence[Extents | None],
    code: str,
    *,
    original: bytes | None = None,
    facts: Mapping[str, Any] | None = None,
    report: Mapping[str, Any] | None = None,
    actor: str = "local",
    progress: Progress = silent,
) -> ModelVersion:
    """Make this the newest version of the model `code`; stored and answering when it returns.

    `extents` are what `measure_objects` says of it. `original` is the file as it came, which is kept; `facts` may have
    `name`, `source`, `author`, `discipline`, `cim_level` and `surveyed`.
    """
    if not usable_code(code):
        raise BadInput(f"model code {code!r} can't stand in an address: 1 to 64 characters, no slash")
    ensure_model_layers(city)
    progress("packing", 0, None)
    content = pack(model)
    rows = object_rows(model, extents, code)
    packed_rows = _write_rows(rows)
    placed = next((some for some in rows.values() if len(some)), None)
    if placed is not None:
        city.measure_at(MODELS.name, placed)
    progress("writing", 0, None)
    at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    with city.store.writing(actor) as tx:
        tx.take_turns()
        newest = sa.select(sa.func.max(MODEL_VERSIONS.c.version)).where(MODEL_VERSIONS.c.model == code)
        version = (tx.connection.execute(newest).scalar() or 0) + 1
        name = put_content(tx.connection, content)
        ground, row = model_row(model, extents, ModelRecord(code, version, name, at, **(facts or {})))
        tx.connection.execute(
            MODEL_VERSIONS.insert().values(
                model=code,
                version=version,
                content=name,
                rows=put_content(tx.connection, packed_rows),
                original=None if original is None else put_content(tx.connection, zlib.compress(original, 1)),
                actor=actor,
                loaded_at=at,
                facts=_dump({**row, "ground": None if ground is None else shapely.to_wkt(ground)}),
                report=_dump(dict(report or {})),
            )
        )
        _replace_rows(tx, code, rows, ground, row)
    city.catch_up()
    return find_version(city, code, version)


def roll_back(city: City, code: str, version: int, *, actor: str = "local") -> ModelVersion:
    """Make an older version the one that answers. The newer ones are kept. `NotFound` where it is not there."""
    with city.store.writing(actor) as tx:
        found = (
            tx.connection.execute(
                sa.select(MODEL_VERSIONS).where(
                    MODEL_VERSIONS.c.model == code, MODEL_VERSIONS.c.version == version
                )
            )
            .mappings()
            .first()
        )
        if found is None:
            raise NotFound(f"model {code!r} has no version {version}")
        rows = _read_rows(b"".join(content_parts(tx.connection, found["rows"])))
        row = json.loads(found["facts"])
        ground = row.pop("ground")
        row["loaded_at"] = dt.datetime.fromisoformat(row["loaded_at"])
        if row["surveyed"]:
            row["surveyed"] = dt.date.fromisoformat(row["surveyed"])
        _replace_rows(tx, code, rows, None if ground is None else shapely.from_wkt(ground), row)
    city.catch_up()
    return find_version(city, code, version)


def drop_model(city: City, code: str, *, actor: str = "local") -> None:
    """Remove a model with all its versions. `NotFound` where it is not there."""
    with city.store.writing(actor) as tx:
        mine = MODEL_VERSIONS.c.model == code
        kept = {
            row[0]
            for column in ("content", "rows", "original")
            for row in tx.connection.execute(sa.select(MODEL_VERSIONS.c[column]).where(~mine))
        }
        columns = (MODEL_VERSIONS.c.content, MODEL_VERSIONS.c.rows, MODEL_VERSIONS.c.original)
        own = {name for row in tx.connection.execute(sa.select(*columns).where(mine)) for name in row if name}
        if not own:
            raise NotFound(f"there is no model {code!r}; loaded: {', '.join(model_codes(city)) or 'none'}")
        tx.connection.execute(MODEL_VERSIONS.delete().where(mine))
        for name in own - kept:
            drop_content(tx.connection, name)
        _delete_rows(tx, code)
    city.catch_up()


def versions_of(city: City, code: str) -> list[ModelVersion]:
    """The versions of a model, newest first. `NotFound` where it is not there."""
    query = sa.select(MODEL_VERSIONS).where(MODEL_VERSIONS.c.model == code)
    with city.store.reading() as connection:
        found = connection.execute(query.order_by(MODEL_VERSIONS.c.version.desc())).mappings().all()
    if not found:
        raise NotFound(f"there is no model {code!r}; loaded: {', '.join(model_codes(city)) or 'none'}")
    now = _current_version(city, code)
    return [
        ModelVersion(
            model=code,
            version=row["version"],
            loaded_at=row["loaded_at"],
            actor=row["actor"],
            content=row["content"],
            facts=json.loads(row["facts"]),
            report=json.loads(row["report"]),
            current=row["version"] == now,
        )
        for row in found
    ]


def find_version(city: City, code: str, version: int) -> ModelVersion:
    """One version of a model. `NotFound` where it is not there."""
    for one in versions_of(city, code):
        if one.version == version:
            return one
    raise NotFound(f"model {code!r} has no version {version}")


def rows_of_version(city: City, code: str, version: int) -> dict[str, Features]:
    """The rows of a version of a model by layer, as they were loaded."""
    query = sa.select(MODEL_VERSIONS.c.rows).where(
        MODEL_VERSIONS.c.model == code, MODEL_VERSIONS.c.version == version
    )
    with city.store.reading() as connection:
        name = connection.execute(query).scalar()
        if name is None:
            raise NotFound(f"model {code!r} has no version {version}")
        return _read_rows(b"".join(content_parts(connection, name)))


def original_of(city: City, code: str, version: int) -> bytes | None:
    """The file that a version was loaded from, as it came; None where it was not kept."""
    query = sa.select(MODEL_VERSIONS.c.original).where(
        MODEL_VERSIONS.c.model == code, MODEL_VERSIONS.c.version == version
    )
    with city.store.reading() as connection:
        name = connection.execute(query).scalar()
        return None if name is None else zlib.decompress(b"".join(content_parts(connection, name)))


def model_codes(city: City) -> list[str]:
    """The codes of the models that answer."""
    if MODELS.name not in city.snapshots:
        return []
    snapshot = city.snapshot(MODELS.name)
    codes: list[str] = snapshot.attributes(snapshot.rows, ["code"])["code"].to_pylist()
    return sorted(codes)


def ensure_model_layers(city: City) -> None:
    """Make the layers of models where they are missing. `Conflict` where another layer has the name of one."""
    missing = [layer for layer in MODEL_LAYERS if layer.name not in city.snapshots]
    for layer in missing:
        try:
            city.store.load(layer, rows_of(layer, Features.empty(layer)), actor="citybase", new=True)
        except Conflict:  # another process was faster, or somebody else's table has the name
            city.refresh()
            if layer.name not in city.snapshots:
                raise
    if missing:
        city.refresh()
    for layer in MODEL_LAYERS:
        if city.snapshot(layer.name).layer.kind != layer.kind:
            raise Conflict(
                f"models fill a layer called {layer.name!r}, and the city has another of that name; rename it "
                f"first: citybase layers rename {layer.name} NAME"
            )


def _current_version(city: City, code: str) -> int | None:
    if MODELS.name not in city.snapshots:
        return None
    snapshot = city.snapshot(MODELS.name)
    table = snapshot.attributes(snapshot.rows, ["code", "version"])
    return dict(zip(table["code"].to_pylist(), table["version"].to_pylist(), strict=True)).get(code)


def _replace_rows(
    tx: Transaction, code: str, rows: Mapping[str, Features], ground: Any, row: Mapping[str, Any]
) -> None:
    _delete_rows(tx, code)
    for name, features in rows.items():
        if len(features):
            tx.insert_many(_LAYERS[name], features)
    tx.insert(MODELS, ground, row)


def _delete_rows(tx: Transaction, code: str) -> None:
    for layer in _LAYERS.values():
        tx.delete_where(layer, "model", code)
    tx.delete_where(MODELS, "code", code)


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, default=lambda x: x.isoformat())


def _write_rows(rows: Mapping[str, Features]) -> bytes:
    """The rows of all layers as compressed Arrow streams, one after the other, with a line of their sizes."""
    parts = {}
    for name, features in rows.items():
        table = features.attributes.append_column(
            "geom", pa.array(shapely.to_wkb(features.geometry), pa.binary())
        )
        out = io.BytesIO()
        with pa.ipc.new_stream(
            out, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")
        ) as writer:
            writer.write_table(table)
        parts[name] = out.getvalue()
    head = json.dumps({name: len(part) for name, part in parts.items()}).encode()
    return head + b"\n" + b"".join(parts.values())


def _read_rows(content: bytes) -> dict[str, Features]:
    head, _, body = content.partition(b"\n")
    found = {}
    at = 0
    for name, size in json.loads(head).items():
        table = pa.ipc.open_stream(body[at : at + size]).read_all()
        geometry = np.asarray(shapely.from_wkb(np.array(table["geom"].to_pylist(), object)), object)
        found[name] = Features(geometry, table.drop(["geom"]))
        at += size
    return found
