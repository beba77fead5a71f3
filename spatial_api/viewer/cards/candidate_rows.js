/** @module candidates  Who comes: lines and discs on the map, and rows with times and distances in a card. */
import { h } from "../lib/dom.js";
import { distance, duration, nameOf } from "../lib/format.js";
import { anchor, between, lineThrough, pointAt } from "../lib/geo.js";
import { lang, t, word } from "../lib/i18n.js";

/** From so many metres between a place and its road on, the gap is drawn. */
const GAP_M = 12;

/**
 * The lines of a candidate: along its roads with the gaps at both ends, or as the crow flies.
 * @param {any} candidate
 * @param {[number, number]} place  where it comes to
 * @param {number} id
 */
export function wayOf(candidate, place, id) {
  const at = anchor(candidate.geometry);
  const way = candidate.route?.geometry?.coordinates;
  if (!way?.length) return [lineThrough([at, place], { how: "straight" }, id)];
  const gaps = [[at, way[0]], [way.at(-1), place]].filter(([a, b]) => between(a, b) > GAP_M);
  return [lineThrough(way, { how: "road" }, id), ...gaps.map((gap) => lineThrough(gap, { how: "gap" }, id))];
}

/** The disc of a candidate. @param {any} candidate @param {number} id @param {string|number} rank */
export const discOf = (candidate, id, rank) => pointAt(anchor(candidate.geometry), { rank: String(rank) }, id);

/**
 * A row of a card about a candidate, which lights it up on the map and flies there.
 * @param {any} candidate
 * @param {{rank: string|number, light: (on: boolean) => void, fly: () => void, extra?: any}} how
 */
export function candidateRow(candidate, { rank, light, fly, extra }) {
  const on = { mouseenter: () => light(true), mouseleave: () => light(false), focus: () => light(true), blur: () => light(false), click: fly };
  const name = nameOf(candidate) || candidate.properties?.title || candidate.properties?.code || candidate.id;
  const timed = candidate.eta_s !== null && candidate.eta_s !== undefined;
  const lengths = timed && t("near.lengths", { road: distance(candidate.distance_m), line: distance(candidate.line_m) });
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "candidate", on },
      h("span", { class: "rank" }, rank),
      h("span", { class: "candidate-text" }, h("span", { class: "candidate-name", title: name }, name), lengths && h("span", { class: "candidate-lengths" }, lengths)),
      extra, status(candidate),
      h("span", { class: "candidate-distance" }, timed ? duration(candidate.eta_s) : distance(candidate.distance_m)),
    ),
  );
}

function status({ layer, properties }) {
  const family = layer === "incidents" ? "incident" : "resource";
  return properties?.status && h("span", { class: "chip", data: { state: properties.status } }, word(family, properties.status));
}

/** Why others are not in the list, folded. @param {Array<{count: number, zh: string, en: string}>} reasons */
export function leftOut(reasons = []) {
  if (!reasons.length) return null;
  const n = reasons.map((r) => r.count ?? 0).reduce((a, b) => a + b, 0);
  return h("details", { class: "more" }, h("summary", {}, t("near.leftOut", { n })), h("ul", {}, reasons.map((r) => h("li", {}, r[lang()]))));
}
