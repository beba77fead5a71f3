"""Questions by road, and where vehicles drove."""

from spatial_api.routes.roads import routes, traces

ROUTERS = (routes.router, traces.router)
