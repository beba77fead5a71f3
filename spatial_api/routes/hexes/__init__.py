"""H3 cells."""

from spatial_api.routes.hexes import routes

ROUTERS = (routes.router,)
