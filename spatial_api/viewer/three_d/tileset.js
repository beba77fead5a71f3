/** @module tileset  A tileset on the map: its tiles in metres about the middle of the map, and who of its things is seen. */
import { GLTFExtensionsPlugin, ImplicitTilingPlugin, MeshLambertMaterial, TilesRenderer } from "../vendor/three-tiles/three-tiles.mjs";
import { Features } from "./features.js";

const MEGABYTE = 2 ** 20;

/** Tiles as the city serves them. */
class CityTiles extends TilesRenderer {
  /** The library warns of every tileset newer than 1.0; ours have nothing in them that it does not read. */
  async fetchData(url, options) {
    const answer = await fetch(url, options);
    if (!answer.ok || !new URL(url).pathname.endsWith("/tileset.json")) return answer;
    const tileset = await answer.json();
    return { ...tileset, asset: { ...tileset.asset, version: "1.0" } };
  }

  /** The first tile has the largest things and is always wanted, however small its details are from here. */
  calculateTileViewError(tile, target) {
    super.calculateTileViewError(tile, target);
    if (tile.implicitTilingData?.level === 0) target.error = Infinity;
  }
}

/** One tileset. `ground` is the height that the flat map stands for, in metres. */
export class Tileset {
  #tiles;
  #features = new Map();
  #dress;
  #wanted;

  /**
   * @param {string} url  of its tileset.json
   * @param {{dress?: (material: any) => void, wanted?: (features: Features, tile: any) => null|((number: number) => boolean),
   *   ground?: number, error?: number, changed: () => void, failed: (error: any) => void}} how  `wanted` tells for a tile which of its things to show;
   *   `error` is how many pixels of detail may be missing
   */
  constructor(url, { dress = () => {}, wanted = () => null, ground = 0, error = 16, changed, failed }) {
    this.#dress = dress;
    this.#wanted = wanted;
    this.ground = ground;
    const tiles = (this.#tiles = new CityTiles(new URL(url, location.origin).href));
    tiles.registerPlugin(new ImplicitTilingPlugin());
    tiles.registerPlugin(new GLTFExtensionsPlugin({ metadata: true, rtc: false }));
    // One cache for all tilesets of the page.
    Object.assign(tiles.lruCache, { minBytesSize: 96 * MEGABYTE, maxBytesSize: 160 * MEGABYTE });
    tiles.errorTarget = error;
    tiles.group.matrixAutoUpdate = false;
    tiles.addEventListener("load-model", ({ scene, tile }) => this.#loaded(scene, tile));
    tiles.addEventListener("dispose-model", ({ tile }) => this.#gone(tile));
    tiles.addEventListener("load-error", ({ error }) => failed(error));
    for (const type of ["needs-update", "load-model", "load-error", "tile-visibility-change", "load-root-tileset"]) tiles.addEventListener(type, changed);
  }

  /** What to put into the scene. */
  get group() {
    return this.#tiles.group;
  }

  /** Whether nothing is on its way any more. */
  get settled() {
    return Boolean(this.#tiles.root) && this.#tiles.loadProgress === 1;
  }

  /**
   * Chooses the tiles for a view.
   * @param {import("./view.js").View} view
   * @param {any} camera
   * @param {number} width  of the canvas, in pixels
   * @param {number} height
   */
  update(view, camera, width, height) {
    const { group } = this.#tiles;
    group.matrix.copy(view.fromEarth);
    group.matrix.elements[14] -= this.ground;
    group.updateMatrixWorld(true);
    this.#tiles.setCamera(camera);
    this.#tiles.setResolution(camera, width, height);
    this.#tiles.update();
  }

  /** Looks again which things are wanted, and how they are dressed. */
  refresh() {
    for (const [tile, features] of this.#features) {
      features.show(this.#wanted(features, tile));
      for (const mesh of features.meshes) this.#dress(mesh.material);
    }
  }

  /** Every tile that is loaded. @returns {IterableIterator<[any, Features]>} */
  loaded() {
    return this.#features.entries();
  }

  /** What is known of what a ray hit. @param {any} hit  of three's raycaster */
  thingOf(hit) {
    const features = this.#features.get(hit.object.userData.tile);
    if (!features) return null;
    const number = features.at(hit.object, hit.faceIndex);
    return { features, number, values: features.values(number) };
  }

  dispose() {
    this.#tiles.group.removeFromParent();
    this.#tiles.dispose();
    this.#features.clear();
  }

  #gone(tile) {
    for (const { material } of this.#features.get(tile)?.meshes ?? []) material.dispose();
    this.#features.delete(tile);
  }

  #loaded(scene, tile) {
    const features = new Features(scene);
    const lit = new Map();
    for (const mesh of features.meshes) {
      const { color, opacity, transparent, side, map } = mesh.material;
      if (!lit.has(mesh.material)) {
        lit.set(mesh.material, new MeshLambertMaterial({ color, opacity, transparent, side, map, depthWrite: !transparent }));
      }
      mesh.material = lit.get(mesh.material);
      mesh.castShadow = !transparent;
      mesh.receiveShadow = true;
      this.#dress(mesh.material);
    }
    this.#features.set(tile, features);
    features.show(this.#wanted(features, tile));
  }
}
