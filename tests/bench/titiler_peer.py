"""TiTiler as a server of one worker, in the environment of the tile servers: `titiler_peer.py PORT LIBRARIES`.

It needs nothing of citybase but its uvicorn, which lies in the folder LIBRARIES: both are served alike.
"""

from __future__ import annotations

import os
import sys

# What TiTiler's documentation recommends for files on a disk; read when GDAL is loaded.
os.environ.update(
    {
        "GDAL_CACHEMAX": "200",
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "GDAL_INGESTED_BYTES_AT_OPEN": "32768",
        "GDAL_BAND_BLOCK_CACHE": "HASHSET",
        "VSI_CACHE": "TRUE",
        "VSI_CACHE_SIZE": "5000000",
    }
)
sys.path.append(sys.argv[2])  # last: TiTiler's own versions of everything else come first

import uvicorn
from fastapi import FastAPI
from titiler.core.errors import DEFAULT_STATUS_CODES, add_exception_handlers
from titiler.core.factory import TilerFactory

app = FastAPI()
app.include_router(TilerFactory().router)
add_exception_handlers(app, DEFAULT_STATUS_CODES)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
