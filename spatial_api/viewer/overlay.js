/** @module overlay  What the questions draw on the map: the point, its circle, candidates and affected things. */

const EMPTY = { type: "FeatureCollection", features: [] };

/** The drawing order from below; the first two lie under the markers of the style. */
const NAMES = ["affected", "range", "lines", "candidates", "point"];
const UNDER = new Set(["affected", "range"]);

const COLOURS = {
  light: { accent: "#1f5fe0", hot: "#e0731d", hit: "#e0731d", paper: "#ffffff" },
  dark: { accent: "#4fd2ff", hot: "#ffb02e", hit: "#ffb02e", paper: "#0a1424" },
};

/** A little above the same building of the style, so that the highlight is what one sees. */
const HEIGHT_M = ["+", 0.5, ["coalesce", ["get", "height_m"], ["*", 3, ["coalesce", ["get", "floors"], 2]]]];

/** The style layers of the overlays in a theme, by overlay. */
function layersOf(theme) {
  const c = COLOURS[theme];
  const lit = ["boolean", ["feature-state", "lit"], false];
  const kind = (k) => ["==", ["geometry-type"], k];
  return {
    affected: [
      { id: "cb-affected-fill", type: "fill", filter: kind("Polygon"), paint: { "fill-color": c.hit, "fill-opacity": 0.32 } },
      { id: "cb-affected-edge", type: "line", filter: kind("Polygon"), paint: { "line-color": c.hit, "line-width": 0.8 } },
    ],
    towers: [
      {
        id: "cb-towers", type: "fill-extrusion", minzoom: 15, filter: kind("Polygon"),
        paint: { "fill-extrusion-color": c.hit, "fill-extrusion-height": HEIGHT_M, "fill-extrusion-opacity": 0.9 },
      },
    ],
    range: [
      { id: "cb-range-fill", type: "fill", paint: { "fill-color": c.accent, "fill-opacity": 0.07 } },
      { id: "cb-range-edge", type: "line", paint: { "line-color": c.accent, "line-width": 1.8, "line-dasharray": [3, 2] } },
    ],
    lines: [
      {
        id: "cb-lines", type: "line", layout: { "line-cap": "round" },
        paint: {
          "line-color": ["case", lit, c.hot, c.accent],
          "line-width": ["case", lit, 3.5, 1.6],
          "line-opacity": ["case", lit, 1, 0.75],
        },
      },
    ],
    candidates: [
      {
        id: "cb-candidates", type: "circle",
        paint: {
          "circle-radius": ["case", lit, 12, 9.5],
          "circle-color": ["case", lit, c.hot, c.accent],
          "circle-stroke-color": c.paper, "circle-stroke-width": 2,
        },
      },
      {
        id: "cb-candidates-number", type: "symbol",
        layout: { "text-field": ["get", "rank"], "text-size": 11, "text-font": ["citybase Bold", "sans-serif"], "text-allow-overlap": true, "text-ignore-placement": true },
        paint: { "text-color": c.paper },
      },
    ],
    point: [
      { id: "cb-point-halo", type: "circle", paint: { "circle-radius": 15, "circle-color": c.accent, "circle-opacity": 0.22 } },
      { id: "cb-point", type: "circle", paint: { "circle-radius": 6, "circle-color": c.accent, "circle-stroke-color": c.paper, "circle-stroke-width": 2.5 } },
    ],
  };
}

/** The overlays of one map, which outlive a change of its style. */
export class Overlay {
  #data = Object.fromEntries(NAMES.map((name) => [name, EMPTY]));
  #map = null;
  #lit = null;
  #towers = false;

  /** @param {any} map */
  attach(map) {
    this.#map = map;
  }

  /**
   * Draws features in place of those that an overlay had.
   * @param {"affected"|"range"|"lines"|"candidates"|"point"} name
   * @param {Array<object>} features  GeoJSON features
   */
  draw(name, features) {
    this.#data[name] = features.length ? { type: "FeatureCollection", features } : EMPTY;
    this.#map?.getSource(`cb-${name}`)?.setData(this.#data[name]);
  }

  /**
   * Shows the affected buildings as towers, or flat.
   * @param {boolean} on
   */
  raise(on) {
    this.#towers = on;
    if (this.#map?.getLayer("cb-towers")) this.#map.setLayoutProperty("cb-towers", "visibility", on ? "visible" : "none");
  }

  /**
   * Highlights one candidate and its line, or none.
   * @param {number|null} id
   */
  light(id) {
    for (const source of ["cb-lines", "cb-candidates"]) {
      if (!this.#map?.getSource(source)) continue;
      if (this.#lit !== null) this.#map.setFeatureState({ source, id: this.#lit }, { lit: false });
      if (id !== null) this.#map.setFeatureState({ source, id }, { lit: true });
    }
    this.#lit = id;
  }

  /**
   * A style with the overlays in it: ranges under the markers, the rest on top.
   * @param {any} style  a MapLibre style document
   * @param {"light"|"dark"} theme
   */
  into(style, theme) {
    const sources = Object.fromEntries(NAMES.map((name) => [`cb-${name}`, { type: "geojson", data: this.#data[name] }]));
    const layers = layersOf(theme);
    const from = (name, source) => layers[name].map((layer) => ({ ...layer, source: `cb-${source}` }));
    const made = (under) => NAMES.filter((name) => UNDER.has(name) === under).flatMap((name) => from(name, name));
    const towers = from("towers", "affected").map((layer) => ({ ...layer, layout: { visibility: this.#towers ? "visible" : "none" } }));
    const first = style.layers.findIndex((layer) => layer.metadata?.["citybase:group"] === "operations");
    const at = first < 0 ? style.layers.length : first;
    return {
      ...style,
      sources: { ...style.sources, ...sources },
      layers: [...style.layers.slice(0, at), ...made(true), ...towers, ...style.layers.slice(at), ...made(false)],
    };
  }
}

/**
 * A circle on the ground as a polygon feature, good to a few centimetres at these sizes.
 * @param {[number, number]} centre
 * @param {number} radiusM
 */
export function circle([lon, lat], radiusM) {
  const metresPerDegree = 111_320;
  const dLat = radiusM / 110_900;
  const dLon = radiusM / (metresPerDegree * Math.cos((lat * Math.PI) / 180));
  const ring = Array.from({ length: 97 }, (_, i) => {
    const angle = (2 * Math.PI * (i % 96)) / 96;
    return [lon + dLon * Math.cos(angle), lat + dLat * Math.sin(angle)];
  });
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}

/**
 * A position on a geometry to draw a line to: a point itself, else the middle of its bounds.
 * @param {any} geometry  GeoJSON
 * @returns {[number, number]}
 */
export function anchor(geometry) {
  if (geometry.type === "Point") return geometry.coordinates;
  const flat = geometry.coordinates.flat(Infinity);
  const lons = flat.filter((_, i) => i % 2 === 0);
  const lats = flat.filter((_, i) => i % 2 === 1);
  const middle = (values) => (values.reduce((a, b) => Math.min(a, b)) + values.reduce((a, b) => Math.max(a, b))) / 2;
  return [middle(lons), middle(lats)];
}
