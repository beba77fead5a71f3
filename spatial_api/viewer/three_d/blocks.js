/** @module blocks  The blocks of the city: layers of polygons with heights, less what stands there as a model. */
import { WGS84_ELLIPSOID, Color, Vector3 } from "../vendor/three-tiles/three-tiles.mjs";
import { Tileset } from "./tileset.js";

const DEGREES = 180 / Math.PI;
const PLAIN = "#dcd8d0";

/** The blocks of the layers that the style can raise. */
export class Blocks {
  #store;
  #scene;
  #open = new Map();

  /**
   * @param {import("../lib/store.js").Store} store
   * @param {{group: any, changed: () => void, failed: (error: any) => void, models: import("./models.js").Models}} scene
   */
  constructor(store, scene) {
    this.#store = store;
    this.#scene = scene;
    for (const key of ["style", "city", "hidden"]) store.on(key, () => this.refresh());
    scene.models.onBoxes(() => this.refresh());
    this.refresh();
  }

  /** Opens what is to be seen, closes what is not, and gives all of it the colours of the style. */
  refresh() {
    const city = this.#store.get("city");
    const raised = (this.#store.get("style")?.layers ?? []).filter(({ metadata }) => metadata?.["citybase:toggle"] === "3d");
    const wanted = new Map();
    for (const { metadata, paint } of raised) {
      const layer = city.layers.find(({ name }) => name === metadata["citybase:layer"]);
      if (layer?.count && !this.#store.get("hidden").has(layer.name)) wanted.set(layer.name, { version: layer.version, colour: colourOf(paint) });
    }
    for (const [name, { version, tileset }] of this.#open) {
      if (wanted.get(name)?.version === version) continue;
      tileset.dispose();
      this.#open.delete(name);
    }
    for (const [name, { version, colour }] of wanted) {
      if (!this.#open.has(name)) this.#open.set(name, { version, colour, tileset: this.#tileset(name) });
      this.#open.get(name).colour = colour;
      this.#open.get(name).tileset.refresh();
    }
    this.#scene.changed();
  }

  tilesets() {
    return [...this.#open.values()].map(({ tileset }) => tileset);
  }

  named() {
    return [...this.#open].map(([name, { tileset }]) => [name, tileset]);
  }

  seen() {
    return true;
  }

  #tileset(name) {
    const { changed, failed, group } = this.#scene;
    const dress = (material) => material.color.set(this.#open.get(name)?.colour ?? PLAIN);
    const tileset = new Tileset(`/3dtiles/layers/${encodeURIComponent(name)}/tileset.json`, { dress, wanted: (f, tile) => this.#wanted(f, tile), changed, failed });
    group.add(tileset.group);
    return tileset;
  }

  /** Which blocks of a tile no model stands in the place of. */
  #wanted(features, tile) {
    const [west, south, east, north] = (tile.boundingVolume.region ?? []).map((v) => v * DEGREES);
    const boxes = this.#scene.models.boxes().filter(([w, s, e, n]) => !(e < west || w > east || n < south || s > north));
    if (!boxes.length) return null;
    const earth = features.meshes[0]?.parent;
    const replaced = new Set();
    if (earth) {
      for (const { number, mesh, middle } of features.middles()) {
        const at = new Vector3(...middle).applyMatrix4(inEarth(mesh));
        const { lon, lat } = WGS84_ELLIPSOID.getPositionToCartographic(at, {});
        const [x, y] = [lon * DEGREES, lat * DEGREES];
        if (boxes.some(([w, s, e, n]) => x >= w && x <= e && y >= s && y <= n)) replaced.add(number);
      }
    }
    return replaced.size ? (number) => !replaced.has(number) : null;
  }
}

/** From the frame of a mesh to earth-centred metres: the parents up to its tile's scene, which is in them. */
function inEarth(mesh) {
  const matrix = mesh.matrix.clone();
  for (let up = mesh.parent; up && !up.matrixWorldInverse && up.type !== "Scene"; up = up.parent) {
    up.updateMatrix();
    matrix.premultiply(up.matrix);
  }
  return matrix;
}

/** The colour of a block of middling height in the style. */
function colourOf(paint) {
  const colour = paint?.["fill-extrusion-color"];
  const [low, high] = Array.isArray(colour) ? colour.filter((part) => typeof part === "string" && part.startsWith("#")) : [colour];
  const known = new Color(typeof low === "string" ? low : PLAIN);
  return high ? known.lerp(new Color(high), 0.3) : known;
}
