/** @module element  构件: what was picked in the 3D scene, an element of a model or a block; there only while there is one. */
import { get, newest } from "../lib/api.js";
import { createCard } from "./card.js";
import { h } from "../lib/dom.js";
import { area, decimal } from "../lib/format.js";
import { t, word } from "../lib/i18n.js";
import { plain, rows } from "../page/popup.js";

/** Where the things of a kind are listed. */
const LISTS = { building: "buildings", part: "buildings", storey: "storeys", space: "spaces", zone: "spaces" };

/**
 * The card, which follows the store's `element`.
 * @param {{store: import("../lib/store.js").Store}} page
 * @returns {HTMLElement}
 */
export function elementCard({ store }) {
  const card = createCard("element", { title: "element.title", sub: "element.sub" }, store, { onFold: () => follow(store.get("element")) });
  const ask = newest((path, signal) => get(path, signal));
  let known = null;

  async function follow(element) {
    card.element.hidden = !element;
    known = null;
    ask.cancel();
    if (!element || !card.open) return card.clear();
    if (element.source === "layers") {
      known = { element };
      return render();
    }
    card.loading();
    try {
      const { kind, id } = element.values;
      const filter = encodeURIComponent(`id = '${String(id).replaceAll("'", "''")}'`);
      const answer = await ask(`/models/${encodeURIComponent(element.name)}/${LISTS[kind] ?? "elements"}?limit=1&filter=${filter}`);
      if (!answer) return undefined;
      const storeys = await store.get("scene")?.models.storeys(element.name);
      known = { element, object: answer.objects[0] ?? {}, storeys };
      return render();
    } catch (problem) {
      return card.fail(problem, () => follow(element));
    }
  }
  function render() {
    if (known) card.show(known.object ? ofModel(known, store) : ofLayer(known.element, store));
  }
  store.on("element", follow);
  store.on("lang", render);
  card.element.hidden = true;
  return card.element;
}

function ofLayer({ name, values }, store) {
  const { fid, ...told } = values;
  return plain(told, store.get("city").layers.find((l) => l.name === name));
}

function ofModel({ element, object, storeys }, store) {
  const { values, name, height } = element;
  const model = store.get("scene")?.models.list.find((m) => m.code === name);
  const metres = (m) => t("unit.m", { n: decimal(m, 2) });
  const known = (value, write) => (value === null || value === undefined || value === "" ? null : write(value));
  const span = known(object.bottom_m, (bottom) => `${decimal(bottom, 2)} – ${metres(object.top_m)}`);
  return [
    h("p", { class: "element-name" }, object.name || values.name || values.class_name),
    rows(
      ["element.class", values.class_name],
      ["element.model", model?.name || name],
      ["element.storey", known(values.storey, (id) => storeys?.names.get(id) ?? id)],
      ["element.discipline", known(values.discipline, (d) => word("discipline", d))],
      ["element.type", object.type],
      ["element.material", object.material],
      ["element.heights", span],
      ["element.picked", metres(height)],
      ["element.area", known(object.area_m2, area)],
      ["element.volume", known(object.volume_m3, (v) => t("unit.m3", { n: decimal(v, 2) }))],
      ["element.id", h("code", {}, values.id)],
    ),
    Object.entries(object.properties ?? {}).map(([set, held]) => properties(set, held)),
  ];
}

/** A property set, or a property of no set. */
function properties(set, held) {
  const pairs = held && typeof held === "object" && !Array.isArray(held) ? Object.entries(held) : [[set, held]];
  const written = (value) => (typeof value === "object" && value !== null ? JSON.stringify(value) : typeof value === "number" ? decimal(value, 4) : String(value));
  const listed = h("dl", { class: "rows" }, pairs.map(([key, value]) => [h("dt", {}, key), h("dd", {}, written(value))]));
  return held === pairs[0]?.[1] ? listed : h("details", { class: "part" }, h("summary", {}, set), listed);
}
