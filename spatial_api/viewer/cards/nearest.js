/** @module nearest  就近: who of a kind is closest to the place, by road or by line, listed and drawn. */
import { newest, post } from "../lib/api.js";
import { candidateRow, discOf, leftOut, wayOf } from "./candidate_rows.js";
import { createCard } from "./card.js";
import { h, refill, segments } from "../lib/dom.js";
import { distance, nameOf } from "../lib/format.js";
import { anchor, positions } from "../lib/geo.js";
import { lang, t, word } from "../lib/i18n.js";
import { onRoads, profileChoice } from "./road_profiles.js";
import { recall, remember } from "../lib/store.js";

const LIMIT = 5;
/** How far to look by line; by road the times tell. */
const WITHIN_M = 5000;
/** What makes a resource of a kind available; other kinds just are there. */
const AVAILABLE = { team: ["idle", "near.free"], vehicle: ["idle", "near.free"], officer: ["idle", "near.free"], shelter: ["open", "near.open"] };
/** Layers that can be asked for besides the kinds of resource. */
const OTHERS = ["incident", "sensor", "unit", "base"];

/**
 * The card, which follows the store's `point`.
 * @param {{store: import("../lib/store.js").Store, overlay: import("../map/overlay.js").Overlay, flyTo: (p: [number, number], z?: number) => void, fitTo: (ps: Array<[number, number]>) => void}} page
 * @returns {HTMLElement}
 */
export function nearestCard({ store, overlay, flyTo, fitTo }) {
  const card = createCard("nearest", { title: "near.title", sub: "near.sub" }, store, { onFold: follow });
  const ask = newest((body, signal) => post("/spatial/nearest", body, signal));
  let wanted = null; // "kind:team" or "layer:incidents"
  let available = true;
  let by = recall("near.by", "road") === "line" ? "line" : "road";
  let answer = null;

  function controls() {
    const city = store.get("city");
    const kinds = city.resource_kinds.filter((k) => k.count > 0);
    const layers = city.layers.filter((l) => OTHERS.includes(l.kind) && l.count > 0);
    const known = [...kinds.map((k) => `kind:${k.kind}`), ...layers.map((l) => `layer:${l.name}`)];
    if (!known.includes(wanted)) wanted = known[0] ?? null;
    const option = (value, label) => h("option", { value, selected: value === wanted }, label);
    const select = h(
      "select",
      { id: "near-kind", on: { change: (event) => choose(() => (wanted = event.target.value)) } },
      kinds.length && h("optgroup", { label: t("near.resources") }, kinds.map((k) => option(`kind:${k.kind}`, nameOf(k)))),
      layers.length && h("optgroup", { label: t("near.layers") }, layers.map((l) => option(`layer:${l.name}`, nameOf(l)))),
    );
    const [, key] = AVAILABLE[wanted?.slice(5)] ?? [];
    const only = key && h(
      "label",
      { class: "check" },
      h("input", { type: "checkbox", id: "near-only", checked: available, on: { change: (event) => choose(() => (available = event.target.checked)) } }),
      t(key),
    );
    const switchBy = (next) => choose(() => remember("near.by", (by = next)));
    const roads = onlyPoints() && [
      segments("near-by", t("near.by"), [["line", t("near.byLine")], ["road", t("near.byRoad")]], by, switchBy),
      by === "road" && profileChoice("near-profile", store),
    ];
    refill(
      card.tools,
      h("div", { class: "tool-row" }, h("label", { class: "label", for: "near-kind" }, t("near.kind")), select, only),
      roads && h("div", { class: "tool-row" }, roads),
    );
  }
  function choose(change) {
    change();
    controls();
    follow();
  }
  /** Roads lead to points; to a pond or a house there is only the straight line. */
  const onlyPoints = () => wanted?.startsWith("kind:") || store.get("city").layers.find((l) => `layer:${l.name}` === wanted)?.geometry === "point";

  function question(point) {
    const [family, name] = wanted.split(":");
    const body = { point, limit: LIMIT, ...(family === "layer" ? { layer: name } : { kind: name }) };
    if (family === "kind" && available && AVAILABLE[name]) body.where = { status: AVAILABLE[name][0] };
    return by === "road" && onlyPoints() ? { ...body, by, profile: store.get("profile"), route: true } : { ...body, within_m: WITHIN_M };
  }

  async function follow() {
    const point = store.get("point");
    if (!point || !wanted || !card.open) {
      ask.cancel();
      answer = null;
      draw([]);
      return card.clear();
    }
    card.loading();
    try {
      const got = await ask(question(point));
      if (!got) return undefined;
      answer = got;
      draw(got.candidates);
      return render();
    } catch (problem) {
      answer = null;
      draw([]);
      return card.fail(problem, follow);
    }
  }

  function draw(candidates) {
    overlay.light(null);
    const from = store.get("point");
    overlay.draw("lines", candidates.flatMap((c, id) => wayOf(c, from, id)).reverse()); // the first on top
    overlay.draw("candidates", candidates.map((c, id) => discOf(c, id, id + 1)));
  }

  function render() {
    if (!answer) return;
    const { candidates, note } = answer;
    const noted = note && h("p", { class: "noted" }, note[lang()]);
    if (!candidates.length) {
      const kind = card.tools.querySelector("select").selectedOptions[0].textContent;
      const none = answer.by === "road" ? t("near.roadNone", { kind }) : t("near.none", { kind, distance: distance(WITHIN_M) });
      card.show(noted, h("p", { class: "quiet" }, none), leftOut(answer.left_out));
      return;
    }
    const rows = candidates.map((c, i) =>
      candidateRow(c, { rank: i + 1, light: (on) => overlay.light(on ? i : null), fly: () => flyTo(anchor(c.geometry), 15.5) }),
    );
    const all = () => fitTo([store.get("point"), ...candidates.flatMap((c) => [anchor(c.geometry), ...(c.route ? positions(c.route.geometry) : [])])]);
    const fit = h("button", { type: "button", class: "plain", on: { click: all } }, t("near.fit"));
    card.show(noted, h("ol", { class: "candidates" }, rows), h("p", { class: "quiet foot" }, said(answer), fit), leftOut(answer.left_out));
  }
  function said({ by: answered, candidates, profile }) {
    if (answered === "road") return t("near.road", { n: candidates.length, profile: word("profile", profile) });
    return answered ? "" : t("near.straight", { n: candidates.length, distance: distance(WITHIN_M) });
  }

  store.on("point", follow);
  store.on("city", controls);
  store.on("profile", () => {
    controls();
    if (by === "road") follow();
  });
  onRoads(store, () => by === "road" && follow());
  store.on("lang", () => {
    controls();
    render();
  });
  controls();
  return card.element;
}
