"""Which tables of the store are layers: tables that others drop, rename, replace or add, and what is known of each."""

from __future__ import annotations

import abc
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from cim.errors import BadInput, Conflict, NotFound
from cim.model.layer import Field, FieldType, GeometryKind, Layer
from cim.model.standard_layers import PLACED
from cim.store.catalogue import catalogue, forget, in_place_of, lost_layers, mark_lost, register
from cim.store.tables import LAYERS

if TYPE_CHECKING:
    from cim.store.base import Transaction

#: EPSG numbers of geometry that is taken as it is: CGCS2000 and WGS84 count as one (`cim.space.crs`).
SAME_DEGREES = (4490, 4326)

GONE = "its table is gone: another program dropped or renamed it"


@dataclass(frozen=True, slots=True)
class SpatialTable:
    """A table with a geometry as it stands in the store, whoever made it.

    `declared` is the geometry type that its column declares, without Z or M (`"MULTIPOLYGON"`, `"GEOMETRY"`);
    `deeper` whether the column has heights or measures; `crs` its system in words, `srid` its EPSG number (0: none);
    `key` the column that numbers the rows (None: no integer does); `columns` the others by name, in order; `logs_as`
    the layer for which its triggers write the change log.
    """

    name: str
    geometry: str
    declared: str
    deeper: bool
    srid: int
    crs: str
    key: str | None
    columns: Mapping[str, FieldType]
    logs_as: str | None

    def fits(self, layer: Layer) -> bool:
        """Whether the table is this layer's as the catalogue has it, and logs its edits."""
        return (
            (self.key, self.geometry, self.logs_as) == ("fid", "geom", layer.name)
            and self.srid in SAME_DEGREES
            and dict(self.columns) == {f.name: f.type for f in layer.fields}
        )

    def obstacle(self) -> str | None:
        """Why the table can't be a layer, in words that say what would help; None where it can."""
        if self.srid not in SAME_DEGREES:
            return f"replaced from outside in {self.crs}; load it with `citybase load`"
        if self.key is None:
            return "it has no integer key; give it a column fid that is its integer primary key"
        for ours, theirs in (("fid", self.key), ("geom", self.geometry)):
            if theirs != ours and ours in (n.lower() for n in self.columns):
                return f"its column {ours} is not the one that {theirs} is; rename it"
        return None


