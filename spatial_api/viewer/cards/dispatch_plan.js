/** @module plan  处置方案: the dispatch plan of an incident, or of what is said to have happened at the place. */
import { get, newest, post } from "../lib/api.js";
import { discOf, wayOf } from "./candidate_rows.js";
import { createCard } from "./card.js";
import { choice, fill, h, refill } from "../lib/dom.js";
import { anchor, feature, pointAt, positions } from "../lib/geo.js";
import { t, word } from "../lib/i18n.js";
import { planned } from "./dispatch_plan_view.js";
import { onRoads } from "./road_profiles.js";

const LEVELS = ["general", "serious", "major", "critical"];
/** The key of a class at the end of what was typed or chosen. */
const KEY = /(?:^|\s)([CMET]\d{4,5}(?:@\d{4})?)\s*$/i;
/** Milliseconds of silence before classes are asked for. */
const PAUSE = 150;
/** What the questions about the place have drawn, which a plan takes the place of. */
const OF_PLACE = ["lines", "candidates", "range", "affected"];

/**
 * The card. It makes a plan when asked to: for the incident picked last (or the store's `planFor`, a code), or for a
 * class chosen for the place.
 * @param {{store: import("../lib/store.js").Store, overlay: import("../map/overlay.js").Overlay, flyTo: any, fitTo: (ps: Array<[number, number]>) => void}} page
 * @returns {HTMLElement}
 */
