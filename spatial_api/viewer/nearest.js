/** @module nearest  就近: who of a kind is closest to the place, listed and drawn. */
import { newest, post } from "./api.js";
import { createCard } from "./card.js";
import { fill, h } from "./dom.js";
import { distance, nameOf } from "./format.js";
import { t, word } from "./i18n.js";
import { anchor } from "./overlay.js";

const LIMIT = 5;
const WITHIN_M = 5000;
/** What makes a resource of a kind available; other kinds just are there. */
const AVAILABLE = { team: ["idle", "near.free"], vehicle: ["idle", "near.free"], officer: ["idle", "near.free"], shelter: ["open", "near.open"] };
/** Layers that can be asked for besides the kinds of resource. */
const OTHERS = ["incident", "sensor", "unit", "base"];

/**
 * The card, which follows the store's `point`.
 * @param {{store: import("./store.js").Store, overlay: import("./overlay.js").Overlay, flyTo: (p: [number, number], z?: number) => void, fitTo: (ps: Array<[number, number]>) => void}} page
 * @returns {HTMLElement}
 */
export function nearestCard({ store, overlay, flyTo, fitTo }) {
  const card = createCard("nearest", { title: "near.title", sub: "near.sub" }, store);
  const ask = newest((body, signal) => post("/spatial/nearest", body, signal));
  let wanted = null; // "kind:team" or "layer:incidents"
  let available = true;
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
      { id: "near-kind", on: { change: (event) => choose(event.target.value) } },
      kinds.length && h("optgroup", { label: t("near.resources") }, kinds.map((k) => option(`kind:${k.kind}`, nameOf(k)))),
      layers.length && h("optgroup", { label: t("near.layers") }, layers.map((l) => option(`layer:${l.name}`, nameOf(l)))),
    );
    const [, key] = AVAILABLE[wanted?.slice(5)] ?? [];
    const only = key && h(
      "label",
      { class: "check" },
      h("input", { type: "checkbox", checked: available, on: { change: (event) => ((available = event.target.checked), follow()) } }),
      t(key),
    );
    fill(card.tools, h("label", { class: "label", for: "near-kind" }, t("near.kind")), select, only);
  }
  function choose(value) {
    wanted = value;
    controls();
    card.tools.querySelector("select").focus();
    follow();
  }

  function question(point) {
    const body = { point, limit: LIMIT, within_m: WITHIN_M };
    const [family, name] = wanted.split(":");
    if (family === "layer") return { ...body, layer: name };
    const where = available && AVAILABLE[name] ? { status: AVAILABLE[name][0] } : undefined;
    return where ? { ...body, kind: name, where } : { ...body, kind: name };
  }

  async function follow() {
    const point = store.get("point");
    if (!point || !wanted) {
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
    const at = candidates.map((c) => anchor(c.geometry));
    overlay.draw("lines", at.map((to, id) => ({ type: "Feature", id, properties: {}, geometry: { type: "LineString", coordinates: [from, to] } })));
    overlay.draw("candidates", at.map((to, id) => ({ type: "Feature", id, properties: { rank: String(id + 1) }, geometry: { type: "Point", coordinates: to } })));
  }

  function render() {
    if (!answer) return;
    const { candidates } = answer;
    if (!candidates.length) {
      const label = card.tools.querySelector("select").selectedOptions[0].textContent;
      card.show(h("p", { class: "quiet" }, t("near.none", { kind: label, distance: distance(WITHIN_M) })));
      return;
    }
    const rows = candidates.map((c, i) => {
      const light = (on) => () => overlay.light(on ? i : null);
      const on = { mouseenter: light(true), mouseleave: light(false), focus: light(true), blur: light(false), click: () => flyTo(anchor(c.geometry), 15.5) };
      return h(
        "li",
        {},
        h(
          "button",
          { type: "button", class: "candidate", on },
          h("span", { class: "rank" }, i + 1),
          h("span", { class: "candidate-name" }, nameOf(c) || c.properties.title || c.properties.code || c.id),
          status(c),
          h("span", { class: "candidate-distance" }, distance(c.distance_m)),
        ),
      );
    });
    const all = () => fitTo([store.get("point"), ...candidates.map((c) => anchor(c.geometry))]);
    const note = t("near.straight", { n: candidates.length, distance: distance(WITHIN_M) });
    const fit = h("button", { type: "button", class: "plain", on: { click: all } }, t("near.fit"));
    card.show(h("ol", { class: "candidates" }, rows), h("p", { class: "quiet foot" }, note, fit));
  }

  store.on("point", follow);
  store.on("city", controls);
  store.on("lang", () => {
    controls();
    render();
  });
  controls();
  return card.element;
}

function status({ layer, properties }) {
  const family = layer === "incidents" ? "incident" : "resource";
  return properties.status && h("span", { class: "chip", data: { state: properties.status } }, word(family, properties.status));
}
