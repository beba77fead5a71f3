/** @module search  搜索: one field for addresses, names, crossings, coordinates and codes, with suggestions while typing. */
import { get, newest, post } from "../lib/api.js";
import { fill, h, icon } from "../lib/dom.js";
import { nameOf } from "../lib/format.js";
import { lang, t } from "../lib/i18n.js";

/** Milliseconds of silence before a suggestion is asked for. */
const PAUSE = 120;

/**
 * Builds the search field over the map. Choosing an answer flies there and asks about the place.
 * @param {HTMLElement} container
 * @param {{map: any, store: import("../lib/store.js").Store, fitTo: (points: Array<[number, number]>) => void}} page
 */
export function mountSearch(container, { map, store, fitTo }) {
  const suggest = newest((q, signal) => get(`/spatial/suggest?limit=8&q=${encodeURIComponent(q)}&focus=${focus()}`, signal));
  const locate = newest((q, signal) => post("/spatial/locate", { text: q, focus: focus().split(",").map(Number) }, signal));
  const input = h("input", {
    type: "search", id: "search-text", class: "search-text", role: "combobox", autocomplete: "off", spellcheck: "false", maxlength: 200,
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "search-list",
    on: { input: typed, keydown: key, focus: () => answers.length && open(true) },
  });
  const clear = h("button", { type: "button", class: "plain search-clear", hidden: true, on: { click: empty } }, icon("close"));
  const list = h("ul", { class: "search-list", id: "search-list", role: "listbox" });
  const said = h("p", { class: "search-said", role: "status" });
  const results = h("div", { class: "search-results", hidden: true }, list, said);
  const form = h("form", { class: "search-form", role: "search", on: { submit } }, icon("search"), input, clear);
  let answers = [];
  let active = -1;
  let timer = 0;

  /** What is near the middle of the map comes first. */
  function focus() {
    const { lng, lat } = map.getCenter().wrap();
    return `${lng.toFixed(5)},${lat.toFixed(5)}`;
  }
  function open(on) {
    results.hidden = !on;
    input.setAttribute("aria-expanded", String(on && answers.length > 0));
  }
  function empty() {
    input.value = "";
    typed();
    input.focus();
  }
  function typed() {
    clear.hidden = !input.value;
    clearTimeout(timer);
    locate.cancel();
    if (!input.value.trim()) {
      suggest.cancel();
      show([]);
      return open(false);
    }
    timer = setTimeout(ask, PAUSE);
    return undefined;
  }
  async function ask() {
    try {
      const found = await suggest(input.value);
      if (found) show(found.results, found.results.length ? "" : t("search.enter"));
    } catch (problem) {
      show([], problem.status === 0 ? t("error.network") : problem.detail || problem.title);
    }
  }
  /** Shows answers, or says in words why there are none. */
  function show(next, words = "") {
    answers = next;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    fill(list, answers.map(option));
    said.textContent = words;
    said.hidden = !words;
    open(answers.length > 0 || Boolean(words));
  }
  function option(answer, n) {
    const layer = store.get("city").layers.find((l) => l.name === answer.layer);
    const areas = lang() === "en" ? answer.areas_en : answer.areas;
    const whose = areas.filter((area) => !answer.text.includes(area)).join(" · ");
    return h(
      "li",
      { role: "option", id: `search-${n}`, "aria-selected": "false", on: { mousedown: (event) => event.preventDefault(), click: () => choose(answer) } },
      h("span", { class: "search-name" }, answer.text),
      h("span", { class: "search-kind" }, layer ? nameOf(layer) : answer.layer),
      whose && h("span", { class: "search-where" }, whose),
    );
  }
  function mark(n) {
    active = (n + answers.length) % answers.length;
    [...list.children].forEach((item, k) => item.setAttribute("aria-selected", String(k === active)));
    list.children[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `search-${active}`);
  }
  function key(event) {
    if (event.key === "ArrowDown" && answers.length) mark(active + 1);
    else if (event.key === "ArrowUp" && answers.length) mark(active < 0 ? answers.length - 1 : active - 1);
    else if (event.key === "Escape") open(false);
    else return;
    event.preventDefault();
  }
  /** Enter takes the marked suggestion; without one the server works out what the text is. */
  async function submit(event) {
    event.preventDefault();
    clearTimeout(timer);
    if (active >= 0) return choose(answers[active]);
    if (!input.value.trim()) return undefined;
    suggest.cancel();
    show([], t("state.loading"));
    try {
      const found = await locate(input.value);
      if (found) go(found, found.notes?.join(" · "));
    } catch (problem) {
      show([], problem.status === 0 ? t("error.network") : problem.detail || problem.title);
    }
    return undefined;
  }
  function choose(answer) {
    input.value = answer.text;
    clear.hidden = false;
    suggest.cancel();
    go(answer);
  }
  /** Flies to a place, near enough to see as much as the answer is exact, and asks about it. */
  function go(place, words = "") {
    const [lon, lat] = place.position;
    const reach = Math.max(place.accuracy_m, 60) / 111_195;
    const wide = reach / Math.cos((lat * Math.PI) / 180);
    show([], words);
    fitTo([[lon - wide, lat - reach], [lon + wide, lat + reach]]);
    store.set({ point: [lon, lat] });
  }
  function words() {
    input.placeholder = t("search.placeholder");
    input.setAttribute("aria-label", t("search.label"));
    list.setAttribute("aria-label", t("search.list"));
    clear.title = t("search.clear");
    clear.setAttribute("aria-label", t("search.clear"));
    fill(list, answers.map(option));
  }
  document.addEventListener("pointerdown", (event) => container.contains(event.target) || open(false));
  container.addEventListener("focusout", (event) => event.relatedTarget && !container.contains(event.relatedTarget) && open(false));
  store.on("lang", words);
  words();
  fill(container, form, results);
}
