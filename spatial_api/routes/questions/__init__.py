"""Questions about places: who owns them, what is near, what an area affects."""

from spatial_api.routes.questions import routes

ROUTERS = (routes.router,)
