/** @module scene  The city in 3D, drawn by three.js into the map: blocks of layers, models, sun and shadow. */
import { Group, Mesh, MeshBasicMaterial, PerspectiveCamera, Raycaster, Scene, WebGLRenderer } from "../vendor/three-tiles/three-tiles.mjs";
import { Blocks } from "./blocks.js";
import { Light } from "./light.js";
import { Models } from "./models.js";
import { View } from "./view.js";

const ID = "cb-3d";
const NEAREST_M = 80;
const FARTHEST_M = 4_000;

/** The 3D scene of a map. It is in the map from `show` to `hide`. */
export class CityScene {
  #map;
  #store;
  #renderer = null;
  #camera = new PerspectiveCamera();
  #scene = new Scene();
  #view = new View();
  #marks = new Group();
  #marked = [];
  #frame = 0;

  /** @param {any} map @param {import("../lib/store.js").Store} store @param {(error: any) => void} failed */
  constructor(map, store, failed) {
    this.#map = map;
    this.#store = store;
    const changed = () => map.triggerRepaint();
    this.light = new Light();
    this.models = new Models(map, store, { group: this.#scene, changed, failed });
    this.blocks = new Blocks(store, { group: this.#scene, changed, failed, models: this.models });
    this.#camera.matrixAutoUpdate = false;
    this.#camera.matrixWorldAutoUpdate = false;
    this.#scene.add(this.light.group, this.#marks);
    this.#marks.matrixAutoUpdate = false;
  }

  /** Puts the scene into the map, again after each change of the style. */
  show() {
    const style = this.#map.getStyle(); // nothing while it loads
    if (!style || this.#map.getLayer(ID)) return;
    // Above the ground with its names and areas, under all that happens.
    const above = style.layers.find(({ metadata }) => metadata?.["citybase:group"] === "operations") ?? style.layers.find(({ id }) => id === "cb-lines-casing");
    const draw = { id: ID, type: "custom", renderingMode: "3d", onAdd: (_, gl) => this.#begin(gl), render: (gl, how) => this.#draw(gl, how) };
    this.#map.addLayer(draw, above?.id);
    this.models.load();
  }

  /** Draws again what was changed from outside. */
  repaint() {
    this.#map.triggerRepaint();
  }

  hide() {
    this.mark(null);
    if (this.#map.getLayer(ID)) this.#map.removeLayer(ID);
  }

  /** Whether everything in view is there. */
  get settled() {
    return this.#frame > 0 && this.models.known && [...this.blocks.tilesets(), ...this.models.tilesets()].every((one) => one.settled);
  }

  /**
   * What is seen at a place on the map, or null.
   * @param {{x: number, y: number}} pixel
   * @returns {{source: "layers"|"models", name: string, values: Record<string, any>, point: [number, number], height: number, mark: any}|null}
   */
  pick({ x, y }) {
    if (!this.#frame || !this.#map.getLayer(ID)) return null;
    const { clientWidth, clientHeight } = this.#map.getCanvas();
    const { from, along, length } = this.#view.sight((2 * x) / clientWidth - 1, 1 - (2 * y) / clientHeight);
    const ray = new Raycaster(from, along, 0, length);
    ray.camera = this.#camera;
    const sources = [["models", this.models], ["layers", this.blocks]];
    const hits = sources.flatMap(([source, all]) =>
      all.named().flatMap(([name, tileset]) => {
        const found = [];
        tileset.group.raycast(ray, found);
        const seen = found.filter((hit) => all.seen(name, hit.point)).sort((a, b) => a.distance - b.distance);
        return seen.length ? [{ source, name, tileset, hit: seen[0] }] : [];
      }),
    );
    const first = hits.sort((a, b) => a.hit.distance - b.hit.distance)[0];
    const thing = first?.tileset.thingOf(first.hit);
    if (!thing) return null;
    const { point, height } = this.#view.placeOf(first.hit.point);
    return { source: first.source, name: first.name, values: thing.values, point, height: height + first.tileset.ground, mark: thing };
  }

  /** Marks a thing that was picked, or none. @param {{features: any, number: number}|null} thing */
  mark(thing) {
    for (const one of this.#marked) one.geometry.dispose();
    this.#marks.clear();
    this.#marked = [];
    if (thing) {
      const paint = { color: 0xff8a1f, transparent: true, opacity: 0.75, depthTest: true, polygonOffset: true, polygonOffsetFactor: -2, polygonOffsetUnits: -4, side: 2 };
      this.#marked = thing.features.parts(thing.number).map(({ mesh, geometry }) => {
        const marked = new Mesh(geometry, new MeshBasicMaterial(paint));
        marked.matrixAutoUpdate = false;
        marked.matrixWorldAutoUpdate = false;
        marked.userData.of = mesh;
        marked.frustumCulled = false;
        return marked;
      });
      if (this.#marked.length) this.#marks.add(...this.#marked);
    }
    this.#map.triggerRepaint();
  }

  #begin(gl) {
    if (this.#renderer) return;
    const canvas = this.#map.getCanvas();
    this.#renderer = new WebGLRenderer({ canvas, context: gl, antialias: true });
    this.#renderer.autoClear = false;
    this.#renderer.shadowMap.enabled = true;
    this.#renderer.localClippingEnabled = true;
  }

  #draw(gl, { defaultProjectionData: { mainMatrix } }) {
    const { width, height } = gl.canvas;
    this.#view.follow(this.#map, mainMatrix, this.#camera);
    this.models.follow(this.#view);
    for (const one of [...this.blocks.tilesets(), ...this.models.tilesets()]) one.update(this.#view, this.#camera, width, height);
    const away = this.#camera.matrixWorld.elements.slice(12, 15);
    this.light.follow(Math.min(FARTHEST_M, Math.max(NEAREST_M, 0.9 * Math.hypot(...away))), gl.getParameter(gl.DEPTH_RANGE)[1]);
    for (const one of this.#marked) one.matrixWorld.copy(one.userData.of.matrixWorld);
    this.#renderer.resetState();
    this.#renderer.setViewport(0, 0, width, height);
    this.#renderer.render(this.#scene, this.#camera);
    this.#renderer.resetState();
    // What MapLibre draws from here on, names, markers and ways, lies on top.
    gl.depthMask(true);
    gl.clear(gl.DEPTH_BUFFER_BIT);
    this.#frame += 1;
  }
}
