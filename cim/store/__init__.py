"""The durable truth: one store per city, in a GeoPackage file or a PostGIS database."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from cim.errors import BadInput
from cim.store.base import CatchUp, LayerChange, Store, Transaction
from cim.store.geopackage import GeoPackageStore
from cim.store.postgis import PostgisStore
from cim.store.tables import META

__all__ = ["CatchUp", "LayerChange", "Store", "Transaction", "is_made", "open_store"]


def is_made(url: str) -> bool:
    """Whether the store is there, so that opening it makes nothing; True where it can't be asked: opening says why."""
    if url.startswith("gpkg:///"):
        return Path(url.removeprefix("gpkg:///")).is_file()
    try:
        engine = sa.create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
        try:
            return bool(sa.inspect(engine).has_table(META.name))
        finally:
            engine.dispose()
    except sa.exc.SQLAlchemyError:
        return True


def open_store(url: str, *, create: bool = False, crs: str = "EPSG:4490") -> Store:
    """The store behind `gpkg:///city.gpkg` or `postgresql+psycopg://user@host/db`, brought to the current schema.

    `create` makes a GeoPackage that is not there yet. Raises `StoreUnusable` where it can't be opened.
    """
    if url.startswith("gpkg:///"):
        return GeoPackageStore(url, create=create, crs=crs)
    if url.startswith(("postgresql+psycopg://", "postgresql://")):
        return PostgisStore(url.replace("postgresql://", "postgresql+psycopg://", 1), crs=crs)
    raise BadInput(
        f"store {url!r} is of no known kind; use gpkg:///FILE or postgresql+psycopg://USER@HOST/DB"
    )
