/** @module symbols  The markers of the map, painted on a canvas when the map asks for one. */

const SIZE = 30; // CSS pixels, with room for the shadow

/** Glyphs in a box of 24 × 24. */
const GLYPHS = {
  incident: "M10.7 4h2.6l-.4 10h-1.8zM12 16.6a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4z",
  team: "M8.5 5.5a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM15.8 6.5a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6zM3 18.5c0-3.6 2.5-6 5.5-6s5.5 2.4 5.5 6zM15.5 18.5c0-2.4-.8-4.4-2-5.8a5 5 0 0 1 2.3-.5c2.7 0 5.2 2.2 5.2 6.3z",
  vehicle: "M2.5 6.5h11v9.5h-11zM14.5 9.5h3.7l3.3 3.5v3h-7zM6.5 15a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6zM17.5 15a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6z",
  officer: "M12 4a3.6 3.6 0 1 1 0 7.2A3.6 3.6 0 0 1 12 4zM4.8 20c0-4.6 3.2-7.5 7.2-7.5s7.2 2.9 7.2 7.5z",
  camera: "M3 7.5h11.5v9H3zM15.5 10.5 21 7.5v9l-5.5-3z",
  depot: "M3.5 4.5h17v4h-17zM5 10h14v9.5H5z",
  shelter: "M12 3.5 21.5 19h-6L12 12.5 8.5 19h-6z",
  hospital: "M9.5 4h5v5.5H20v5h-5.5V20h-5v-5.5H4v-5h5.5z",
  hydrant: "M9 5a3 3 0 0 1 6 0v1h2v2.5h-1.5v2H19v4h-3.5V18H17v2.5H7V18h1.5v-3.5H5v-4h3.5v-2H7V6h2z",
  sensor: "M12 10a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4zM6.3 6.5l1.5 1.5a6 6 0 0 0 0 8.4l-1.5 1.5a8.2 8.2 0 0 1 0-11.4zM17.7 6.5a8.2 8.2 0 0 1 0 11.4l-1.5-1.5a6 6 0 0 0 0-8.4z",
  water: "M12 3.5c3.5 4.6 5.8 7.6 5.8 10.7a5.8 5.8 0 0 1-11.6 0C6.2 11.1 8.5 8.1 12 3.5z",
  rain: "M7 12.5a4 4 0 0 1 .6-8 5 5 0 0 1 9.3 1A3.6 3.6 0 0 1 17 12.5zM8 15h2l-1.5 5h-2zM12 15h2l-1.5 5h-2zM16 15h2l-1.5 5h-2z",
  unit: "M5 20V8l7-4 7 4v12h-5v-5h-4v5z",
  other: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8z",
};

/** The outline tells the family apart without its colour: a diamond, a square, or a disc. */
function outline(glyph) {
  const path = new Path2D();
  if (glyph === "incident") {
    const diamond = new Path2D();
    diamond.roundRect(-9, -9, 18, 18, 4.5);
    path.addPath(diamond, new DOMMatrix().translate(SIZE / 2, SIZE / 2).rotate(45));
  } else if (glyph === "sensor" || glyph === "water" || glyph === "rain" || glyph === "unit") {
    path.roundRect(SIZE / 2 - 9.5, SIZE / 2 - 9.5, 19, 19, 5);
  } else {
    path.arc(SIZE / 2, SIZE / 2, 10.5, 0, 2 * Math.PI);
  }
  return path;
}

/** Black or white, whichever reads better on a colour. */
function inkOn(colour) {
  const value = parseInt(colour.slice(1, 7), 16);
  const light = 0.299 * (value >> 16) + 0.587 * ((value >> 8) & 255) + 0.114 * (value & 255);
  return light > 168 ? "#0a1424" : "#ffffff";
}

/**
 * A marker as a canvas, `ratio` device pixels to the CSS pixel.
 * @param {string} glyph
 * @param {string} colour  #rrggbb
 * @param {string} ring  #rrggbb
 * @param {number} ratio
 * @returns {HTMLCanvasElement}
 */
export function marker(glyph, colour, ring, ratio = 2) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE * ratio;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const shape = outline(glyph);
  context.save();
  context.shadowColor = "rgba(10, 20, 40, 0.35)";
  context.shadowBlur = 3 * ratio;
  context.shadowOffsetY = ratio;
  context.fillStyle = ring;
  context.fill(shape);
  context.restore();
  context.fillStyle = colour;
  context.fill(shape);
  context.strokeStyle = ring;
  context.lineWidth = 2;
  context.stroke(shape);
  context.translate(SIZE / 2 - 7, SIZE / 2 - 7);
  context.scale(14 / 24, 14 / 24);
  context.fillStyle = inkOn(colour);
  context.fill(new Path2D(GLYPHS[glyph] ?? GLYPHS.other));
  return canvas;
}

/**
 * Paints `marker:<glyph>:<fill>:<ring>` images for the map when its style names one.
 * @param {import("./vendor/maplibre-gl/maplibre-gl.mjs").Map} map
 */
export function paintMarkers(map) {
  map.setMissingStyleImageResolver(async (id) => {
    const [family, glyph, colour, ring] = id.split(":");
    if (family !== "marker" || map.hasImage(id)) return;
    const canvas = marker(glyph, colour, ring, 2);
    map.addImage(id, canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: 2 });
  });
}
