/** @module panel  The panel on the right (a sheet from below on narrow screens): one place and its cards. */
import { affectedCard } from "../cards/affected.js";
import { newest, post } from "../lib/api.js";
import { closuresCard } from "../cards/closures.js";
import { elementCard } from "../cards/element.js";
import { fill, h, icon } from "../lib/dom.js";
import { lonLat } from "../lib/format.js";
import { lang, t } from "../lib/i18n.js";
import { nearestCard } from "../cards/nearest.js";
import { ownershipCard } from "../cards/ownership.js";
import { planCard } from "../cards/dispatch_plan.js";
import { reachCard } from "../cards/reach.js";

/** The cards in their order: id, the key of its short name, and its maker. */
const CARDS = [
  ["ownership", "own.title", ownershipCard],
  ["nearest", "near.title", nearestCard],
  ["affected", "aff.title", affectedCard],
  ["reach", "reach.title", reachCard],
  ["closures", "close.title", closuresCard],
  ["plan", "plan.jump", planCard],
];

/**
 * Builds the panel.
 * @param {HTMLElement} container
 * @param {{store: import("../lib/store.js").Store, overlay: any, map: any, flyTo: any}} page
 */
export function mountPanel(container, page) {
  const { store, overlay, map } = page;
  const top = h("div", { class: "panel-top" });
  const jump = h("nav", { class: "jump" });
  const cards = h("div", { class: "cards" }, elementCard(page), CARDS.map(([, , make]) => make(page)));
  const handle = h("button", { type: "button", class: "handle", on: { click: () => sheet(container.dataset.sheet === "low") } });
  fill(container, handle, top, jump, cards);
  const called = newest((point, signal) => post("/spatial/reverse", { point }, signal));

  function sheet(open) {
    container.dataset.sheet = open ? "open" : "low";
    handle.setAttribute("aria-expanded", String(open));
  }
  /** On narrow screens the sheet covers the lower half: a place beneath it moves up. */
  function clearOfSheet(point) {
    if (getComputedStyle(handle).display === "none") return;
    const free = map.getContainer().clientHeight - container.offsetHeight;
    if (map.project(point).y > free - 30) map.panTo(point, { offset: [0, -container.offsetHeight / 2] });
  }
  function render() {
    const point = store.get("point");
    container.setAttribute("aria-label", t("panel.title"));
    handle.setAttribute("aria-label", t("panel.sheet"));
    cards.hidden = jump.hidden = !point;
    jump.setAttribute("aria-label", t("panel.jump"));
    fill(jump, CARDS.map(([card, key]) => h("button", { type: "button", id: `jump-${card}`, on: { click: () => store.set({ open: { card } }) } }, t(key))));
    if (point) fill(top, place(point));
    else fill(top, hint());
  }
  function hint() {
    const ask = () => {
      const { lng, lat } = map.getCenter().wrap();
      store.set({ point: [lng, lat] });
    };
    return h(
      "div",
      { class: "hint" },
      icon("target"),
      h("p", {}, t("panel.hint")),
      h("p", { class: "quiet" }, t("panel.hint.keys")),
      h("button", { type: "button", class: "primary", on: { click: ask } }, t("panel.centre")),
    );
  }
  function place(point) {
    const said = h("span", { class: "said", role: "status" });
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(lonLat(point));
        said.textContent = t("panel.copied");
      } catch {
        said.textContent = t("panel.copyFailed");
      }
    };
    const address = h("span", { class: "place-address" });
    name(point, address);
    const button = (name, key, click) => h("button", { type: "button", class: "plain", title: t(key), "aria-label": t(key), on: { click } }, icon(name));
    return h(
      "div",
      { class: "place" },
      h("div", {}, address, h("span", { class: "label" }, t("point")), h("code", { class: "lonlat" }, lonLat(point))),
      said,
      button("copy", "panel.copy", copy),
      button("close", "panel.clear", () => store.set({ point: null })),
    );
  }
  /** Writes what the place is called; a place without a name, or a server that does not say it, stays a pair of numbers. */
  async function name(point, address) {
    try {
      const said = await called(point);
      if (said) address.textContent = said.address[lang()];
    } catch {
      address.textContent = "";
    }
  }
  store.on("point", (point) => {
    overlay.draw("point", point ? [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: point } }] : []);
    sheet(point !== null);
    render();
    if (point) clearOfSheet(point);
  });
  store.on("lang", render);
  sheet(false);
  render();
}
