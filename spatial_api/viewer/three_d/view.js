/** @module view  How the map's camera sees metres east, north and up of the middle of the map. */
import { MercatorCoordinate } from "../vendor/maplibre-gl/maplibre-gl.mjs";
import { Matrix4, Vector3, WGS84_ELLIPSOID } from "../vendor/three-tiles/three-tiles.mjs";

const RADIANS = Math.PI / 180;

/**
 * The view of a frame: it begins at the middle of the map, so that the map's flat ground and the round earth of the
 * tiles agree to a pixel wherever one looks.
 */
export class View {
  /** From metres about the middle to the screen. */
  toScreen = new Matrix4();
  /** From metres about the middle to earth-centred ones, and back. */
  toEarth = new Matrix4();
  fromEarth = new Matrix4();

  /**
   * Takes the place and the camera of this frame.
   * @param {any} map
   * @param {ArrayLike<number>} matrix  MapLibre's, from Mercator units to the screen
   * @param {any} camera  three's camera, which then sees what the map sees
   */
  follow(map, matrix, camera) {
    const { lng, lat } = map.getCenter();
    WGS84_ELLIPSOID.getEastNorthUpFrame(lat * RADIANS, lng * RADIANS, 0, this.toEarth);
    this.fromEarth.copy(this.toEarth).invert();
    const at = MercatorCoordinate.fromLngLat([lng, lat]);
    const unit = at.meterInMercatorCoordinateUnits();
    const placed = new Matrix4().makeTranslation(at.x, at.y, 0).scale(new Vector3(unit, -unit, unit));
    this.toScreen.fromArray(Array.from(matrix)).multiply(placed);
    const eye = new Matrix4().makeRotationZ(-map.getBearing() * RADIANS).multiply(new Matrix4().makeRotationX(map.getPitch() * RADIANS));
    eye.setPosition(eyeOf(this.toScreen));
    camera.matrixWorld.copy(eye);
    camera.matrixWorldInverse.copy(eye).invert();
    camera.projectionMatrix.multiplyMatrices(this.toScreen, eye);
    camera.projectionMatrix.multiplyScalar(-1 / camera.projectionMatrix.elements[11]);
    camera.projectionMatrixInverse.copy(camera.projectionMatrix).invert();
  }

  /**
   * The line of sight through a place on the screen, from -1 to 1 each way: where it begins, its direction, its length.
   * @param {number} x
   * @param {number} y
   */
  sight(x, y) {
    const back = this.toScreen.clone().invert();
    const from = new Vector3(x, y, -1).applyMatrix4(back);
    const along = new Vector3(x, y, 1).applyMatrix4(back).sub(from);
    const length = along.length();
    return { from, along: along.divideScalar(length), length };
  }

  /** Metres about the middle of a place on the ground. @param {[number, number]} place */
  positionOf([lon, lat]) {
    return WGS84_ELLIPSOID.getCartographicToPosition(lat * RADIANS, lon * RADIANS, 0, new Vector3()).applyMatrix4(this.fromEarth);
  }

  /** Longitude, latitude and height of a position in metres about the middle. @param {any} position */
  placeOf(position) {
    const { lon, lat, height } = WGS84_ELLIPSOID.getPositionToCartographic(position.clone().applyMatrix4(this.toEarth), {});
    return { point: [lon / RADIANS, lat / RADIANS], height };
  }
}

/** Where the eye is: the one position that is nowhere on the screen, x, y and w of its projection all being zero. */
function eyeOf({ elements: e }) {
  const row = (i) => new Vector3(e[i], e[i + 4], e[i + 8]);
  const [a, b, c] = [row(0), row(1), row(3)];
  const [ab, bc, ca] = [a.clone().cross(b), b.clone().cross(c), c.clone().cross(a)];
  const whole = a.dot(bc);
  return bc.multiplyScalar(-e[12]).addScaledVector(ca, -e[13]).addScaledVector(ab, -e[15]).divideScalar(whole);
}
