/** @module pick  A click (or Enter) on the map: the place asked about, and a popup for a thing hit. */
import { Popup } from "../vendor/maplibre-gl/maplibre-gl.mjs";
import { reopen } from "../cards/closure_actions.js";
import { popupContent } from "../page/popup.js";

/** How far beside a marker a click may fall, in pixels. */
const SLACK = 5;

/** A position to a centimetre. @param {[number, number]} position @returns {[number, number]} */
const rounded = (position) => position.map((v) => Math.round(v * 1e7) / 1e7);

/**
 * Lets the reader pick places and things.
 * @param {any} map
 * @param {import("../lib/store.js").Store} store
 */
export function mountPick(map, store) {
  let popup = null;
  const close = () => {
    popup?.remove();
    popup = null;
  };

  /** What a popup offers to do; either way it has been read, and goes. */
  const acts = {
    plan(planFor) {
      close();
      store.set({ planFor });
    },
    reopen: (code) => reopen(code, store).then(close),
  };

  const thingAt = ({ x, y }) => {
    const layers = (store.get("style")?.layers ?? [])
      .filter(({ metadata }) => metadata?.["citybase:group"] === "operations" && metadata["citybase:pick"] !== false)
      .filter((layer) => map.getLayer(layer.id))
      .map((layer) => layer.id);
    const box = [[x - SLACK, y - SLACK], [x + SLACK, y + SLACK]];
    const hit = map.queryRenderedFeatures(box, { layers });
    const found = hit.filter((f) => f.geometry.type === "Point");
    const away = (f) => {
      const p = map.project(f.geometry.coordinates);
      return (p.x - x) ** 2 + (p.y - y) ** 2;
    };
    const rank = (f) => (f.sourceLayer === "incidents" ? 0 : f.sourceLayer === "units" ? 2 : 1);
    // A closure is an area: whatever stands in it comes first.
    return found.sort((a, b) => rank(a) - rank(b) || away(a) - away(b))[0] ?? hit.find((f) => f.sourceLayer === "closures");
  };

  /** Asks about a place, or about the thing drawn there, which gets a popup. */
  const pick = (pixel, { lng, lat }) => {
    close();
    const drawing = store.get("drawing");
    if (drawing) return drawing(rounded([lng, lat]));
    const thing = thingAt(pixel);
    const element = thing ? null : (store.get("scene")?.pick(pixel) ?? null);
    const at = thing?.geometry.type === "Point" ? thing.geometry.coordinates : (element?.point ?? [lng, lat]);
    const point = rounded(at);
    if (element) element.point = point;
    store.set({ thing: thing ? { layer: thing.sourceLayer, properties: thing.properties, point } : null, element, point });
    if (!thing) return undefined;
    const layer = store.get("city").layers.find((l) => l.name === thing.sourceLayer);
    popup = new Popup({ maxWidth: "320px", offset: 14, focusAfterOpen: false, closeOnClick: false })
      .setLngLat(at)
      .setDOMContent(popupContent(layer, thing.properties, acts))
      .addTo(map);
    return undefined;
  };

  map.on("click", (event) => pick(event.point, event.lngLat.wrap()));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter") pick(map.project(map.getCenter()), map.getCenter().wrap());
  });
  map.on("mousemove", (event) => {
    store.set({ cursor: [event.lngLat.lng, event.lngLat.lat] });
    map.getCanvas().style.cursor = !store.get("drawing") && thingAt(event.point) ? "pointer" : "crosshair";
  });
  map.on("mouseout", () => store.set({ cursor: null }));
  store.on("lang", close);
  store.on("point", (point) => {
    if (!point) close();
    if (store.get("element")?.point !== point) store.set({ element: null }); // another place is asked about
  });
}
