/** @module features  The things in one tile: what is known of each, which of them are seen, and the triangles of one. */
import { BufferAttribute, BufferGeometry } from "../vendor/three-tiles/three-tiles.mjs";

const FEATURE = "_feature_id_0";

/** The features of a tile's scene. */
export class Features {
  #table;
  #columns = new Map();

  /** @param {any} scene  a tile's scene as 3d-tiles-renderer loads it */
  constructor(scene) {
    this.#table = scene.userData.structuralMetadata?.tableAccessors[0] ?? null;
    this.meshes = [];
    scene.traverse((part) => part.isMesh && part.geometry.index && part.geometry.attributes[FEATURE] && this.meshes.push(part));
  }

  /** How many there are. */
  get count() {
    return this.#table?.count ?? 0;
  }

  /** What is known of one, by name. @param {number} number @returns {Record<string, any>} */
  values(number) {
    const names = Object.keys(this.#table?.definition.properties ?? {});
    const known = names.map((name) => [name, this.column(name)[number]]);
    return Object.fromEntries(known.filter(([, value]) => value !== "" && value !== null && value !== -9999));
  }

  /** One value of each; empty texts where it is not known. @param {string} name @returns {Array<any>} */
  column(name) {
    if (!this.#columns.has(name)) {
      const there = name in (this.#table?.definition.properties ?? {});
      this.#columns.set(name, Array.from({ length: this.count }, (_, i) => (there ? this.#table.getPropertyValue(name, i) : "")));
    }
    return this.#columns.get(name);
  }

  /** The number of the one that a triangle is of. @param {any} mesh @param {number} triangle  as a ray meets it */
  at(mesh, triangle) {
    const { index, attributes } = mesh.geometry;
    return attributes[FEATURE].getX(index.getX(3 * triangle));
  }

  /** Shows those that are wanted; null: all. @param {null|((number: number) => boolean)} wanted */
  show(wanted) {
    const seen = Uint8Array.from({ length: this.count }, (_, i) => (!wanted || wanted(i) ? 1 : 0));
    const all = seen.every(Boolean);
    for (const mesh of this.meshes) {
      const { geometry } = mesh;
      if (all && !geometry.userData.whole) continue; // as it came
      geometry.userData.whole ??= geometry.index.array.slice();
      geometry.setDrawRange(0, pick(geometry, geometry.userData.whole, seen, geometry.index.array));
      geometry.index.needsUpdate = true;
    }
  }

  /** The triangles of one as geometries, each with its mesh. @param {number} number */
  parts(number) {
    const seen = new Uint8Array(this.count);
    seen[number] = 1;
    return this.meshes.flatMap((mesh) => {
      const whole = mesh.geometry.userData.whole ?? mesh.geometry.index.array;
      const mine = new whole.constructor(whole.length);
      const size = pick(mesh.geometry, whole, seen, mine);
      if (!size) return [];
      const { position } = mesh.geometry.attributes;
      // Corners of its own: whoever disposes of shared ones takes them from the tile.
      const corners = Float32Array.from({ length: 3 * size }, (_, i) => position.array[3 * mine[Math.floor(i / 3)] + (i % 3)]);
      const geometry = new BufferGeometry();
      geometry.setAttribute("position", new BufferAttribute(corners, 3));
      return [{ mesh, geometry }];
    });
  }

  /** The middle of the box of each in the frame of its mesh, by number. */
  *middles() {
    for (const mesh of this.meshes) {
      const { position } = mesh.geometry.attributes;
      const boxes = new Map();
      for (let i = 0; i < position.count; i++) {
        const number = mesh.geometry.attributes[FEATURE].getX(i);
        const [x, y, z] = [position.getX(i), position.getY(i), position.getZ(i)];
        const box = boxes.get(number);
        if (!box) boxes.set(number, [x, y, z, x, y, z]);
        else {
          box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y); box[2] = Math.min(box[2], z);
          box[3] = Math.max(box[3], x); box[4] = Math.max(box[4], y); box[5] = Math.max(box[5], z);
        }
      }
      for (const [number, b] of boxes) yield { number, mesh, middle: [(b[0] + b[3]) / 2, (b[1] + b[4]) / 2, (b[2] + b[5]) / 2] };
    }
  }
}

/** Puts the triangles of what is seen one after another; how many corners there are. */
function pick(geometry, whole, seen, into) {
  const feature = geometry.attributes[FEATURE].array;
  let size = 0;
  for (let i = 0; i < whole.length; i += 3) {
    if (!seen[feature[whole[i]]]) continue;
    into[size] = whole[i];
    into[size + 1] = whole[i + 1];
    into[size + 2] = whole[i + 2];
    size += 3;
  }
  return size;
}