class Registry(abc.ABC):
    """The catalogue and the tables of one store, kept together."""

    #: EPSG number of the stored geometry.
    srid: int

    def __init__(self) -> None:
        #: Layers that are not answered from, as of the last look, each with what is wrong.
        self.lost: dict[str, str] = {}
        #: Tables with a geometry that are no layers, as of the last look.
        self.unregistered: tuple[SpatialTable, ...] = ()
        self._refused: dict[str, tuple[SpatialTable, str]] = {}

    # -- what the engines do differently ---------------------------------------------------------

    @abc.abstractmethod
    def reading(self) -> AbstractContextManager[sa.Connection]:
        """A connection that sees one state of the store until it is left."""

    @abc.abstractmethod
    def writing(self, actor: str) -> AbstractContextManager[Transaction]:
        """A transaction; committed durably when left, rolled back when left by an error."""

    @abc.abstractmethod
    def spatial_tables(self, connection: sa.Connection) -> dict[str, SpatialTable]:
        """Every table with a geometry, by name."""

    @abc.abstractmethod
    def _kinds(self, connection: sa.Connection, table: SpatialTable) -> set[str]:
        """Which kinds of geometry the rows have; `"multipoint"` for several points in one row."""

    @abc.abstractmethod
    def _take(self, tx: Transaction, table: SpatialTable, layer: Layer) -> None:
        """Make the table the layer's: key and geometry under our names and in our type, indexed, its edits logged."""

    @abc.abstractmethod
    def _rename_table(self, tx: Transaction, table: str, name: str) -> None:
        """Give a table another name, and all that is named after it; its edits are not logged after this."""

    @abc.abstractmethod
    def _remove_layer(self, tx: Transaction, name: str, *, with_table: bool) -> None:
        """Remove what the store keeps for a layer besides its place in the catalogue."""

    @abc.abstractmethod
    def _one_looks(self, tx: Transaction) -> None:
        """Wait until no other process settles which tables are layers."""

    @abc.abstractmethod
    def _engine_checks(self, connection: sa.Connection, whole: set[str]) -> list[tuple[str, bool, str]]:
        """Whether the engine and the spatial indexes of the layers in `whole` are sound."""

    # -- looking -----------------------------------------------------------------------------------

    def adopt(self) -> list[str]:
        """Settle what others did to the tables: gives the names of the layers that were taken back.

        A table that was replaced, came back or has other fields is the layer's again. A layer whose table is gone or
        can't be a layer's is `lost`, and the change log says so.
        """
        with self.reading() as connection:
            if not self._look(connection):
                return []
        adopted = []
        with self.writing("outside") as tx:
            self._one_looks(tx)
            for layer, table in self._look(tx.connection):
                wrong = GONE if table is None else table.obstacle()
                if table is not None and wrong is None:
                    wrong = self._adopt_table(tx, table, layer)
                if wrong is None:
                    adopted.append(layer.name)
                else:
                    mark_lost(tx.connection, layer.name, wrong)
                tx.announce(layer.name)
        with self.reading() as connection:
            self._look(connection)
        return adopted

    def _look(self, connection: sa.Connection) -> list[tuple[Layer, SpatialTable | None]]:
        """The layers of which the catalogue does not say what their tables are now."""
        known, lost = catalogue(connection, with_lost=True), lost_layers(connection)
        tables = self.spatial_tables(connection)
        self.lost = lost
        self.unregistered = tuple(table for name, table in sorted(tables.items()) if name not in known)
        due: list[tuple[Layer, SpatialTable | None]] = []
        for name, layer in known.items():
            table = tables.get(name)
            wrong = GONE if table is None else table.obstacle()
            if table is not None and wrong is None and self._refused.get(name) == (table, lost.get(name)):
                continue  # as it was when its rows were looked at
            if wrong != lost.get(name) or (wrong is None and table is not None and not table.fits(layer)):
                due.append((layer, table))
        return due

    def _adopt_table(self, tx: Transaction, table: SpatialTable, old: Layer) -> str | None:
        """Make the table this layer's, at its next version; else say why it can't be."""
        wrong = self._kind(tx.connection, table)
        if wrong not in ("point", "line", "polygon"):
            self._refused[table.name] = (table, wrong)
            return wrong
        layer = in_place_of(_as_it_is(table, old, wrong), old)
        try:
            with tx.connection.begin_nested():
                self._take(tx, table, layer)
        except sa.exc.DBAPIError as error:
            wrong = f"its table can't be taken: {str(error.orig).splitlines()[0]}"
            self._refused[table.name] = (table, wrong)
            return wrong
        register(tx.connection, layer, None)
        return None

    def _kind(self, connection: sa.Connection, table: SpatialTable) -> GeometryKind | str:
        """The kind of geometry that the table holds, or why it can't be a layer's."""
        found = self._kinds(connection, table) or {kind_of(table.declared)}
        if len(found) == 1 and found <= {"point", "line", "polygon"}:
            return next(iter(found))
        if found == {""}:
            return f"it has no rows, and its geometry is declared {table.declared}; declare points, lines or polygons"
        if "multipoint" in found:
            return "it has rows of several points; give each point a row"
        kinds = ", ".join(sorted(found))
        return (
            f"it holds several or unknown kinds of geometry ({kinds}); keep each kind in a table of its own"
        )

    # -- what people change ------------------------------------------------------------------------

    def add(self, table: str, described: Layer, *, actor: str) -> Layer:
        """Make a table that somebody made a layer, as its columns are: gives it at its version.

        `described` says its name, under which the table goes on, and what is known of it besides fields and kind.
        `NotFound` where no such table is there, `Conflict` where it is a layer, or the name is taken, `BadInput`
        where it can't be a layer.
        """
        with self.writing(actor) as tx:
            self._one_looks(tx)
            known, lost = catalogue(tx.connection, with_lost=True), lost_layers(tx.connection)
            tables, name = self.spatial_tables(tx.connection), described.name
            if table in known and table not in lost:
                raise Conflict(f"table {table!r} is a layer already")
            found = tables.get(table)
            if found is None:
                if sa.inspect(tx.connection).has_table(table):
                    raise BadInput(f"table {table!r} has no geometry; a table alone can't be a layer")
                others = ", ".join(sorted(tables.keys() - known.keys())) or "none"
                raise NotFound(f"there is no table {table!r} that could be a layer; not registered: {others}")
            wrong = found.obstacle()
            if wrong is not None and found.srid not in SAME_DEGREES:
                wrong = (
                    f"it is in {found.crs}, the city is kept in EPSG:{self.srid}; "
                    f"convert it (ogr2ogr -t_srs EPSG:{self.srid}), or load the file it came from"
                )
            kind = wrong or self._kind(tx.connection, found)
            if kind not in ("point", "line", "polygon"):
                raise BadInput(f"table {table!r} can't be a layer: {kind}")
            if name != table:
                self._require_free(tx.connection, name, known, lost)
                self._rename_table(tx, table, name)
                found = replace(found, name=name, logs_as=None)
            old = known.get(name)
            if old is not None:  # a lost layer comes back: what is not said anew stays as it was
                texts = ("title_zh", "title_en", "source", "licence")
                said = {key: text for key in texts if (text := getattr(described, key))}
                described = replace(old, **said, order=described.order or old.order)
            layer = in_place_of(_as_it_is(found, described, kind), old)
            self._take(tx, found, layer)
            register(tx.connection, layer, None)
            tx.announce(name)
        self.adopt()
        return layer

    def rename(self, name: str, new: str, *, actor: str) -> tuple[Layer, int]:
        """Give a layer and its table another name: gives it at its new version, and the seq of its entry."""
        with self.writing(actor) as tx:
            self._one_looks(tx)
            known, lost = catalogue(tx.connection, with_lost=True), lost_layers(tx.connection)
            if name not in known or name in lost:
                raise NotFound(f"layer {name!r} is not loaded")
            layer = replace(known[name], name=new, version=known[name].version + 1)
            self._require_free(tx.connection, new, known, {})
            self._rename_table(tx, name, new)
            self._take(tx, self.spatial_tables(tx.connection)[new], layer)
            forget(tx.connection, name)
            register(tx.connection, layer, None)
            tx.announce(name)
            seq = tx.announce(new)
        return layer, seq

    @staticmethod
    def _require_free(
        connection: sa.Connection, name: str, known: Mapping[str, Layer], lost: Mapping[str, str]
    ) -> None:
        same = [n for n in known if n.lower() == name.lower() and n not in lost]
        if same or sa.inspect(connection).has_table(name):
            what = "a layer" if same else "a table"
            raise Conflict(f"there is {what} {(same or [name])[0]!r} already; choose another name")

    def describe(self, name: str, *, actor: str, **changes: Any) -> Layer:
        """Change what is known of a layer (`title_zh`, `title_en`, `source`, `licence`, `order`, `visible`)."""
        with self.writing(actor) as tx:
            known = catalogue(tx.connection, with_lost=True)
            if name not in known:
                raise NotFound(f"layer {name!r} is not loaded; loaded: {', '.join(sorted(known)) or 'none'}")
            layer = replace(known[name], **changes)
            spec = json.dumps(asdict(layer), ensure_ascii=False)
            tx.connection.execute(LAYERS.update().where(LAYERS.c.name == name).values(spec=spec))
            tx.announce(name, only_described=True)
        return layer

    def drop(self, name: str, *, actor: str) -> None:
        """Remove a layer and its table; of a layer that is lost only what the store keeps for it."""
        with self.writing(actor) as tx:
            known, lost = catalogue(tx.connection, with_lost=True), lost_layers(tx.connection)
            if name not in known:
                raise NotFound(f"layer {name!r} is not loaded; loaded: {', '.join(sorted(known)) or 'none'}")
            self._remove_layer(tx, name, with_table=name not in lost)
            forget(tx.connection, name)
            tx.announce(name)
        self.lost.pop(name, None)

    def check(self) -> list[tuple[str, bool, str]]:
        """What `citybase doctor` wants to know: (what, whether it is well, detail) each."""
        with self.reading() as connection:
            due = {layer.name for layer, _ in self._look(connection)}
            known, lost = catalogue(connection, with_lost=True), lost_layers(connection)
            tables = self.spatial_tables(connection)
            whole = {name for name in known if name not in lost and name in tables} - due
            results = self._engine_checks(connection, whole)
        for name in known:
            wrong = GONE if name not in tables else tables[name].obstacle() or lost.get(name)
            if wrong is not None:
                out = "" if "`" in wrong else f"; load it again, or say `citybase layers drop {name}`"
                results.append((f"layer {name}", False, wrong + out))
        for table in self.unregistered:
            wrong = table.obstacle()
            advice = f"say `citybase layers add {table.name}` to make it one" if wrong is None else wrong
            results.append(
                (f"table {table.name}", True, f"{table.declared} in {table.crs}, is no layer; {advice}")
            )
        return results


def kind_of(geometry_type: str) -> str:
    """The kind of a table by its declared geometry type; empty where that says none.

    >>> kind_of("MULTIPOLYGON"), kind_of("GEOMETRY")
    ('polygon', '')
    """
    for kind, word in (("polygon", "POLYGON"), ("line", "LINESTRING"), ("point", "POINT")):
        if word in geometry_type.upper():
            return kind
    return ""


def _as_it_is(table: SpatialTable, known: Layer, kind: Any) -> Layer:
    """The layer as its table is; a field that was there with its type keeps its titles."""
    titled = {f.name: f for f in known.fields}
    fields = tuple(
        titled[name] if name in titled and titled[name].type == type_ else Field(name, type_)
        for name, type_ in table.columns.items()
    )
    return replace(known, geometry=kind, fields=fields)


def require_not_placed(name: str) -> None:
    """Raise `BadInput` for a layer that every city has."""
    if name in PLACED:
        raise BadInput(
            f"layer {name!r} belongs to every city and can't be dropped or renamed; load an empty one instead"
        )
