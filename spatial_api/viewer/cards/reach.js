/** @module reach  可达范围: how far one gets by road within some minutes, from the place or towards it. */
import { newest, post } from "../lib/api.js";
import { createCard } from "./card.js";
import { h, refill, segments } from "../lib/dom.js";
import { area } from "../lib/format.js";
import { areaOf, feature, positions } from "../lib/geo.js";
import { t, word } from "../lib/i18n.js";
import { bandColour } from "../map/overlay_style.js";
import { onRoads, profileChoice } from "./road_profiles.js";
import { recall, remember } from "../lib/store.js";

const MINUTES = [3, 5, 10, 15, 20, 30];

/**
 * The card. It asks only once the reader has it show something; then it follows the store's `point`.
 * @param {{store: import("../lib/store.js").Store, overlay: import("../map/overlay.js").Overlay, fitTo: (ps: Array<[number, number]>) => void}} page
 * @returns {HTMLElement}
 */
export function reachCard({ store, overlay, fitTo }) {
  const card = createCard("reach", { title: "reach.title", sub: "reach.sub" }, store, { folded: true, onFold: follow });
  const ask = newest((body, signal) => post("/spatial/reach", body, signal));
  let minutes = recall("reach.minutes", [5, 10, 15]).filter((n) => MINUTES.includes(n));
  let towards = recall("reach.towards", false) === true;
  let on = false;
  let answer = null;

  function controls() {
    const chip = (n) =>
      h("button", { type: "button", class: "pick", id: `reach-${n}`, "aria-pressed": String(minutes.includes(n)), on: { click: () => choose(() => flip(n)) } }, n);
    const direction = [["from", t("reach.from")], ["towards", t("reach.towards")]];
    const turn = (value) => choose(() => remember("reach.towards", (towards = value === "towards")));
    const show = () => {
      on = !on;
      controls();
      follow();
    };
    refill(
      card.tools,
      h("div", { class: "tool-row" }, h("span", { class: "label" }, t("reach.minutes")), h("div", { class: "picks", role: "group", "aria-label": t("reach.minutes") }, MINUTES.map(chip))),
      h(
        "div",
        { class: "tool-row" },
        segments("reach-direction", t("reach.direction"), direction, towards ? "towards" : "from", turn),
        profileChoice("reach-profile", store),
        h("button", { type: "button", class: on ? "secondary" : "primary", id: "reach-show", on: { click: show } }, t(on ? "reach.hide" : "reach.show")),
      ),
    );
  }
  function choose(change) {
    change();
    controls();
    if (on) follow();
  }
  /** Puts a number of minutes in or out; one stays. */
  function flip(n) {
    const next = minutes.includes(n) ? minutes.filter((m) => m !== n) : [...minutes, n].sort((a, b) => a - b);
    if (next.length) remember("reach.minutes", (minutes = next));
  }

  async function follow() {
    const point = store.get("point");
    if (!point || !on || !card.open) {
      ask.cancel();
      answer = null;
      draw();
      return card.clear();
    }
    card.loading();
    try {
      const got = await ask({ point, minutes, profile: store.get("profile"), towards });
      if (!got) return undefined;
      const bands = got.features.filter((f) => f.geometry?.coordinates.length).sort((a, b) => a.properties.minutes - b.properties.minutes);
      answer = bands.map((f, band) => ({ minutes: f.properties.minutes, band, geometry: f.geometry, profile: f.properties.profile, towards }));
      draw();
      return render();
    } catch (problem) {
      answer = null;
      draw();
      return card.fail(problem, follow);
    }
  }
  const draw = () =>
    overlay.draw("reach", [...(answer ?? [])].reverse().map(({ geometry, minutes: n, band }) => feature(geometry, { band, label: t("reach.minute", { n }) })));

  function render() {
    if (!answer) return;
    if (!answer.length) {
      card.show(h("p", { class: "noted" }, t("reach.offRoad")));
      return;
    }
    const { profile, towards: coming } = answer[0];
    const rows = answer.map((b) =>
      h(
        "li",
        { data: { minutes: b.minutes } },
        h("span", { class: "swatch swatch-band", style: { "--c": bandColour(store.get("theme"), b.band) }, "aria-hidden": "true" }),
        h("span", {}, t("reach.area", { n: b.minutes })),
        h("b", {}, area(areaOf(b.geometry))),
      ),
    );
    const fit = h("button", { type: "button", class: "plain", on: { click: () => fitTo(positions(answer.at(-1).geometry)) } }, t("near.fit"));
    const said = t(`reach.said.${coming ? "towards" : "from"}`, { profile: word("profile", profile) });
    card.show(h("ul", { class: "bands" }, rows), h("p", { class: "quiet foot" }, said, fit));
  }

  store.on("point", follow);
  store.on("profile", () => choose(() => {}));
  onRoads(store, () => on && follow());
  store.on("theme", render);
  store.on("lang", () => {
    controls();
    draw();
    render();
  });
  controls();
  return card.element;
}
