"""The building model of the demo city: a tower of twelve storeys, written as IFC 4 by this program.

Its plan is 36 by 24 m round a core with two stairs; each storey has offices round a corridor, doors, hydrants and smoke
detectors. It is schematic and nobody's building. The same place gives the same file, byte for byte but for its date.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from cim.snapshot.snapshot import Snapshot
from cim.space.crs import to_metric

STOREYS = 12
BASEMENTS = 1
_HIGH_M = 3.9
_WIDE_M, _DEEP_M = 36.0, 24.0
_SLAB_M, _WALL_M, _INNER_M = 0.25, 0.3, 0.15
#: The core in the middle: x from, x to, y from, y to.
_CORE = (12.0, 24.0, 8.0, 16.0)
_DOOR_M, _DOOR_HIGH_M = 1.2, 2.1
NAME = "示范大厦"
CODE = "tower"
#: Where it stands, nearly: 五一广场, and the height of the ground there (1985国家高程基准), invented.
MIDDLE = (112.9706, 28.1944)
GROUND_M = 44.0

Box = tuple[float, float, float, float, float, float]


def write_tower(file: Path, easting: float, northing: float, height_m: float, turn: float = 0.0) -> None:
    """Write the tower as IFC 4 with its south-west corner at this place of EPSG:4547, its ground floor at `height_m`
    (EPSG:5737), turned counter-clockwise by `turn` degrees."""
    _Tower(easting, northing, height_m, turn).write(file)


def tower_place(buildings: Snapshot) -> tuple[float, float, float]:
    """The south-west corner of the tower in metres of EPSG:4547, and the height of its ground: it stands in place of
    the roomiest building near the middle of the demo city."""
    rows = buildings.rows
    shapes = buildings.metric_geometry(rows)
    centres = shapely.centroid(shapes)
    xy = shapely.get_coordinates(centres)
    middle = to_metric(np.array([MIDDLE]), buildings.metric_crs)[0]
    away = np.hypot(*(xy - middle).T)
    roomy = shapely.area(shapes) > 0.8 * _WIDE_M * _DEEP_M
    best = int(np.argmin(np.where(roomy, away, away + 1e6)))
    x, y = xy[best].tolist()
    return round(x - _WIDE_M / 2, 3), round(y - _DEEP_M / 2, 3), GROUND_M


class _Tower:
    def __init__(self, easting: float, northing: float, height_m: float, turn: float) -> None:
        import ifcopenshell

        self._ifc = ifcopenshell.file(schema="IFC4")
        self._count = 0
        make = self._make
        origin = make("IfcCartesianPoint", (0.0, 0.0, 0.0))
        self._axes = make("IfcAxis2Placement3D", origin)
        self._context = make("IfcGeometricRepresentationContext", None, "Model", 3, 1e-5, self._axes)
        units = make(
            "IfcUnitAssignment",
            [
                make("IfcSIUnit", None, "LENGTHUNIT", None, "METRE"),
                make("IfcSIUnit", None, "AREAUNIT", None, "SQUARE_METRE"),
                make("IfcSIUnit", None, "VOLUMEUNIT", None, "CUBIC_METRE"),
                make("IfcSIUnit", None, "PLANEANGLEUNIT", None, "RADIAN"),
            ],
        )
        project = self._root(
            "IfcProject", "示范大厦项目", RepresentationContexts=[self._context], UnitsInContext=units
        )
        self._georeference(easting, northing, height_m, turn)
        site_place = self._placement(None, 0.0)
        site = self._root("IfcSite", "示范地块", ObjectPlacement=site_place, CompositionType="ELEMENT")
        self._building_place = self._placement(site_place, 0.0)
        building = self._root(
            "IfcBuilding", NAME, ObjectPlacement=self._building_place, CompositionType="ELEMENT"
        )
        self._aggregate(project, [site])
        self._aggregate(site, [building])
        storeys = [self._storey(level) for level in range(-BASEMENTS, STOREYS + 1)]
        self._aggregate(building, storeys)

    def write(self, file: Path) -> None:
        """Write the file."""
        header = self._ifc.header
        header.file_name.name = file.name
        header.file_name.author = ("citybase",)
        header.file_name.organization = ("citybase",)
        self._ifc.write(str(file))

    def _georeference(self, easting: float, northing: float, height_m: float, turn: float) -> None:
        crs = self._ifc.create_entity(
            "IfcProjectedCRS", Name="EPSG:4547", GeodeticDatum="EPSG:4490", VerticalDatum="EPSG:5737"
        )
        self._ifc.create_entity(
            "IfcMapConversion",
            SourceCRS=self._context,
            TargetCRS=crs,
            Eastings=easting,
            Northings=northing,
            OrthogonalHeight=height_m,
            XAxisAbscissa=math.cos(math.radians(turn)),
            XAxisOrdinate=math.sin(math.radians(turn)),
            Scale=1.0,
        )

    # -- parts of STEP ---------------------------------------------------------------------------

    def _make(self, kind: str, *values: Any) -> Any:
        return self._ifc.create_entity(kind, *values)

    def _root(self, kind: str, name: str | None = None, **values: Any) -> Any:
        """An entity with a GlobalId of its own, which is the same each time."""
        import ifcopenshell.guid

        self._count += 1
        digest = hashlib.blake2b(f"citybase tower {self._count} {kind}".encode(), digest_size=16).hexdigest()
        return self._ifc.create_entity(kind, GlobalId=ifcopenshell.guid.compress(digest), Name=name, **values)

    def _placement(self, inside: Any, z: float, x: float = 0.0, y: float = 0.0) -> Any:
        point = self._make("IfcCartesianPoint", (x, y, z))
        return self._make("IfcLocalPlacement", inside, self._make("IfcAxis2Placement3D", point))

    def _body(self, box: Box) -> Any:
        x0, y0, z0, x1, y1, z1 = box
        middle = self._make("IfcCartesianPoint", ((x0 + x1) / 2, (y0 + y1) / 2))
        profile = self._make(
            "IfcRectangleProfileDef",
            "AREA",
            None,
            self._make("IfcAxis2Placement2D", middle),
            x1 - x0,
            y1 - y0,
        )
        base = self._make("IfcAxis2Placement3D", self._make("IfcCartesianPoint", (0.0, 0.0, z0)))
        up = self._make("IfcDirection", (0.0, 0.0, 1.0))
        solid = self._make("IfcExtrudedAreaSolid", profile, base, up, z1 - z0)
        shape = self._make("IfcShapeRepresentation", self._context, "Body", "SweptSolid", [solid])
        return self._make("IfcProductDefinitionShape", None, None, [shape])

    def _aggregate(self, whole: Any, parts: Sequence[Any]) -> None:
        self._root("IfcRelAggregates", RelatingObject=whole, RelatedObjects=list(parts))

    def _properties(self, of: Sequence[Any], name: str, values: dict[str, Any]) -> None:
        made = []
        for key, value in values.items():
            kind = "IfcBoolean" if isinstance(value, bool) else "IfcLabel"
            made.append(self._make("IfcPropertySingleValue", key, None, self._make(kind, value), None))
        group = self._root("IfcPropertySet", name, HasProperties=made)
        self._root("IfcRelDefinesByProperties", RelatedObjects=list(of), RelatingPropertyDefinition=group)

    # -- a storey --------------------------------------------------------------------------------

    def _storey(self, level: int) -> Any:
        self._place = self._placement(self._building_place, level * _HIGH_M)
        name = "屋面" if level == STOREYS else f"地下{-level}层" if level < 0 else f"{level + 1}层"
        storey = self._root(
            "IfcBuildingStorey",
            name,
            ObjectPlacement=self._place,
            CompositionType="ELEMENT",
            Elevation=level * _HIGH_M,
        )
        inside = [self._thing("IfcSlab", "楼板", (0.0, 0.0, -_SLAB_M, _WIDE_M, _DEEP_M, 0.0), "FLOOR")]
        if level < STOREYS:
            spaces = self._rooms(level, inside)
            self._aggregate(storey, spaces)
        self._root("IfcRelContainedInSpatialStructure", RelatedElements=inside, RelatingStructure=storey)
        return storey

    def _thing(self, kind: str, name: str, box: Box, predefined: str | None = None) -> Any:
        made = self._root(kind, name, ObjectPlacement=self._place, Representation=self._body(box))
        if predefined is not None and hasattr(made, "PredefinedType"):
            made.PredefinedType = predefined
        return made

    def _rooms(self, level: int, inside: list[Any]) -> list[Any]:
        """The walls, doors and equipment of a storey, put into `inside`; gives its spaces."""
        top = _HIGH_M - _SLAB_M
        w, d, t = _WIDE_M, _DEEP_M, _WALL_M
        outer = [
            (0.0, 0.0, 0.0, w, t, top),
            (0.0, d - t, 0.0, w, d, top),
            (0.0, t, 0.0, t, d - t, top),
            (w - t, t, 0.0, w, d - t, top),
        ]
        walls = [self._thing("IfcWall", "外墙", box, "SOLIDWALL") for box in outer]
        x0, x1, y0, y1 = _CORE
        i = _INNER_M
        core = [
            self._thing("IfcWall", "核心筒墙", box, "SOLIDWALL")
            for box in (
                (x0, y0, 0.0, x1, y0 + i, top),
                (x0, y1 - i, 0.0, x1, y1, top),
                (x0, y0 + i, 0.0, x0 + i, y1 - i, top),
                (x1 - i, y0 + i, 0.0, x1, y1 - i, top),
            )
        ]
        self._properties(walls, "Pset_WallCommon", {"FireRating": "2h", "IsExternal": True})
        self._properties(core, "Pset_WallCommon", {"FireRating": "3h", "IsExternal": False})
        inside += walls + core
        spaces, rooms = [], self._offices()
        number = f"B{-level}" if level < 0 else f"{level + 1:02d}"
        for k, (box, door) in enumerate(rooms):
            space = self._space(f"{number}{k + 1:02d}", "车位区" if level < 0 else "办公室", box)
            spaces.append(space)
            inside += self._partition(box, door, f"{number}{k + 1:02d}")
            self._equip(space, f"烟感 {number}{k + 1:02d}", box)
        for k, sx in enumerate((x0 + i, x1 - i - 3.0)):
            stair: Box = (sx, y0 + i, 0.0, sx + 3.0, y1 - i, top)
            space = self._space(f"{number}S{k + 1}", "楼梯间", stair)
            spaces.append(space)
            flight = self._thing(
                "IfcStairFlight", f"楼梯 {k + 1}", (sx + 0.3, y0 + 1.0, 0.0, sx + 1.5, y1 - 1.0, top / 2)
            )
            self._contain(space, [flight])
            inside.append(self._fire_door(sx + 0.9, y0, f"防火门 {number}S{k + 1}"))
        hall: Box = (x0 + i + 3.2, y0 + i, 0.0, x1 - i - 3.2, y1 - i, top)
        spaces.append(self._space(f"{number}00", "电梯厅", hall))
        for k, x in enumerate((x0 - 0.4, x1 + 0.1)):
            inside.append(
                self._thing(
                    "IfcFireSuppressionTerminal",
                    f"消火栓 {number}-{k + 1}",
                    (x, 11.7, 0.9, x + 0.3, 12.3, 1.7),
                    "FIREHYDRANT",
                )
            )
        return spaces

    def _offices(self) -> list[tuple[Box, tuple[float, float]]]:
        """The rooms along the two long sides, each with the middle of its door."""
        top = _HIGH_M - _SLAB_M
        rooms: list[tuple[Box, tuple[float, float]]] = []
        for k in range(4):
            x0 = _WALL_M + k * 8.85
            x1 = x0 + 8.7
            rooms.append(((x0, _WALL_M, 0.0, x1, 6.5, top), ((x0 + x1) / 2, 6.5)))
            rooms.append(((x0, 17.5, 0.0, x1, _DEEP_M - _WALL_M, top), ((x0 + x1) / 2, 17.5)))
        return rooms

    def _space(self, name: str, long_name: str, box: Box) -> Any:
        return self._root(
            "IfcSpace",
            name,
            ObjectPlacement=self._place,
            Representation=self._body(box),
            LongName=long_name,
            CompositionType="ELEMENT",
            PredefinedType="INTERNAL",
        )

    def _contain(self, space: Any, things: Sequence[Any]) -> None:
        self._root("IfcRelContainedInSpatialStructure", RelatedElements=list(things), RelatingStructure=space)

    def _equip(self, space: Any, name: str, box: Box) -> None:
        x, y = (box[0] + box[3]) / 2, (box[1] + box[4]) / 2
        top = box[5]
        sensor = self._thing(
            "IfcSensor", name, (x - 0.1, y - 0.1, top - 0.1, x + 0.1, y + 0.1, top - 0.02), "SMOKESENSOR"
        )
        self._contain(space, [sensor])

    def _partition(self, box: Box, door: tuple[float, float], name: str) -> list[Any]:
        """The wall between a room and the corridor, with its door in an opening."""
        x, y = door
        low, high = (y, y + _INNER_M) if y < _DEEP_M / 2 else (y - _INNER_M, y)
        wall = self._thing(
            "IfcWall", f"隔墙 {name}", (box[0], low, 0.0, box[3], high, box[5]), "PARTITIONING"
        )
        hole: Box = (x - _DOOR_M / 2, low - 0.05, 0.0, x + _DOOR_M / 2, high + 0.05, _DOOR_HIGH_M)
        leaf: Box = (x - _DOOR_M / 2, low + 0.05, 0.0, x + _DOOR_M / 2, low + 0.1, _DOOR_HIGH_M)
        return [wall, self._open(wall, hole, leaf, f"门 {name}")]

    def _open(self, wall: Any, hole: Box, leaf: Box, name: str) -> Any:
        opening = self._thing("IfcOpeningElement", f"洞口 {name}", hole, "OPENING")
        self._root("IfcRelVoidsElement", RelatingBuildingElement=wall, RelatedOpeningElement=opening)
        door = self._thing("IfcDoor", name, leaf)
        door.OverallHeight, door.OverallWidth = _DOOR_HIGH_M, _DOOR_M
        self._root("IfcRelFillsElement", RelatingOpeningElement=opening, RelatedBuildingElement=door)
        return door

    def _fire_door(self, x: float, y: float, name: str) -> Any:
        door = self._thing("IfcDoor", name, (x, y - 0.06, 0.0, x + _DOOR_M, y, _DOOR_HIGH_M))
        self._properties([door], "Pset_DoorCommon", {"FireRating": "1.5h", "FireExit": True})
        return door
