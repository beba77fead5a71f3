"""The service: the city behind HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

from cim.bim.meshes import ModelRegistry
from cim.city import City
from cim.roads.profiles import PROFILES
from cim.settings import Settings
from cim.snapshot.stray_rows import StrayRowsByLayer
from spatial_api import warm
from spatial_api.http import problems
from spatial_api.http.body_limit import Wire
from spatial_api.http.companion import Companion
from spatial_api.http.cors import Cors
from spatial_api.http.fast_json import DirectApp
from spatial_api.routes import ROUTERS
from spatial_api.routes.guide.routes import FILES
from spatial_api.routes.tiles.vector import tile_route
from tiles.cache import TileCache, TileDisk
from tiles.three_d.registry import ThreeDRegistry
from tiles.vector.registry import PyramidRegistry
from tiles.vector.tile_request import TileMaker

#: Seconds that a start waits for the levels of tiles: those of a small city are made, those of a large one opened.
_LEVELS_S = 2.0

_DESCRIPTION = (
    "绝对值达到 2^53 的整数在所有 JSON 回答中是文本，因为 JavaScript 会把它们变成别的数；矢量瓦片中保持原值，"
    "TileJSON 会注明。 Integers of 2^53 and beyond are text in every JSON answer, because JavaScript would make other "
    "numbers of them; vector tiles hold them exactly, and the TileJSON says which fields have them.\n\n"
    "[使用指南 Guide](/guide)"
)
_VIEWER = Path(__file__).parent / "viewer"


def create_app(
    settings: Settings, companion: Companion | None = None, *, is_companion: bool = False
) -> FastAPI:
    """The app of one city; the city is opened when the app starts and closed when it stops.

    Large questions go to its `companion`; without one it answers them itself. The app that is one (`is_companion`)
    makes nothing ready for tiles, searches and small questions, and leaves CORS to the worker.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # FastAPI makes its routes at the first request; here nobody waits for that (a third of a second), and no other
        # thread runs yet that it could take the filters of warnings from, which are one for all threads.
        for route in app.router.routes:
            route.matches({"type": "http", "method": "GET", "path": "/", "headers": [], "app": app})
        with City.open(settings) as city:
            app.state.city = city
            app.state.models = ModelRegistry(city.store, settings.snapshots_folder)
            app.state.models.sweep()
            app.state.three_d = ThreeDRegistry(app.state.models, settings.floor_m)
            app.state.stray_rows = StrayRowsByLayer()
            if is_companion:
                city.follow()
                yield
                return
            warm.kernels()
            city.texts.prepare(city.snapshots)
            city.roads.keep_ready(PROFILES.values())
            city.roads.prepare(city.snapshots)
            city.follow()
            # Two cities count their versions alike, and so may two releases of ours that draw differently.
            app.state.tiles_of = f"{city.store.meta('identity')} {version('citybase')}"
            disk = (
                TileDisk(Path(settings.tile_disk), settings.tile_disk_bytes) if settings.tile_disk else None
            )
            app.state.tiles = TileCache(settings.tile_cache_bytes, disk)
            pyramids = PyramidRegistry(city.base_folder, settings.tile_rules, settings.tile_max_bytes)
            city.watch(pyramids.prepare)
            city.before_new_base(pyramids.prepare_base)
            pyramids.wait_a_little(_LEVELS_S)
            app.state.tile_maker = TileMaker(pyramids, app.state.tiles_of, settings.tile_max_bytes)
            try:
                yield
            finally:
                if companion is not None:
                    companion.close()

    app = DirectApp(
        title="citybase",
        summary="城市空间底座：一张图、三个问题 The spatial base of a city: one map, three questions",
        description=_DESCRIPTION,
        version=version("citybase"),
        lifespan=lifespan,
        docs_url=None,  # the page below; FastAPI's own loads its scripts from another host
        redoc_url=None,
    )
    problems.install(app)
    app.add_middleware(Wire)
    if not is_companion:
        app.add_middleware(Cors)
    app.state.companion = companion
    app.router.routes.append(tile_route)  # first: a map asks for a hundred tiles at once
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/viewer", StaticFiles(directory=_VIEWER), name="viewer")
    for path, files in FILES.items():
        app.mount(path, files)

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(_VIEWER / "index.html", headers={"Cache-Control": "no-cache"})

    @app.get("/docs", include_in_schema=False)
    async def docs() -> FileResponse:
        return FileResponse(_VIEWER / "docs.html", headers={"Cache-Control": "no-cache"})

    return app
