/** @module ground  Shapes on the ground: circles, where a geometry is, and how large. */

const M_PER_DEGREE = 111_195; // on a sphere of 6,371 km

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
  return feature({ type: "Polygon", coordinates: [ring] });
}

/**
 * A GeoJSON feature.
 * @param {any} geometry
 * @param {Record<string, any>} [properties]
 * @param {number} [id]
 */
export function feature(geometry, properties = {}, id) {
  return id === undefined ? { type: "Feature", properties, geometry } : { type: "Feature", id, properties, geometry };
}

/** A point feature. @param {[number, number]} at @param {Record<string, any>} [properties] @param {number} [id] */
export const pointAt = (at, properties, id) => feature({ type: "Point", coordinates: at }, properties, id);

/** A line feature. @param {Array<[number, number]>} through @param {Record<string, any>} [properties] @param {number} [id] */
export const lineThrough = (through, properties, id) => feature({ type: "LineString", coordinates: through }, properties, id);

/** Every position of a geometry. @param {any} geometry  GeoJSON @returns {Array<[number, number]>} */
export function positions(geometry) {
  if (geometry.type === "Point") return [geometry.coordinates];
  const flat = geometry.coordinates.flat(Infinity);
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}

/** The corners of the bounds of positions: south-west and north-east. @param {Array<[number, number]>} all */
export function corners(all) {
  const least = (a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
  const most = (a, b) => [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
  return [all.reduce(least), all.reduce(most)];
}

/**
 * A position on a geometry to draw a line to: a point itself, else the middle of its bounds.
 * @param {any} geometry  GeoJSON
 * @returns {[number, number]}
 */
export function anchor(geometry) {
  if (geometry.type === "Point") return geometry.coordinates;
  const [[west, south], [east, north]] = corners(positions(geometry));
  return [(west + east) / 2, (south + north) / 2];
}

/** Metres between two positions as the crow flies. @param {[number, number]} a @param {[number, number]} b */
export function between([lonA, latA], [lonB, latB]) {
  const shrink = Math.cos((((latA + latB) / 2) * Math.PI) / 180);
  return M_PER_DEGREE * Math.hypot((lonB - lonA) * shrink, latB - latA);
}

/** The area of a polygon or several in m², on a sphere. @param {any} geometry  GeoJSON */
export function areaOf({ type, coordinates }) {
  const polygons = type === "Polygon" ? [coordinates] : coordinates;
  return polygons.flatMap(([outer, ...holes]) => [ringArea(outer), ...holes.map((hole) => -ringArea(hole))]).reduce((a, b) => a + b, 0);
}

function ringArea(ring) {
  const sine = (lat) => Math.sin((lat * Math.PI) / 180);
  let twice = 0;
  for (let i = 1; i < ring.length; i++) twice += (ring[i][0] - ring[i - 1][0]) * (sine(ring[i][1]) + sine(ring[i - 1][1]));
  return (Math.abs(twice) / 2) * (Math.PI / 180) * 6_371_008.8 ** 2;
}
