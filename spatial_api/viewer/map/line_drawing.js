/** @module pen  A line drawn along roads: the reader clicks places, and the way between them follows the roads. */
import { newest, post } from "../lib/api.js";
import { lineThrough, pointAt } from "../lib/geo.js";

/**
 * A pen whose places come from the store's `drawing`, the function that is given each place clicked on the map.
 * @param {import("../lib/store.js").Store} store
 * @param {() => void} changed  told of every new place and way
 */
export function createPen(store, changed) {
  // Who walks may go either way along a street, as a line that is drawn may.
  const ask = newest((points, signal) => post("/spatial/route", { points, profile: "foot" }, signal));
  let places = [];
  let way = [];

  async function follow() {
    way = places;
    changed();
    if (places.length < 2) return ask.cancel();
    try {
      const route = await ask(places);
      if (!route) return undefined;
      if (route.by === "road") way = route.geometry.coordinates;
    } catch {
      way = places; // without roads to follow the line is as it was clicked
    }
    return changed();
  }
  const put = (next) => {
    places = next;
    return follow();
  };
  return {
    get count() {
      return places.length;
    },
    /** The way as GeoJSON, or null with fewer than two places. */
    get line() {
      return places.length > 1 ? { type: "LineString", coordinates: way } : null;
    },
    /** What to draw: the way and the places. */
    get features() {
      return [...(way.length > 1 ? [lineThrough(way)] : []), ...places.map((p) => pointAt(p))];
    },
    undo: () => put(places.slice(0, -1)),
    clear: () => put([]),
    /** Takes the clicks on the map from now on, or gives them back. @param {boolean} on */
    hold: (on) => store.set({ drawing: on ? (place) => put([...places, place]) : null }),
  };
}
