/** @module models  The models in view, and which of their storeys and disciplines are seen. */
import { Plane, Vector3 } from "../vendor/three-tiles/three-tiles.mjs";
import { get } from "../lib/api.js";
import { Tileset } from "./tileset.js";

/** So many models are drawn at once, those nearest to the middle of the map. */
const MOST = 12;

/**
 * @typedef {object} Storeys
 * @property {Array<{number: number, name: string}>} levels  from below
 * @property {Map<string, number>} numbers  of each storey, by its id
 * @property {Map<string, string>} names
 * @property {number} ground  the height of ±0 in the model's datum
 */

/**
 * @typedef {object} Look  how a model is seen
 * @property {"all"|"upto"|"only"} how
 * @property {number|null} level  the number of a storey
 * @property {Set<string>} off  disciplines that are switched off
 * @property {"none"|"north"|"east"} cut  the direction that the section looks in
 * @property {number} part  how much of the model stays, from 0 to 1
 */

/** @type {Look} */
const WHOLE = { how: "all", level: null, off: new Set(), cut: "none", part: 0.5 };

/** The models of the city on the map. */
export class Models {
  /** What `/models` says of each. */
  list = [];
  /** Whether the list has come. */
  known = false;
  #map;
  #store;
  #scene;
  #open = new Map();
  #looks = new Map();
  #storeys = new Map();
  #told = new Set();

  /**
   * @param {any} map
   * @param {import("../lib/store.js").Store} store
   * @param {{group: any, changed: () => void, failed: (error: any) => void}} scene
   */
  constructor(map, store, scene) {
    this.#map = map;
    this.#store = store;
    this.#scene = scene;
    map.on("moveend", () => this.near());
    store.on("city", () => store.get("threeD") && this.load());
  }

