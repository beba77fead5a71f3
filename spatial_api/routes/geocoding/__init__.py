"""Places by what people call them."""

from spatial_api.routes.geocoding import routes

ROUTERS = (routes.router,)
