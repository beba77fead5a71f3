"""The routes: each reads a request, calls one verb of the city, and answers."""

from spatial_api.routes import bim, city, dispatch, geocoding, guide, hexes, questions, records, roads, tiles

#: All routers in the order in which their routes are tried.
ROUTERS = (
    city.router,
    *questions.ROUTERS,
    *geocoding.ROUTERS,
    *tiles.ROUTERS,
    *hexes.ROUTERS,
    *roads.ROUTERS,
    *dispatch.ROUTERS,
    *bim.ROUTERS,
    *records.ROUTERS,
    *guide.ROUTERS,
)
