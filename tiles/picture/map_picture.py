"""A picture of some layers: drawn as the styles have them, and written as a file."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from PIL import Image

from cim.model.layer import Layer
from cim.snapshot.snapshot import Snapshot
from tiles.picture.furniture import Words
from tiles.picture.map_frame import MapFrame
from tiles.picture.render import Picture, draw
from tiles.style.document import LABEL_SUFFIX, labelled_layers, style
from tiles.style.palette import Lang, Theme

PictureForm = Literal["png", "jpg", "webp"]

MEDIA_TYPES: dict[PictureForm, str] = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
_WRITTEN: dict[PictureForm, tuple[str, dict[str, Any]]] = {
    "png": ("PNG", {"compress_level": 4}),
    "jpg": ("JPEG", {"quality": 90}),
    "webp": ("WEBP", {"quality": 90, "method": 2}),
}


def draw_layers(
    layers: Sequence[Layer],
    snapshots: Mapping[str, Snapshot],
    frame: MapFrame,
    words: Words,
    *,
    day: dt.date,
    theme: Theme = "light",
    lang: Lang = "zh",
) -> Picture:
    """The layers in the frame with the words about them; `snapshots` has each by its name, `day` says which areas are
    in force."""
    document = style(
        layers, bounds=frame.bounds(), tiles_url="", sprite_url="", name="", theme=theme, lang=lang, day=day
    )
    labels = {f"{name}{LABEL_SUFFIX}": snapshots[name].labels for name in labelled_layers(layers)}
    return draw(document, {**snapshots, **labels}, frame, words)


def picture_bytes(image: Image.Image, form: PictureForm) -> bytes:
    """The picture as a file of this form."""
    written = io.BytesIO()
    name, options = _WRITTEN[form]
    image.save(written, name, **options)
    return written.getvalue()
