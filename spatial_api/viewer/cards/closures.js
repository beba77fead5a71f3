/** @module closures  封路: closes or slows the roads at the place, and lists what is closed, to be opened again. */
import { get, newest } from "../lib/api.js";
import { createCard, problemBox } from "./card.js";
import { effects, manner, period, reopen, shut, whom } from "./closure_actions.js";
import { choice, fill, h, refill, segments } from "../lib/dom.js";
import { distance } from "../lib/format.js";
import { anchor, circle, corners, positions } from "../lib/geo.js";
import { t, word } from "../lib/i18n.js";
import { createPen } from "../map/line_drawing.js";
import { onRoads, PROFILES } from "./road_profiles.js";

const RADIUS = { min: 20, max: 1000, step: 10 };
/** What counts as near the place in the list, and how many are listed. */
const NEAR_M = 2000;
const MOST = 100;
const HOURS = ["1", "4", "24", ""];
const FACTORS = ["", "2", "3", "5"];

/**
 * The card, which follows the store's `point` while it is unfolded.
 * @param {{store: import("../lib/store.js").Store, overlay: import("../map/overlay.js").Overlay, fitTo: (ps: Array<[number, number]>) => void}} page
 * @returns {HTMLElement}
 */
export function closuresCard({ store, overlay, fitTo }) {
  const card = createCard("closures", { title: "close.title", sub: "close.sub" }, store, { folded: true, onFold: follow });
  const ask = newest((query, signal) => get(`/closures?${query}`, signal));
  const pen = createPen(store, () => {
    form();
    draft();
  });
  const said = h("div", { class: "outcome", role: "status" });
  const asked = { where: "segment", radiusM: 100, cause: "", profile: "", factor: "", hours: "4" };
  let scope = "near";
  let listed = null;

  function form() {
    const change = (key) => (value) => {
      asked[key] = value;
      form();
      draft();
    };
    const where = [["segment", t("close.segment")], ["circle", t("close.circle")], ["line", t("close.line")]];
    const cause = h("input", {
      type: "text", id: "close-cause", class: "text", maxlength: 200, list: "close-causes", value: asked.cause, placeholder: t("close.cause.hint"),
      autocomplete: "off", on: { input: (event) => (asked.cause = event.target.value) },
    });
    const row = (key, id, ...parts) => h("div", { class: "tool-row" }, h("label", { class: "label", for: id }, t(key)), parts);
    refill(
      card.tools,
      h("div", { class: "tool-row" }, segments("close-where", t("close.where"), where, asked.where, change("where"))),
      place(),
      row("close.cause", "close-cause", cause, h("datalist", { id: "close-causes" }, t("close.causes").split("|").map((value) => h("option", { value })))),
      h(
        "div",
        { class: "tool-grid" },
        field("close.whom", choice("close-whom", t("close.whom"), [["", t("profile.all")], ...PROFILES.map((p) => [p, word("profile", p)])], asked.profile, change("profile"))),
        field("close.how", choice("close-how", t("close.how"), FACTORS.map((f) => [f, f ? t("close.times", { n: f }) : t("close.closed")]), asked.factor, change("factor"))),
        field("close.until", choice("close-until", t("close.until"), HOURS.map((n) => [n, n ? t("close.hours", { n }) : t("close.open")]), asked.hours, change("hours"))),
      ),
      h("div", { class: "tool-row" }, h("button", { type: "button", class: "danger", id: "close-set", on: { click: set } }, t(asked.factor ? "close.setSlow" : "close.set"))),
      said,
    );
  }
  const field = (key, control) => h("label", { class: "field" }, h("span", { class: "label" }, t(key)), control);

  /** What the chosen way to say where needs to know. */
  function place() {
    const hint = h("p", { class: "quiet" }, t(`close.${asked.where}.hint`));
    if (asked.where === "segment") return hint;
    if (asked.where === "line") {
      const button = (key, act) => h("button", { type: "button", class: "plain", id: key.replace(".", "-"), disabled: !pen.count, on: { click: act } }, t(key));
      return [hint, h("div", { class: "tool-row" }, h("span", { class: "quiet" }, t("close.points", { n: pen.count })), h("span", { class: "spring" }), button("close.undo", pen.undo), button("close.restart", pen.clear))];
    }
    const shown = h("output", { for: "close-radius" }, distance(asked.radiusM));
    const slide = (event) => {
      asked.radiusM = Number(event.target.value);
      shown.textContent = distance(asked.radiusM);
      draft();
    };
    const slider = h("input", { type: "range", id: "close-radius", ...RADIUS, value: String(asked.radiusM), on: { input: slide } });
    return [hint, h("div", { class: "tool-row" }, h("label", { class: "label", for: "close-radius" }, t("close.radius")), slider, shown)];
  }

  /** Shows on the map what would be closed, and takes the clicks while a line is drawn. */
  function draft() {
    const point = store.get("point");
    const here = Boolean(point) && card.open;
    pen.hold(here && asked.where === "line");
    if (!here || asked.where === "segment") overlay.draw("draft", []);
    else overlay.draw("draft", asked.where === "line" ? pen.features : [circle(point, asked.radiusM)]);
  }
  function geometry() {
    const point = store.get("point");
    if (asked.where === "line") return pen.line;
    return asked.where === "segment" ? { type: "Point", coordinates: point } : circle(point, asked.radiusM).geometry;
  }

  async function set() {
    const shape = geometry();
    if (!shape) return fill(said, h("p", { class: "noted" }, t("close.needLine")));
    const now = Date.now();
    const body = { geometry: shape, cause: asked.cause.trim() || null, from_at: new Date(now).toISOString() };
    if (asked.profile) body.profile = asked.profile;
    if (asked.factor) body.factor = Number(asked.factor);
    if (asked.hours) body.to_at = new Date(now + Number(asked.hours) * 3_600_000).toISOString();
    fill(said, h("p", { class: "wait" }, t("state.loading")));
    try {
      const made = await shut(body, store);
      fill(said, h("p", { class: "done" }, t("close.done", { code: made.id })), effects(made.effect).map((text) => h("p", { class: "quiet" }, text)));
      if (asked.where === "line") pen.clear();
      return list();
    } catch (problem) {
      return fill(said, problemBox(problem, set));
    }
  }

  function follow() {
    fill(said);
    draft();
    return list();
  }
  async function list() {
    const point = store.get("point");
    if (!point || !card.open) {
      ask.cancel();
      listed = null;
      return card.clear();
    }
    card.loading();
    const [west, south, east, north] = around(point);
    try {
      const got = await ask(scope === "near" ? `limit=${MOST}&bbox=${west},${south},${east},${north}` : `limit=${MOST}`);
      if (!got) return undefined;
      listed = got;
      return render();
    } catch (problem) {
      return card.fail(problem, list);
    }
  }
  function render() {
    if (!listed) return;
    const choose = (next) => {
      scope = next;
      list();
    };
    const none = t(`close.none.${scope}`, { distance: distance(NEAR_M) });
    const now = Date.now();
    const open = listed.features.filter((f) => !f.properties.to_at || Date.parse(f.properties.to_at) > now);
    card.show(
      h("div", { class: "tool-row part" }, h("h3", {}, t("close.current")), h("span", { class: "spring" }), segments("close-scope", t("close.current"), [["near", t("close.near")], ["all", t("close.all")]], scope, choose)),
      open.length ? h("ul", { class: "closures" }, open.map(row)) : h("p", { class: "quiet" }, none),
      listed.links && h("p", { class: "quiet" }, t("close.more", { n: MOST })),
    );
  }
  function row({ id, properties: p, geometry: shape }) {
    const name = p.cause || t("close.noCause");
    const undo = async (event) => {
      event.target.disabled = true;
      try {
        await reopen(id, store);
        fill(said, h("p", { class: "done" }, `${t("close.reopened")}: ${name}`));
        return list();
      } catch (problem) {
        return fill(said, problemBox(problem, list));
      }
    };
    const see = () => fitTo(positions(circle(anchor(shape), 250).geometry).concat(positions(shape)));
    return h(
      "li",
      { data: { code: id } },
      h("button", { type: "button", class: "closure", "aria-label": t("close.see", { name }), on: { click: see } },
        h("span", { class: "closure-name" }, h("strong", {}, name), h("span", { class: "chip", data: { state: p.factor ? "dispatched" : "reported" } }, manner(p))),
        h("span", { class: "quiet" }, [whom(p), period(p)].join(" · ")), h("code", {}, id)),
      h("button", { type: "button", class: "secondary", on: { click: undo } }, t("close.reopen")),
    );
  }

  store.on("point", follow);
  onRoads(store, list);
  store.on("lang", () => {
    form();
    render();
  });
  form();
  return card.element;
}

/** West, south, east, north of what is near a place. */
function around(point) {
  return corners(positions(circle(point, NEAR_M).geometry)).flat().map((v) => v.toFixed(6));
}
