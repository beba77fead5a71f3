"""Building models over HTTP."""

from spatial_api.routes.bim import models

ROUTERS = (models.router, models.questions)
