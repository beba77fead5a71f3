"""How the surfaces of a CityGML file look: X3D materials and textures with their coordinates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from cim.bim.building_model import Material
from layers.formats.city.gml_geometry import local

_PLAIN = Material("", (1.0, 1.0, 1.0, 1.0))


class GmlAppearance:
    """The looks of polygons by their ids. `materials` has each look once; of several themes the first is shown."""

    def __init__(self, folder: Path, root: Any) -> None:
        self._folder = folder.resolve()
        self.materials: list[Material] = []
        self._material: dict[str, Material] = {}
        self._texture: dict[str, str] = {}
        self._places: dict[str, NDArray[np.float64]] = {}
        self._numbers: dict[Material, int] = {}
        self._lacking: list[str] = []
        theme: str | None = None
        for appearance in root.iter(etree.Element):
            if local(appearance) != "Appearance":
                continue
            own = next(((c.text or "").strip() for c in appearance if local(c) == "theme"), "")
            theme = own if theme is None else theme
            if own == theme:
                for data in appearance.iter(etree.Element):
                    if local(data) == "X3DMaterial":
                        self._take_material(data)
                    elif local(data) == "ParameterizedTexture":
                        self._take_texture(data)

    def look(
        self, polygon: str | None, rings: list[str | None]
    ) -> tuple[int, list[NDArray[np.float64]] | None]:
        """The number of a polygon's material (-1: none), and the places in its texture of each of its rings."""
        if polygon is None or (polygon not in self._material and polygon not in self._texture):
            return -1, None
        material = self._material.get(polygon, _PLAIN)
        image = self._texture.get(polygon)
        if image is None:
            return self._number(material), None
        file = self._file(image)
        if file is None:
            self._lacking.append(image)
            return (self._number(material) if polygon in self._material else -1), None
        places = [self._places.get(ring or "") for ring in rings]
        known = [place for place in places if place is not None]
        if len(known) != len(rings):
            return self._number(material), None
        return self._number(replace(material, texture=str(file))), known

    def missing(self) -> list[str]:
        """The images that were asked for since the last call and are not there."""
        lacking, self._lacking = list(dict.fromkeys(self._lacking)), []
        return lacking

    def _number(self, material: Material) -> int:
        if material not in self._numbers:
            self._numbers[material] = len(self.materials)
            self.materials.append(material)
        return self._numbers[material]

    def _file(self, image: str) -> Path | None:
        """The file of an image in the folder of the model or below; nothing else is followed."""
        if "://" in image or not image:
            return None
        file = (self._folder / image.replace("\\", "/")).resolve()
        return file if file.is_relative_to(self._folder) and file.is_file() else None

    def _take_material(self, data: Any) -> None:
        texts = {local(c): (c.text or "").strip() for c in data}
        try:
            red, green, blue = (float(x) for x in texts.get("diffuseColor", "0.8 0.8 0.8").split()[:3])
            opacity = 1.0 - float(texts.get("transparency") or 0.0)
        except ValueError:
            return
        look = Material(texts.get("name", ""), (red, green, blue, opacity))
        for child in data:
            if local(child) == "target" and child.text:
                self._material[child.text.strip().removeprefix("#")] = look

    def _take_texture(self, data: Any) -> None:
        image = next(((c.text or "").strip() for c in data if local(c) == "imageURI"), "")
        for target in data:
            if local(target) not in ("target", "textureParameterization"):
                continue
            uri = target.get("uri") or ""
            for inner in target.iter(etree.Element):
                if local(inner) == "target" and inner is not target and inner.text:
                    uri = inner.text.strip()
                if local(inner) == "textureCoordinates" and inner.text:
                    ring = (inner.get("ring") or "").removeprefix("#")
                    numbers = np.array(inner.text.split(), np.float64)
                    self._places[ring] = numbers[: len(numbers) // 2 * 2].reshape(-1, 2)
            if uri:
                self._texture[uri.strip().removeprefix("#")] = image
