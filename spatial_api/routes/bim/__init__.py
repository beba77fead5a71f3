"""Building models over HTTP."""

from spatial_api.routes.bim import models, three_d

ROUTERS = (three_d.router, models.router, models.questions)
