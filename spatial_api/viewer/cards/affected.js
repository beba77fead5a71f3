/** @module affected  影响范围: what lies within a radius of the place: people, things, areas and their units. */
import { newest, post } from "../lib/api.js";
import { createCard } from "./card.js";
import { fill, h } from "../lib/dom.js";
import { area, count, decimal, distance, nameOf } from "../lib/format.js";
import { t, word } from "../lib/i18n.js";
import { circle } from "../lib/geo.js";
import { phoneLink } from "./ownership.js";

const RADIUS = { min: 100, max: 2000, step: 50 };
/** Kinds of resource that a disaster must not surprise. */
const SENSITIVE = ["hospital", "shelter", "depot"];
const SHOWN = 6;

/**
 * The card, which follows the store's `point` and its own radius.
 * @param {{store: import("../lib/store.js").Store, overlay: import("../map/overlay.js").Overlay}} page
 * @returns {HTMLElement}
 */
export function affectedCard({ store, overlay }) {
  const card = createCard("affected", { title: "aff.title", sub: "aff.sub" }, store, { onFold: follow });
  const ask = newest((body, signal) => post("/spatial/affected", body, signal));
  let radiusM = 300;
  let answer = null;
  let timer = 0;

  function controls() {
    const shown = h("output", { for: "aff-radius" }, distance(radiusM));
    const slide = (event) => {
      radiusM = Number(event.target.value);
      shown.textContent = distance(radiusM);
      event.target.setAttribute("aria-valuetext", distance(radiusM));
      draft();
      clearTimeout(timer);
      timer = setTimeout(follow, 180);
    };
    const slider = h("input", {
      type: "range", id: "aff-radius", ...RADIUS, value: String(radiusM), "aria-valuetext": distance(radiusM), on: { input: slide },
    });
    fill(card.tools, h("label", { class: "label", for: "aff-radius" }, t("aff.radius")), slider, shown);
  }
  const draft = () => {
    const point = store.get("point");
    overlay.draw("range", point && card.open ? [circle(point, radiusM)] : []);
  };

  async function follow() {
    const point = store.get("point");
    draft();
    if (!point || !card.open) {
      ask.cancel();
      answer = null;
      overlay.draw("affected", []);
      return card.clear();
    }
    card.loading();
    const layers = store.get("city").layers.filter((l) => l.kind !== "area").map((l) => l.name);
    try {
      const got = await ask({ shape: { type: "circle", centre: point, radius_m: radiusM }, layers });
      if (!got) return undefined;
      answer = got;
      overlay.draw("range", [{ type: "Feature", properties: {}, geometry: got.area }]);
      overlay.draw("affected", got.layers.buildings?.features?.features ?? []);
      return render();
    } catch (problem) {
      answer = null;
      overlay.draw("affected", []);
      return card.fail(problem, follow);
    }
  }
  const render = () => answer && card.show(report(answer, store.get("city")));

  store.on("point", follow);
  store.on("lang", () => {
    controls();
    render();
  });
  controls();
  return card.element;
}

function report(answer, city) {
  const title = (name) => nameOf(city.layers.find((l) => l.name === name) ?? { code: name });
  const counted = Object.entries(answer.layers).filter(([, found]) => found.count > 0);
  const cut = counted.some(([, found]) => found.truncated);
  const sensitive = answer.resources.filter((r) => SENSITIVE.includes(r.kind));
  const units = new Map(answer.areas.filter((a) => a.unit).map((a) => [a.unit.code, a.unit]));
  const figures = [
    ["aff.area", area(answer.area_m2)],
    answer.people !== null && answer.people !== undefined && ["aff.people", t("unit.people", { n: count(answer.people) })],
    answer.layers.buildings && ["aff.buildings", count(answer.layers.buildings.count)],
  ].filter(Boolean);
  return [
    h("dl", { class: "figures" }, figures.map(([key, value]) => h("div", {}, h("dt", {}, t(key)), h("dd", {}, value)))),
    answer.people_from && h("p", { class: "quiet" }, t("aff.peopleFrom", { source: title(answer.people_from) })),
    section("aff.counts", counted.length ? h("ul", { class: "tally" }, counted.map(([name, found]) => h("li", {}, h("span", {}, title(name)), h("b", {}, count(found.count))))) : h("p", { class: "quiet" }, t("aff.nothing"))),
    cut && h("p", { class: "quiet" }, t("aff.truncated")),
    sensitive.length > 0 && section("aff.sensitive", list(sensitive, (r) => [h("span", {}, nameOf(r)), h("span", { class: "quiet" }, kindName(city, r.kind))])),
    answer.sensors.length > 0 && section("aff.sensors", list(answer.sensors, (s) => [h("span", {}, nameOf(s)), h("span", { class: "quiet" }, reading(s))])),
    answer.areas.length > 0 && section("aff.areas", areas(answer.areas, city)),
    units.size > 0 && section("aff.units", list([...units.values()], (u) => [h("span", {}, nameOf(u)), u.phone && phoneLink(u.phone)])),
  ];
}

const section = (key, content) => h("div", { class: "part" }, h("h3", {}, t(key)), content);
const kindName = (city, kind) => nameOf(city.resource_kinds.find((k) => k.kind === kind) ?? { code: kind });
const reading = (s) => (s.value === null || s.value === undefined ? word("measures", s.measures) : `${decimal(s.value, 2)} ${s.unit_symbol ?? ""}`);

function list(items, row) {
  const rest = items.length - SHOWN;
  return h("ul", { class: "list" }, items.slice(0, SHOWN).map((item) => h("li", {}, row(item))), rest > 0 && h("li", { class: "quiet" }, t("aff.more", { n: rest })));
}

/** The areas by level, from the largest; many of a level are counted, not named. */
function areas(touched, city) {
  const rows = city.levels.map((level) => [level, touched.filter((a) => a.level === level.level)]).filter(([, of]) => of.length);
  return h("dl", { class: "rows" }, rows.map(([level, of]) => [h("dt", {}, nameOf(level)), h("dd", {}, of.length > 4 ? count(of.length) : of.map(nameOf).join(comma()))]));
}
const comma = () => (document.documentElement.lang === "en" ? ", " : "、");
