/** @module overlay  What the questions draw on the map: the point, its circle, candidates, routes, reach and affected things. */
import { paints } from "./overlay_style.js";

const EMPTY = { type: "FeatureCollection", features: [] };

/** The overlays from below: areas under all that happens, ways under names and markers, and what lies on top. */
const AREAS = ["reach", "affected", "range", "plan-area", "draft"];
const WAYS = ["lines", "plan-lines"];
const TOP = ["candidates", "plan-points", "point"];
const NAMES = [...AREAS, ...WAYS, ...TOP];

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
   * A style with the overlays in it; the edge of a closure stays to be seen on the ways that lead to it.
   * @param {any} style  a MapLibre style document
   * @param {"light"|"dark"|"wall"} theme
   */
  into(style, theme) {
    const sources = Object.fromEntries(NAMES.map((name) => [`cb-${name}`, { type: "geojson", data: this.#data[name] }]));
    const layers = paints(theme);
    const from = (name, source) =>
      layers[name].map((layer) => ({
        ...layer, source: `cb-${source}`, layout: { ...layer.layout, visibility: this.#visible(name, source) }
      }));
    const made = (names) => names.flatMap((name) => from(name, name));
    const shut = style.layers.filter((layer) => layer.type === "line" && layer["source-layer"] === "closures");
    const others = style.layers.filter((layer) => !shut.includes(layer));
    const before = (test, least) => {
      const found = others.findIndex((layer, i) => i >= least && test(layer));
      return found < 0 ? others.length : found;
    };
    const happens = before((layer) => layer.metadata?.["citybase:group"] === "operations", 0);
    const named = before((layer) => layer.type === "symbol", happens);
    return {
      ...style,
      sources: { ...style.sources, ...sources },
      layers: [
        ...others.slice(0, happens), ...made(AREAS), ...from("towers", "affected"),
        ...others.slice(happens, named), ...made(WAYS), ...shut,
        ...others.slice(named), ...made(TOP),
      ],
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
