"""How the faces of a CityJSON file look: its materials and textures, by the theme that is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cim.bim.building_model import Material

#: Faces look this way where a texture is there and no material.
_PLAIN = Material("", (1.0, 1.0, 1.0, 1.0))


class Appearance:
    """The materials and textures of a file. `materials` grows by what the faces need of them together: a material,
    or a texture on one."""

    def __init__(
        self, folder: Path, appearance: Mapping[str, Any], materials: list[Material] | None = None
    ) -> None:
        self._folder = folder.resolve()
        self.materials: list[Material] = materials if materials is not None else []
        self._own = [_material(raw) for raw in appearance.get("materials") or []]
        self._textures = [str(raw.get("image", "")) for raw in appearance.get("textures") or []]
        self._there = [self._is_there(image) for image in self._textures]
        self._uv = appearance.get("vertices-texture") or []
        self._material_theme = appearance.get("default-theme-material")
        self._texture_theme = appearance.get("default-theme-texture")
        self._numbers: dict[tuple[int, int], int] = {}

    def looks_of(self, geometry: Mapping[str, Any]) -> Looks:
        """How the faces of a geometry look."""
        material = _theme(geometry.get("material"), self._material_theme)
        texture = _theme(geometry.get("texture"), self._texture_theme)
        return Looks(self, material.get("value"), material.get("values"), texture.get("values"))

    def number(self, material: int | None, texture: int | None) -> int:
        """The number of a material with a texture on it among `materials`; -1 for neither."""
        if material is None and texture is None:
            return -1
        key = (-1 if material is None else material, -1 if texture is None else texture)
        if key not in self._numbers:
            look = self._own[material] if material is not None and material < len(self._own) else _PLAIN
            if texture is not None:
                look = replace(look, texture=str(self._folder / self._textures[texture]))
            self._numbers[key] = len(self.materials)
            self.materials.append(look)
        return self._numbers[key]

    def texture(self, number: int) -> str | None:
        """The name of a texture that is not there, else None."""
        return None if 0 <= number < len(self._there) and self._there[number] else self.image(number)

    def image(self, number: int) -> str:
        """The file of a texture, as the file names it."""
        return self._textures[number] if 0 <= number < len(self._textures) else f"#{number}"

    def places(self, numbers: Sequence[int]) -> list[Sequence[float]]:
        """Places in a texture by their numbers. `ValueError` for one that is not there."""
        if numbers and not (min(numbers) >= 0 and max(numbers) < len(self._uv)):
            raise ValueError("vertices-texture")
        return [self._uv[i] for i in numbers]

    def _is_there(self, image: str) -> bool:
        """Whether the image is a file in the folder of the model or below it. Nothing else is followed."""
        if "://" in image or not image:
            return False
        file = (self._folder / image).resolve()
        return file.is_relative_to(self._folder) and file.is_file()


@dataclass
class Looks:
    """How the faces of one geometry look, by solid, shell and face."""

    appearance: Appearance
    value: int | None
    materials: Any
    textures: Any
    depth: int = 0
    missing: dict[str, None] = field(default_factory=dict)

    def wrap(self, depth: int) -> Looks:
        """The same for a geometry that is nested so much less than a solid of several."""
        for _ in range(depth):
            self.materials, self.textures = [self.materials], [self.textures]
        return self

    def face(self, solid: int, shell: int, face: int) -> tuple[int, list[list[Sequence[float]]] | None]:
        """The material of a face, and the places in its texture of each ring's corners (None: no texture)."""
        material = self.value
        if material is None:
            material = _deep(self.materials, (solid, shell, face))
        rings = _deep(self.textures, (solid, shell, face))
        if not isinstance(rings, list) or not rings or rings[0] in (None, []) or rings[0][0] is None:
            return self.appearance.number(material, None), None
        texture = int(rings[0][0])
        lacking = self.appearance.texture(texture)
        if lacking is not None:
            self.missing[lacking] = None
            return self.appearance.number(material, None), None
        places = [self.appearance.places(ring[1:]) for ring in rings]
        return self.appearance.number(material, texture), places

    def missing_textures(self) -> Iterable[str]:
        """The textures that faces asked for and that are not there."""
        return self.missing


def _material(raw: Mapping[str, Any]) -> Material:
    red, green, blue = (float(x) for x in (raw.get("diffuseColor") or (0.8, 0.8, 0.8))[:3])
    return Material(str(raw.get("name", "")), (red, green, blue, 1.0 - float(raw.get("transparency") or 0.0)))


def _theme(themes: Any, wanted: str | None) -> Mapping[str, Any]:
    """The theme that is shown: the file's default, else the first."""
    if not isinstance(themes, dict) or not themes:
        return {}
    chosen = themes.get(wanted) if wanted in themes else next(iter(themes.values()))
    return chosen if isinstance(chosen, dict) else {}


def _deep(values: Any, at: tuple[int, ...]) -> Any:
    for i in at:
        if not isinstance(values, list) or i >= len(values):
            return None
        values = values[i]
    return values
