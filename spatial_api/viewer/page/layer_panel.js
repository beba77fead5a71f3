/** @module layers  图层: what the map can show, with switches, swatches and counts. */
import { fill, h, icon } from "../lib/dom.js";
import { count, nameOf } from "../lib/format.js";
import { t } from "../lib/i18n.js";
import { keyOf } from "../map/map.js";
import { recall, remember } from "../lib/store.js";
import { marker } from "../map/sprites.js";

const GROUPS = ["operations", "areas", "base"];

/**
 * Builds the layer panel.
 * @param {HTMLElement} container
 * @param {import("../lib/store.js").Store} store
 */
export function mountLayers(container, store) {
  const narrow = matchMedia("(max-width: 760px)");
  const opened = new Set();

  function render() {
    const style = store.get("style");
    const head = h(
      "button",
      { type: "button", class: "layers-head", "aria-expanded": String(store.get("layersOpen")), "aria-controls": "layers-body", title: t("layers.collapse"), on: { click: () => store.set({ layersOpen: !store.get("layersOpen") }) } },
      icon("layers"), h("span", {}, t("layers.title")), icon("chevron"),
    );
    const groups = style && GROUPS.map((group) => section(group, entries(style, store.get("city"), group)));
    container.setAttribute("aria-label", t("layers.title"));
    const focused = document.activeElement?.id;
    fill(container, head, h("div", { id: "layers-body", class: "layers-body", hidden: !store.get("layersOpen") }, groups));
    if (focused && container.querySelector(`#${CSS.escape(focused)}`)) container.querySelector(`#${CSS.escape(focused)}`).focus();
  }

  function section(group, rows) {
    return rows.length > 0 && h("fieldset", {}, h("legend", {}, t(`layers.${group}`)), rows.map(row));
  }

  function row(entry) {
    const hidden = store.get("hidden");
    const id = `layer-${entry.key.replace("/", "-")}`;
    const flip = (event) => {
      const next = new Set(store.get("hidden"));
      event.target.checked ? next.delete(entry.key) : next.add(entry.key);
      store.set({ hidden: next });
      remember("hidden", [...next]);
      remember("decided", hiddenAtStart(store.get("city")));
    };
    const many = entry.legend.length > 1;
    const open = opened.has(entry.key);
    const unfold = () => {
      open ? opened.delete(entry.key) : opened.add(entry.key);
      render();
    };
    const name = entry.name;
    return [
      h(
        "div",
        { class: "layer", data: { layer: entry.key } },
        h("input", { type: "checkbox", role: "switch", class: "switch", id, checked: !hidden.has(entry.key), on: { change: flip } }),
        h("label", { for: id }, sample(entry.legend), h("span", {}, name)),
        h("span", { class: "layer-count" }, entry.count === undefined ? "" : count(entry.count)),
        many
          ? h("button", { type: "button", class: "plain unfold", id: `${id}-legend`, "aria-expanded": String(open), "aria-label": t("layers.legend", { name }), on: { click: unfold } }, icon("chevron"))
          : h("span", { class: "unfold" }),
      ),
      many && open && h("ul", { class: "legend" }, entry.legend.map((s) => h("li", {}, swatch(s), s.label))),
      entry.kind === "resource" && kinds(),
    ];
  }

  function kinds() {
    const off = store.get("kindsOff");
    const chips = store.get("city").resource_kinds.filter((k) => k.count > 0).map((k) => {
      const flip = () => {
        const next = new Set(off);
        off.has(k.kind) ? next.delete(k.kind) : next.add(k.kind);
        store.set({ kindsOff: next });
        remember("kindsOff", [...next]);
        render();
      };
      return h(
        "button",
        { type: "button", class: "kind", id: `kind-${k.kind}`, "aria-pressed": String(!off.has(k.kind)), on: { click: flip } },
        marker(store.get("theme"), `${k.kind}-plain`), nameOf(k), h("span", { class: "layer-count" }, count(k.count)),
      );
    });
    return h("div", { class: "kinds", role: "group", "aria-label": t("layers.kinds") }, chips);
  }

  store.on("style", render);
  store.on("city", render);
  store.on("layersOpen", render);
  narrow.addEventListener("change", () => store.set({ layersOpen: !narrow.matches }));
  store.set({ layersOpen: !narrow.matches });
  render();
}

/** The rows of a group: one a data layer, or one a level for areas, each with its legend and count. */
function entries(style, city, group) {
  const rows = [];
  for (const layer of style.layers) {
    const meta = layer.metadata ?? {};
    if (meta["citybase:group"] !== group || !meta["citybase:legend"]) continue;
    const data = city.layers.find((l) => l.name === meta["citybase:layer"]);
    const level = city.levels.find((l) => l.level === meta["citybase:level"]);
    const shown = level ?? data ?? { code: meta["citybase:layer"] };
    // What is empty has nothing to switch; it appears with its first feature.
    if (meta["citybase:level"] ? !level?.count : data && !data.count) continue;
    rows.push({ key: keyOf(layer), name: nameOf(shown) || shown.name, count: shown.count, kind: data?.kind, place: data?.order ?? Infinity, legend: meta["citybase:legend"] });
  }
  const order = (row) => {
    if (group === "areas") return city.levels.findIndex((l) => row.key.endsWith(`/${l.level}`));
    const kinds = ["incident", "resource", "sensor", "unit"];
    return kinds.includes(row.kind) ? kinds.indexOf(row.kind) : kinds.length;
  };
  // Infinity less itself is not a number; equal places leave the order of the style.
  const place = (a, b) => (a.place === b.place ? 0 : a.place - b.place);
  return rows.sort((a, b) => place(a, b) || order(a) - order(b));
}

/** What stands for a whole layer: its swatch, or a few overlapping dots where markers differ by state. */
function sample(legend) {
  if (legend[0].shape !== "dot" || legend.length < 2) return swatch(legend[0]);
  return h("span", { class: "swatches", "aria-hidden": "true" }, legend.slice(0, 3).map(swatch));
}

function swatch({ shape, color }) {
  return h("span", { class: `swatch swatch-${shape}`, style: { "--c": color }, "aria-hidden": "true" });
}

/** The keys of the layers that a map does not show when it starts, as their keepers say. */
function hiddenAtStart(city) {
  const off = city.layers.filter((l) => l.visible === false).map((l) => l.name);
  return off.flatMap((name) => (name === "areas" ? city.levels.map((l) => `areas/${l.level}`) : [name]));
}

/**
 * What is hidden when the page opens: what the reader has switched off, and what the keepers hide that was not there
 * yet, or not hidden, when the reader last switched.
 * @param {any} city  the answer of /city
 * @returns {Set<string>}
 */
export function startHidden(city) {
  const decided = recall("decided", []);
  return new Set([...recall("hidden", []), ...hiddenAtStart(city).filter((key) => !decided.includes(key))]);
}
