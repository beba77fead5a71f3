"""A file gives what it holds itself: no other file, no link out of its folder, nothing from the network."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely

from cim.city import City
from cim.errors import BadInput, FaultyData, NotFound
from layers.formats.read import read
from tests.support import raster_files
from tests.support import small_city as small
from tests.support.api_client import asking
from tiles import sources


class Listener:
    """An HTTP server of this machine that writes down what it is asked for."""

    def __init__(self) -> None:
        paths = self.paths = list[str]()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                paths.append(self.path)
                self.send_response(404)
                self.end_headers()

            do_HEAD = do_GET  # noqa: N815 - as the base class calls it

            def log_message(self, *_: object) -> None:
                """Say nothing on stderr."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.thread.join()


def vrt(source: str) -> str:
    layer = f'<OGRVRTLayer name="p"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>'
    return f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"


@pytest.mark.parametrize("suffix", [".geojson", ".json", ".gpkg", ".shp", ".fgb"])
def test_a_vrt_under_another_suffix_opens_nothing(tmp_path: Path, listener: Listener, suffix: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("lon,lat,word\n112,28,geheim\n", encoding="utf-8")
    for source in (str(secret), f"/vsicurl/{listener.url}/a.geojson"):
        for before in ("", "\n  ", "\ufeff"):
            path = tmp_path / f"ex{suffix}"
            path.write_text(before + vrt(source), encoding="utf-8")
            with pytest.raises(BadInput, match="whatever its name says"):
                read(path)
    assert listener.paths == []


@pytest.mark.parametrize("kind", ["link", "url", "Link"])
def test_a_coordinate_system_is_not_fetched(tmp_path: Path, listener: Listener, kind: str) -> None:
    crs = {
        "type": kind,
        "properties": {"href": f"{listener.url}/crs", "url": f"{listener.url}/crs", "type": "proj4"},
    }
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [112, 28]}}
    for members in (crs, dict(reversed(crs.items()))):
        path = tmp_path / "a.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "crs": members, "features": [feature]}))
        with pytest.raises(BadInput, match="by a link, which is not followed"):
            read(path)
    assert listener.paths == []


def test_a_table_of_a_geopackage_that_reads_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    table = pa.table({"geometry": shapely.to_wkb(shapely.points([[112.9, 28.2]]))})
    pyogrio.write_arrow(
        table, path, driver="GPKG", geometry_name="geometry", geometry_type="Point", crs="EPSG:4490"
    )
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA writable_schema = ON")
        sql = "CREATE VIRTUAL TABLE v USING VirtualOGR('/etc/passwd')"
        file.execute("INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, ?)", (sql,))
        file.commit()
    with pytest.raises(BadInput, match="reads another file"):
        read(path)


def test_links_out_of_the_folder_of_sources_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    outside = raster_files.degrees(tmp_path / "outside.tif", np.zeros((1, 4, 4), np.uint8))
    (folder / "link.tif").symlink_to(outside)
    raster_files.degrees(folder / "own.tif", np.zeros((1, 4, 4), np.uint8))
    (folder / "alias.tif").symlink_to("own.tif")
    listing = sources.list_sources(folder, (".tif",))
    assert [one.name for one in listing.sources] == ["alias", "own"]
    assert "link out of the folder" in listing.left_out["link.tif"]
    with pytest.raises(NotFound):
        sources.find_source(folder, "link", (".tif",))


@pytest.mark.parametrize("beside", [".tif.ovr", ".ovr", ".tif.msk", ".tif.aux.xml", ".aux"])
def test_what_lies_beside_a_raster_is_a_tiff_or_nothing(
    tmp_path: Path, listener: Listener, beside: str
) -> None:
    file = raster_files.degrees(tmp_path / "dem.tif", np.zeros((1, 600, 600), np.uint8))
    remote = f"/vsicurl/{listener.url}/x.tif"
    band = f"<SimpleSource><SourceFilename>{remote}</SourceFilename></SimpleSource>"
    band = f'<VRTRasterBand dataType="Byte" band="1">{band}</VRTRasterBand>'
    content = f'<VRTDataset rasterXSize="300" rasterYSize="300">{band}</VRTDataset>'
    if beside.endswith(".xml"):
        item = f'<MDI key="OVERVIEW_FILE">{remote}</MDI>'
        content = f'<PAMDataset><Metadata domain="OVERVIEWS">{item}</Metadata></PAMDataset>'
    (tmp_path / f"dem{beside}").write_text(content, encoding="utf-8")
    with pytest.raises(FaultyData, match="refers to other files"):
        raster_files.opened(file)
    assert listener.paths == []


@pytest.mark.usefixtures("gdal")
def test_overviews_that_gdal_has_written_are_used(tmp_path: Path) -> None:
    file = raster_files.degrees(tmp_path / "dem.tif", np.zeros((1, 600, 600), np.uint8))
    subprocess.run(["gdaladdo", "-q", "-ro", str(file), "2"], check=True)
    assert (tmp_path / "dem.tif.ovr").is_file()
    assert raster_files.opened(file).overviews == (2,)


def test_a_file_that_is_no_pmtiles_is_not_given_away(tmp_path: Path) -> None:
    settings = small.settings(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "snapshots")
    with City.open(settings, create=True) as city:
        folder = city.settings.sources_folder
    folder.mkdir(exist_ok=True)
    (folder / "words.pmtiles").write_text("root:x:0:0", encoding="utf-8")
    (folder / "link.pmtiles").symlink_to("/etc/passwd")
    with asking(settings) as asker:
        for name in ("words", "link"):
            for more in ({}, {"range": "bytes=0-3"}):
                answer = asker.elsewhere.get(f"/archives/{name}.pmtiles", headers=more)
                assert answer.status_code in (404, 422, 500, 503), answer.status_code
                assert "root" not in answer.text.replace("/root", "")
