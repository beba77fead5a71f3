"""Tiles, styles, pictures, rasters and archives."""

from spatial_api.routes.tiles import archives, ogc, pictures, raster, styles, vector

ROUTERS = (vector.router, styles.router, pictures.router, ogc.router, archives.router, *raster.routers)
