"""The guide: pages of Markdown in two languages, rendered and searched at `/guide`."""

from spatial_api.routes.guide import routes

ROUTERS = (routes.router,)
