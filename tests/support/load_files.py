"""Small files to load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import shapely

BOXES = [shapely.box(112.91 + i / 100, 28.11, 112.911 + i / 100, 28.111) for i in range(3)]


BOW_TIE = shapely.Polygon([(112.9, 28.1), (112.95, 28.15), (112.95, 28.1), (112.9, 28.15)])


def geojson(path: Path, *features: tuple[Any, dict[str, Any]]) -> Path:
    made = [
        {
            "type": "Feature",
            "properties": p,
            "geometry": json.loads(shapely.to_geojson(g)) if g is not None else None,
        }
        for g, p in features
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": made}, ensure_ascii=False), "utf-8")
    return path


def csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


# A street of two roads that meet in node 2, a house with a courtyard, an open house, a clinic, a town.
TOWN = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="by hand">
 <node id="1" version="1" lon="112.90" lat="28.10"/>
 <node id="2" version="1" lon="112.91" lat="28.10"/>
 <node id="3" version="1" lon="112.91" lat="28.11"/>
 <node id="4" version="1" lon="112.90" lat="28.11"/>
 <node id="5" version="1" lon="112.902" lat="28.102"/>
 <node id="6" version="1" lon="112.904" lat="28.102"/>
 <node id="7" version="1" lon="112.904" lat="28.104"/>
 <node id="8" version="1" lon="112.95" lat="28.15">
  <tag k="place" v="town"/><tag k="name" v="长沙县"/><tag k="name:en" v="Changsha County"/>
 </node>
 <node id="9" version="1" lon="112.96" lat="28.16"><tag k="amenity" v="bench"/></node>
 <way id="10" version="1"><nd ref="1"/><nd ref="2"/>
  <tag k="highway" v="primary"/><tag k="name" v="五一大道"/><tag k="oneway" v="-1"/>
  <tag k="maxspeed" v="60"/><tag k="lanes" v="4"/><tag k="maxheight" v="4.5"/><tag k="layer" v="1"/>
  <tag k="bridge" v="viaduct"/>
 </way>
 <way id="11" version="1"><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way>
 <way id="12" version="1"><nd ref="3"/><nd ref="4"/><nd ref="99"/><tag k="highway" v="service"/></way>
 <way id="13" version="1"><nd ref="2"/><nd ref="2"/><tag k="highway" v="path"/></way>
 <way id="20" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>
 <way id="21" version="1"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="5"/></way>
 <way id="22" version="1"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="5"/>
  <tag k="building" v="hospital"/><tag k="amenity" v="hospital"/><tag k="name" v="湘雅医院"/>
  <tag k="building:levels" v="12"/><tag k="height" v="40 m"/>
 </way>
 <way id="23" version="1"><nd ref="5"/><nd ref="6"/><nd ref="7"/><tag k="building" v="yes"/></way>
 <way id="24" version="1"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="5"/>
  <tag k="building" v="no"/></way>
 <way id="25" version="1"><nd ref="5"/><nd ref="6"/>
  <tag k="waterway" v="river"/><tag k="name" v="湘江"/></way>
 <relation id="30" version="1"><member type="way" ref="20" role="outer"/>
  <member type="way" ref="21" role="inner"/><tag k="type" v="multipolygon"/><tag k="building" v="yes"/>
 </relation>
 <relation id="31" version="1"><member type="way" ref="777" role="outer"/><tag k="type" v="boundary"/>
  <tag k="boundary" v="administrative"/><tag k="admin_level" v="6"/><tag k="name" v="岳麓区"/>
 </relation>
 <relation id="32" version="1"><member type="way" ref="20" role="outer"/><tag k="type" v="boundary"/>
  <tag k="boundary" v="administrative"/><tag k="admin_level" v="6"/><tag k="name" v="天心区"/>
 </relation>
</osm>
"""
