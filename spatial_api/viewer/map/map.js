/** @module map  The map: its style in the page's theme and language, what is visible, and where one clicked. */
import { AttributionControl, Map as MapLibre, ScaleControl } from "../vendor/maplibre-gl/maplibre-gl.mjs";
import { get, newest } from "../lib/api.js";
import { fill, h, icon } from "../lib/dom.js";
import { corners } from "../lib/geo.js";
import { t } from "../lib/i18n.js";
import { Overlay } from "./overlay.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** Room around the city, beside the layers where there is room for them, else above the open sheet. */
function padding() {
  if (innerWidth > 760) return { top: 64, right: 40, bottom: 40, left: 270 };
  const panel = document.getElementById("panel");
  return { top: 64, right: 56, bottom: panel?.dataset.sheet === "open" ? panel.offsetHeight + 24 : 40, left: 40 };
}

/** The key of a style layer in the set of hidden ones: its data layer, with the level of areas. */
export function keyOf(styleLayer) {
  const meta = styleLayer.metadata ?? {};
  return meta["citybase:level"] ? `${meta["citybase:layer"]}/${meta["citybase:level"]}` : meta["citybase:layer"];
}

/** Whether a style layer is to be seen, by what the reader has switched. */
function visible(styleLayer, store) {
  if (store.get("hidden").has(keyOf(styleLayer))) return false;
  if (styleLayer.metadata?.["citybase:toggle"] !== "3d") return true;
  // The scene draws the towers itself.
  return !store.get("scene") && (styleLayer.layout?.visibility === "visible" || store.get("threeD"));
}

/** The filter of a style layer, less the kinds of resource that are switched off. */
function filterOf(styleLayer, store) {
  const off = [...store.get("kindsOff")];
  if (styleLayer["source-layer"] !== "resources" || !off.length) return styleLayer.filter ?? null;
  const on = ["!", ["in", ["coalesce", ["get", "kind"], ""], ["literal", off]]];
  return styleLayer.filter ? ["all", styleLayer.filter, on] : on;
}

/**
 * The map, ready to be asked for its style and to draw answers.
 * @param {HTMLElement} container
 * @param {any} city  the answer of /city
 * @param {import("../lib/store.js").Store} store
 * @returns {Promise<{map: any, overlay: Overlay, flyTo: (point: [number, number], zoom?: number) => void, fitTo: (points: Array<[number, number]>, view?: object) => void}>}
 */
export async function createMap(container, city, store) {
  const overlay = new Overlay();
  let style = null;

  const dress = (document) => {
    style = document;
    store.set({ style });
    const layers = document.layers.map((layer) => {
      const filter = filterOf(layer, store);
      const shown = { ...layer, layout: { ...layer.layout, visibility: visible(layer, store) ? "visible" : "none" } };
      return filter ? { ...shown, filter } : shown;
    });
    return overlay.into({ ...document, layers }, store.get("theme"));
  };
  const fetchStyle = newest((signal) => get(`/style.json?theme=${store.get("theme")}&lang=${store.get("lang")}`, signal));

  const [west, south, east, north] = city.core;
  const map = new MapLibre({
    container,
    style: dress(await fetchStyle()),
    bounds: [[west, south], [east, north]],
    fitBoundsOptions: { padding: padding() },
    hash: "map",
    attributionControl: false,
    localIdeographFontFamily: false, // the style's own font families, for every script
    maxPitch: 65,
    minZoom: 4,
    maxZoom: 21,
    locale: { "AttributionControl.ToggleAttribution": t("map.attribution"), "Map.Title": t("map.label"), "Popup.Close": t("popup.close") },
    transformRequest: (url) => ({ url: url.startsWith("/") ? location.origin + url : url }),
  });
  overlay.attach(map);
  map.addControl(new ScaleControl({ maxWidth: 110 }), "bottom-left");
  map.addControl(new AttributionControl({ compact: true }), "bottom-left");

  const restyle = async () => {
    try {
      const next = await fetchStyle();
      if (next) map.setStyle(dress(next), { diff: false });
      store.set({ problem: null });
    } catch (problem) {
      store.set({ problem });
    }
  };
  store.on("theme", restyle);
  store.on("lang", restyle);
  store.on("hidden", () => applyVisibility(map, style, store));
  store.on("threeD", (on) => {
    overlay.raise(on && !store.get("scene"));
    applyVisibility(map, style, store);
    const view = { pitch: on ? map.getPitch() || 55 : 0, bearing: on ? map.getBearing() || -17 : 0 };
    calm.matches ? map.jumpTo(view) : map.easeTo({ ...view, duration: 900 });
  });
  store.on("scene", (scene) => {
    overlay.raise(store.get("threeD") && !scene); // the scene has towers of its own
    applyVisibility(map, style, store);
  });
  store.on("kindsOff", () => {
    for (const layer of style.layers) {
      if (layer["source-layer"] === "resources") map.setFilter(layer.id, filterOf(layer, store));
    }
  });
  let known = store.get("seq");
  store.on("seq", (seq) => {
    if (known !== null && map.getSource("city")) map.refreshTiles("city");
    known = seq;
  });

  return {
    map,
    overlay,
    flyTo(point, zoom) {
      const view = { center: point, zoom: Math.max(map.getZoom(), zoom ?? 0) };
      calm.matches ? map.jumpTo(view) : map.easeTo({ ...view, duration: 600 });
    },
    fitTo(points, view = {}) {
      map.fitBounds(corners(points), { padding: padding(), maxZoom: 16, animate: !calm.matches, ...view });
    },
  };
}

