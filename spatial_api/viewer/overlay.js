/** @module overlay  What the questions draw on the map: the point, its circle, candidates, routes, reach and affected things. */
import { paints } from "./paints.js";

const EMPTY = { type: "FeatureCollection", features: [] };

/** The drawing order from below; those in UNDER lie under the markers of the style. */
const NAMES = ["reach", "affected", "range", "plan-area", "draft", "lines", "plan-lines", "candidates", "plan-points", "point"];
const UNDER = new Set(["reach", "affected", "range", "plan-area", "draft"]);

/** The style layers with the overlay of each; which they are does not hang on the theme. */
const LAYERS = Object.entries(paints("light")).flatMap(([name, layers]) => layers.map((layer) => [name, layer]));

/** What lights up together: the lines of candidates and their discs. */
const LIGHTS = { near: ["cb-lines", "cb-candidates"], plan: ["cb-plan-lines", "cb-plan-points"] };

/** @typedef {"reach"|"affected"|"range"|"plan-area"|"draft"|"lines"|"plan-lines"|"candidates"|"plan-points"|"point"} Name */

/** The overlays of one map, which outlive a change of its style. */
export class Overlay {
  #data = Object.fromEntries(NAMES.map((name) => [name, EMPTY]));
  #map = null;
  #lit = { near: null, plan: null };
  #towers = false;
  #hidden = new Set();

  /** @param {any} map */
  attach(map) {
    this.#map = map;
  }

  /**
   * Draws features in place of those that an overlay had.
   * @param {Name} name
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
    this.#apply();
  }

  /**
   * Takes these overlays off the map until others, or none, are named.
   * @param {Array<Name>} names
   */
  hide(names) {
    this.#hidden = new Set(names);
    this.#apply();
  }

  /**
   * Highlights one candidate and its line, or none.
   * @param {number|null} id
   * @param {"near"|"plan"} [group]
   */
  light(id, group = "near") {
    const last = this.#lit[group];
    for (const source of LIGHTS[group]) {
      if (!this.#map?.getSource(source)) continue;
      if (last !== null) this.#map.setFeatureState({ source, id: last }, { lit: false });
      if (id !== null) this.#map.setFeatureState({ source, id }, { lit: true });
    }
    this.#lit[group] = id;
  }

  /**
   * A style with the overlays in it: ranges under the markers, the rest on top.
   * @param {any} style  a MapLibre style document
   * @param {"light"|"dark"} theme
   */
  into(style, theme) {
    const sources = Object.fromEntries(NAMES.map((name) => [`cb-${name}`, { type: "geojson", data: this.#data[name] }]));
    const layers = paints(theme);
    const from = (name, source) =>
      layers[name].map((layer) => ({
        ...layer, source: `cb-${source}`, layout: { ...layer.layout, visibility: this.#visible(name, source) }
      }));
    const made = (under) => NAMES.filter((name) => UNDER.has(name) === under).flatMap((name) => from(name, name));
    const first = style.layers.findIndex((layer) => layer.metadata?.["citybase:group"] === "operations");
    const at = first < 0 ? style.layers.length : first;
    return {
      ...style,
      sources: { ...style.sources, ...sources },
      layers: [...style.layers.slice(0, at), ...made(true), ...from("towers", "affected"), ...style.layers.slice(at), ...made(false)],
    };
  }

  #visible(name, source = name) {
    return this.#hidden.has(source) || (name === "towers" && !this.#towers) ? "none" : "visible";
  }

  #apply() {
    for (const [name, { id }] of LAYERS) {
      const visibility = this.#visible(name, name === "towers" ? "affected" : name);
      if (this.#map?.getLayer(id)) this.#map.setLayoutProperty(id, "visibility", visibility);
    }
  }
}
