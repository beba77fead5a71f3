"""What is placed on the map: incidents, resources, sensors, closures and the rest."""

from spatial_api.routes.records import routes, vocabulary

ROUTERS = (vocabulary.router, *routes.routers)
