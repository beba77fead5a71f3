"""The durable truth: one store per city, in a GeoPackage file or a PostGIS database."""

from __future__ import annotations

from cim.errors import BadInput
from cim.store.geopackage import GeoPackageStore
from cim.store.postgis import PostgisStore
from cim.store.store import CatchUp, LayerChange, Store, Transaction

__all__ = ["CatchUp", "LayerChange", "Store", "Transaction", "open_store"]


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