  /** Asks which models there are. */
  async load() {
    try {
      const { models } = await get("/models");
      const kept = new Map(models.map((m) => [m.code, m.content]));
      for (const [code, { content }] of this.#open) if (kept.get(code) !== content) this.#close(code);
      const changed = models.length !== this.list.length || this.list.some((m) => kept.get(m.code) !== m.content);
      this.list = models.filter((m) => m.bbox);
      if (changed || !this.known) for (const tell of this.#told) tell();
      await this.near();
    } catch (problem) {
      this.#scene.failed(problem);
    }
    this.known = true;
    this.#scene.changed();
  }

  /** Who is told when models come or go. @param {() => void} tell */
  onBoxes(tell) {
    this.#told.add(tell);
  }

  /** Where buildings of models stand in place of blocks: west, south, east, north. */
  boxes() {
    return this.list.filter((m) => m.buildings > 0).map((m) => m.bbox);
  }

  tilesets() {
    return [...this.#open.values()].map(({ tileset }) => tileset);
  }

  named() {
    return [...this.#open].map(([code, { tileset }]) => [code, tileset]);
  }

  /** The storeys of a model from below. @param {string} code @returns {Promise<Storeys>} */
  storeys(code) {
    if (!this.#storeys.has(code)) {
      const asked = this.#ask(code);
      asked.catch(() => this.#storeys.delete(code));
      this.#storeys.set(code, asked);
    }
    return this.#storeys.get(code);
  }

  /** How a model is seen. @param {string} code @returns {Look} */
  look(code) {
    return this.#looks.get(code) ?? WHOLE;
  }

  /** Sees a model in another way. @param {string} code @param {Partial<Look>} change */
  async see(code, change) {
    this.#looks.set(code, { ...this.look(code), ...change });
    await this.storeys(code);
    this.#open.get(code)?.tileset.refresh();
    this.#scene.changed();
  }

  /** Whether the section leaves a place of a model. @param {string} code @param {any} position */
  seen(code, position) {
    return (this.#open.get(code)?.planes ?? []).every((plane) => plane.distanceToPoint(position) >= 0);
  }

  /** Puts the sections where they are in this view. @param {import("./view.js").View} view */
  follow(view) {
    for (const [code, one] of this.#open) {
      const { cut, part } = this.look(code);
      const [west, south, east, north] = one.model.bbox;
      // One looks in from the south, as the map does at first, or from the east: what is behind the cut stays.
      const at = view.positionOf([west + part * (east - west), north - part * (north - south)]);
      one.plane.setFromNormalAndCoplanarPoint(cut === "north" ? new Vector3(0, 1, 0) : new Vector3(-1, 0, 0), at);
      one.planes = cut === "none" ? [] : [one.plane];
    }
  }

  async #ask(code) {
    const model = this.list.find((m) => m.code === code);
    const { objects } = await get(`/models/${encodeURIComponent(code)}/storeys?limit=10000`);
    const sorted = [...objects].sort((a, b) => (a.elevation_m ?? a.bottom_m ?? 0) - (b.elevation_m ?? b.bottom_m ?? 0));
    const numbers = new Map(sorted.map((s, i) => [s.id, s.number ?? i + 1]));
    const levels = new Map();
    for (const s of sorted) if (!levels.has(numbers.get(s.id))) levels.set(numbers.get(s.id), s.name || String(numbers.get(s.id)));
    const placed = sorted.find((s) => s.elevation_m !== null && s.bottom_m !== null);
    return {
      levels: [...levels].map(([number, name]) => ({ number, name })).sort((a, b) => a.number - b.number),
      numbers,
      names: new Map(sorted.map((s) => [s.id, s.name || s.id])),
      ground: placed ? placed.bottom_m - placed.elevation_m : (model?.bottom_m ?? 0),
    };
  }

  /** Opens the models in view, the nearest first, and closes the others. */
  async near() {
    if (!this.#store.get("threeD")) return;
    const bounds = this.#map.getBounds();
    const { lng, lat } = this.#map.getCenter();
    const inView = ({ bbox: [w, s, e, n] }) => !(e < bounds.getWest() || w > bounds.getEast() || n < bounds.getSouth() || s > bounds.getNorth());
    const away = ({ bbox: [w, s, e, n] }) => Math.hypot((w + e) / 2 - lng, (s + n) / 2 - lat);
    const wanted = this.list.filter(inView).sort((a, b) => away(a) - away(b)).slice(0, MOST);
    for (const code of this.#open.keys()) if (!wanted.some((m) => m.code === code)) this.#close(code);
    await Promise.all(wanted.map((model) => this.#show(model)));
  }

  async #show(model) {
    if (this.#open.has(model.code)) return;
    const plane = new Plane(new Vector3(-1, 0, 0), 0);
    const one = { model, content: model.content, plane, planes: [], tileset: null };
    try {
      const storeys = await this.storeys(model.code);
      if (this.#open.has(model.code)) return;
      one.tileset = new Tileset(`/3dtiles/models/${encodeURIComponent(model.code)}/tileset.json`, {
        ground: storeys.ground,
        error: 4,
        dress: (material) => (material.clippingPlanes = this.look(model.code).cut === "none" ? null : [plane]),
        wanted: (features) => this.#wanted(features, this.look(model.code), storeys),
        changed: this.#scene.changed,
        failed: this.#scene.failed,
      });
    } catch (problem) {
      this.#scene.failed(problem);
      return;
    }
    this.#open.set(model.code, one);
    this.#scene.group.add(one.tileset.group);
    this.#scene.changed();
  }

  #close(code) {
    this.#open.get(code)?.tileset.dispose();
    this.#open.delete(code);
    this.#storeys.delete(code);
    this.#scene.changed();
  }

  /** Which things of a tile are seen. */
  #wanted(features, { how, level, off }, { numbers }) {
    if (how === "all" && !off.size) return null;
    const [storey, discipline] = [features.column("storey"), features.column("discipline")];
    const kept = (number) => {
      if (how === "all" || level === null) return true;
      if (number === undefined) return how === "upto"; // of no storey: a façade, a roof
      return how === "only" ? number === level : number <= level;
    };
    return (i) => kept(numbers.get(storey[i])) && !off.has(discipline[i] ?? "");
  }
}
