/** @module ownership  归属: the chain of areas that a place lies in, the officer on duty and the unit that answers for it. */
import { newest, post } from "../lib/api.js";
import { createCard } from "./card.js";
import { h, icon } from "../lib/dom.js";
import { distance, nameOf } from "../lib/format.js";
import { t } from "../lib/i18n.js";

/**
 * The card, which follows the store's `point`.
 * @param {{store: import("../lib/store.js").Store}} page
 * @returns {HTMLElement}
 */
export function ownershipCard({ store }) {
  const card = createCard("ownership", { title: "own.title", sub: "own.sub" }, store, { onFold: () => follow(store.get("point")) });
  const ask = newest((point, signal) => post("/spatial/ownership", { points: [point], datum: "wgs84" }, signal));
  let owner = null;

  async function follow(point) {
    if (!point || !card.open) {
      ask.cancel();
      owner = null;
      return card.clear();
    }
    card.loading();
    try {
      const answer = await ask(point);
      if (!answer) return undefined;
      owner = answer.owners[0];
      return render();
    } catch (problem) {
      owner = null;
      return card.fail(problem, () => follow(point));
    }
  }
  function render() {
    if (owner) card.show(owner.areas.length ? inside(owner, store.get("city")) : outside(owner, store.get("city")));
  }
  store.on("point", follow);
  store.on("lang", render);
  return card.element;
}

const levelName = (city, level) => nameOf(city.levels.find((l) => l.level === level) ?? { code: level });

function inside({ areas, special, officer, unit }, city) {
  const chain = areas.map((area) =>
    h(
      "li",
      { data: { level: area.level } },
      h("span", { class: "chain-level" }, levelName(city, area.level)),
      h("span", { class: "chain-name" }, nameOf(area)),
      area.code !== nameOf(area) && h("code", {}, area.code),
    ),
  );
  return [
    h("ol", { class: "chain" }, chain),
    special.length > 0 && h("p", { class: "quiet" }, `${t("own.special")}: ${special.map(nameOf).join("、")}`),
    officer && contact("own.officer", officer.name, officer.phone, officer.grid),
    unit ? contact("own.unit", nameOf(unit), unit.phone, unit.address) : h("p", { class: "quiet" }, t("own.noUnit")),
  ];
}

function contact(label, name, phone, more) {
  return h(
    "div",
    { class: "unit" },
    h("div", { class: "unit-text" }, h("span", { class: "label" }, t(label)), h("strong", {}, name), more && h("span", { class: "quiet" }, more)),
    phone && phoneLink(phone),
  );
}

/** A link that calls a number. @param {string} phone */
export function phoneLink(phone) {
  return h("a", { class: "phone", href: `tel:${String(phone).replace(/[^\d+*-]/g, "")}`, "aria-label": t("own.call", { phone }) }, icon("phone"), phone);
}

function outside({ nearest }, city) {
  return [
    h("p", { class: "outside" }, t("own.outside")),
    nearest && h("p", { class: "quiet" }, t("own.nearest", { level: levelName(city, nearest.level), name: nameOf(nearest), distance: distance(nearest.distance_m) })),
  ];
}