export function planCard({ store, overlay, flyTo, fitTo }) {
  const card = createCard("plan", { title: "plan.title", sub: "plan.sub" }, store, { folded: true, onFold: () => (card.open ? controls() : clear()) });
  const ask = newest((body, signal) => post("/spatial/dispatch-plan", body, signal));
  const suggest = newest((q, signal) => get(`/classes?q=${encodeURIComponent(q)}`, signal));
  const options = h("datalist", { id: "plan-classes" });
  let typed = "";
  let level = "general";
  let question = null;
  let plan = null;
  let timer = 0;
  const wasSet = memory();

  /** The incident that was picked at the place, if one was. */
  function picked() {
    const thing = store.get("thing");
    return thing?.layer === "incidents" && thing.point === store.get("point") ? thing.properties : null;
  }
  function controls() {
    const incident = picked();
    const make = h("button", { type: "button", class: "primary", id: "plan-make", on: { click: () => start(incident) } }, t("plan.make"));
    const wipe = plan && h("button", { type: "button", class: "plain", id: "plan-clear", on: { click: clear } }, t("plan.clear"));
    if (incident) {
      refill(card.tools, h("p", { class: "plan-for" }, h("span", { class: "label" }, t("plan.for")), h("strong", {}, incident.title || incident.code)), h("div", { class: "tool-row" }, wipe, make));
      return;
    }
    const field = h("input", {
      type: "text", id: "plan-class", class: "text", list: "plan-classes", value: typed, placeholder: t("plan.class.hint"), autocomplete: "off",
      on: { input: (event) => classes(event.target.value) },
    });
    const levels = choice("plan-level", t("plan.level"), LEVELS.map((l) => [l, word("level", l)]), level, (value) => (level = value));
    refill(
      card.tools,
      h("p", { class: "quiet" }, t("plan.hint")),
      h("div", { class: "tool-row" }, h("label", { class: "label", for: "plan-class" }, t("plan.class")), field, levels, options),
      h("div", { class: "tool-row" }, wipe, make),
    );
  }
  function classes(value) {
    typed = value;
    clearTimeout(timer);
    if (!value.trim() || KEY.test(value)) return;
    timer = setTimeout(async () => {
      try {
        const found = await suggest(value.trim());
        if (found) fill(options, found.classes.slice(0, 20).map((c) => h("option", { value: `${c.name} ${c.key}` }, c.big)));
      } catch (problem) {
        card.fail(problem, () => classes(value));
      }
    }, PAUSE);
  }

  function start(incident) {
    if (incident) return make({ incident: incident.code });
    const key = KEY.exec(typed)?.[1] ?? [...options.children].find((o) => o.value.startsWith(`${typed.trim()} `))?.value.split(" ").at(-1);
    if (!key) return card.show(h("p", { class: "noted" }, t("plan.needClass")));
    return make({ class: key, point: store.get("point"), level });
  }
  /** Asks for a plan; one that is asked for again (the roads have changed) stays where it is. */
  async function make(body, again = false) {
    question = body;
    card.loading();
    try {
      const got = await ask(body);
      if (!got) return undefined;
      plan = got;
      draw();
      controls();
      render();
      if (again) return undefined;
      fit();
      return store.set({ open: { card: "plan" } });
    } catch (problem) {
      clear();
      question = body;
      return card.fail(problem, () => make(body));
    }
  }
  function clear() {
    ask.cancel();
    question = null;
    plan = null;
    draw();
    card.clear();
    controls();
  }

  function draw() {
    overlay.light(null, "plan");
    overlay.hide(plan ? OF_PLACE : []);
    if (!plan) {
      for (const name of ["plan-area", "plan-lines", "plan-points"]) overlay.draw(name, []);
      return;
    }
    const going = chosen();
    const shut = (plan.closures ?? []).map(({ closure }) => closure?.geometry).filter((g) => g && g.type !== "Point");
    overlay.draw("plan-area", [...(plan.affected?.area ? [feature(plan.affected.area)] : []), ...shut.map((g) => feature(g, { shut: true }))]);
    overlay.draw("plan-lines", going.flatMap((c, id) => wayOf(c, plan.incident.position, id)).reverse());
    const places = (plan.affected?.sensitive ?? []).filter((s) => s.geometry).map((s) => pointAt(anchor(s.geometry)));
    overlay.draw("plan-points", [...places, ...going.map((c, id) => discOf(c, id, id + 1))]);
  }
  /** The candidates that go, over all needs. */
  const chosen = () => (plan.teams ?? []).flatMap(({ candidates }) => (candidates ?? []).filter((c) => c.chosen));
  function fit() {
    const ways = chosen().flatMap((c) => [anchor(c.geometry), ...(c.route ? positions(c.route.geometry) : [])]);
    fitTo([plan.incident.position, ...(plan.affected?.area ? positions(plan.affected.area) : []), ...ways]);
  }
  function render() {
    if (!plan) return;
    const going = chosen();
    const light = (candidate) => (on) => overlay.light(on && candidate.chosen ? going.indexOf(candidate) : null, "plan");
    card.show(planned(plan, { store, wasSet, fit, light, rank: (c) => (c.chosen ? going.indexOf(c) + 1 : "–"), fly: (g) => flyTo(anchor(g), 15.5) }));
  }

  store.on("point", () => {
    const same = plan && store.get("point") && question?.incident && picked()?.code === question.incident;
    if (!same) clear();
  });
  store.on("planFor", (asked) => {
    if (!asked) return;
    store.set({ open: { card: "plan" }, planFor: null });
    make({ incident: asked });
  });
  onRoads(store, () => question && plan && make(question, true));
  store.on("lang", () => {
    controls();
    render();
  });
  controls();
  return card.element;
}

/** Which of the suggested closures have been set: here, or (by its code) by anybody. */
function memory() {
  const here = new Map();
  const key = ({ geometry }) => JSON.stringify(geometry);
  return {
    /** @param {any} closure @param {() => Promise<any>} act  sets it @returns {Promise<string>} its code */
    async set(closure, act) {
      const { id } = await act();
      here.set(key(closure), id);
      return id;
    },
    /** @param {any} closure @returns {Promise<string|undefined>} the code that it is set by, if it is */
    async known(closure) {
      const code = here.get(key(closure)) ?? closure.code;
      try {
        const { features } = await get(`/closures?code=${encodeURIComponent(code)}`);
        return features[0]?.id;
      } catch {
        return undefined; // setting it tells in words what is wrong
      }
    },
  };
}