function applyVisibility(map, style, store) {
  for (const layer of style.layers) {
    if (layer.metadata?.["citybase:layer"] && map.getLayer(layer.id)) {
      map.setLayoutProperty(layer.id, "visibility", visible(layer, store) ? "visible" : "none");
    }
  }
}

/**
 * Buttons to zoom, turn north, see the whole city, and see it in 3D.
 * @param {HTMLElement} container
 * @param {any} map
 * @param {any} city
 * @param {import("../lib/store.js").Store} store
 */
export function mountControls(container, map, city, store) {
  const [west, south, east, north] = city.core;
  const animate = () => ({ animate: !calm.matches });
  const needle = icon("compass");
  const render = () => {
    const button = (name, key, act) =>
      h("button", { type: "button", class: "control", title: t(key), "aria-label": t(key), on: { click: act } }, name === "compass" ? needle : icon(name));
    fill(
      container,
      button("plus", "map.zoomIn", () => map.zoomIn(animate())),
      button("minus", "map.zoomOut", () => map.zoomOut(animate())),
      button("compass", "map.north", () => {
        store.get("threeD") ? map.resetNorth(animate()) : map.resetNorthPitch(animate());
      }),
      h(
        "button",
        { type: "button", class: "control", id: "three-d", title: t("map.3d"), "aria-label": t("map.3d"), "aria-pressed": String(store.get("threeD")), on: { click: () => store.set({ threeD: !store.get("threeD") }) } },
        icon("cube"),
      ),
      button("home", "map.home", () => map.fitBounds([[west, south], [east, north]], { padding: padding(), ...animate() })),
    );
    const canvas = map.getCanvas();
    canvas.setAttribute("aria-label", t("map.label"));
  };
  map.on("rotate", () => (needle.style.transform = `rotate(${-map.getBearing()}deg)`));
  store.on("lang", render);
  store.on("threeD", () => {
    const focused = container.querySelector("#three-d") === document.activeElement;
    render();
    if (focused) container.querySelector("#three-d").focus();
  });
  render();
}

/**
 * Shows that the map is loading, and says so when data could not be loaded.
 * @param {any} map
 * @param {{progress: HTMLElement, notice: HTMLElement}} parts
 * @param {import("../lib/store.js").Store} store
 */
export function watchLoading(map, { progress, notice }, store) {
  let failed = null;
  const render = () => {
    progress.setAttribute("aria-label", t("map.loading"));
    const problem = store.get("problem") ?? failed;
    notice.hidden = !problem;
    if (!problem) return;
    const title = problem === failed ? t("map.tileError") : problem.title || t("error.network");
    const close = () => {
      failed = null;
      store.set({ problem: null });
      render();
    };
    fill(
      notice,
      h("div", { class: "notice-text" }, h("strong", {}, title), h("span", {}, problem.detail || problem.message || "")),
      h("button", { type: "button", class: "plain", "aria-label": t("popup.close"), on: { click: close } }, icon("close")),
    );
  };
  progress.setAttribute("role", "progressbar");
  map.on("dataloading", () => (progress.hidden = false));
  map.on("idle", () => (progress.hidden = true));
  map.on("error", ({ error }) => {
    if (error?.name === "AbortError") return;
    failed = error ?? new Error("?");
    render();
  });
  store.on("problem", render);
  store.on("lang", render);
  render();
}
