/** @module light  Sun and sky over the middle of the map, and the ground that takes the shadows. */
import {
  DirectionalLight, DoubleSide, Group, HemisphereLight, Matrix4, Mesh, MeshBasicMaterial, PlaneGeometry, ShadowMaterial,
} from "../vendor/three-tiles/three-tiles.mjs";

const SHADOW_PIXELS = 2048;
const FAR_M = 20_000;

/** The lights of a scene. */
export class Light {
  group = new Group();
  #sky = new HemisphereLight(0xffffff, 0xd6d2ca, 2.3);
  #sun = new DirectionalLight(0xfff4e2, 2.1);
  /** Hides what lies under the ground. */
  #cover = new Mesh(new PlaneGeometry(2 * FAR_M, 2 * FAR_M), new MeshBasicMaterial({ colorWrite: false, side: DoubleSide }));
  #shade = new Mesh(new PlaneGeometry(2, 2), new ShadowMaterial({ opacity: 0.2, depthWrite: false }));
  #to = [0.4, -0.5, 0.75];
  #depth = 1;

  constructor() {
    const { shadow } = this.#sun;
    this.#sun.castShadow = true;
    shadow.mapSize.set(SHADOW_PIXELS, SHADOW_PIXELS);
    shadow.bias = -0.0004;
    // MapLibre keeps a part of the depths for what is flat, in the map of shadows too.
    const update = shadow.updateMatrices.bind(shadow);
    const squeeze = new Matrix4();
    shadow.updateMatrices = (light) => {
      update(light);
      shadow.matrix.premultiply(squeeze.makeScale(1, 1, this.#depth));
    };
    this.#cover.renderOrder = -2;
    this.#cover.position.z = -0.05;
    this.#shade.position.z = 0.05;
    this.#shade.receiveShadow = true;
    this.group.add(this.#sky, this.#sun, this.#sun.target, this.#cover, this.#shade);
  }

  /** Puts the sun there. @param {[number, number, number]} direction  to it: east, north, up */
  shine(direction) {
    this.#to = direction;
    const up = direction[2];
    const day = Math.min(1, Math.max(0, (up + 0.02) / 0.2));
    this.#sun.intensity = 1.9 * day;
    this.#sun.color.setRGB(1, 0.8 + 0.17 * day, 0.62 + 0.32 * day);
    this.#sky.intensity = 1.1 + 1.2 * day;
  }

  /** Whether shadows are wanted. @param {boolean} on */
  cast(on) {
    this.#sun.castShadow = on;
  }

  /** Whether the ground hides what lies under it. @param {boolean} on */
  cover(on) {
    this.#cover.visible = on;
  }

  /**
   * Lights what is seen around the middle of the map.
   * @param {number} reach  how far, in metres
   * @param {number} depth  the farthest depth that MapLibre gives to what is not flat
   */
  follow(reach, depth) {
    this.#depth = depth;
    const [x, y, z] = this.#to;
    const far = 2 * reach + 600;
    this.#sun.position.set(x * far, y * far, Math.max(z, 0.02) * far);
    const { camera } = this.#sun.shadow;
    Object.assign(camera, { left: -reach, right: reach, top: reach, bottom: -reach, near: 1, far: 2 * far });
    camera.updateProjectionMatrix();
    this.#sun.shadow.normalBias = reach / 800;
    this.#shade.scale.set(reach, reach, 1);
  }
}
