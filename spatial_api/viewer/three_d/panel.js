/** @module scene_panel  三维: the models to fly to, their storeys, disciplines and section, and the sun. */
import { fill, h, icon, refill, segments } from "../lib/dom.js";
import { get } from "../lib/api.js";
import { t, word } from "../lib/i18n.js";
import { recall, remember } from "../lib/store.js";
import { clockOf, momentOf, toSun } from "./sun.js";

/** At first the sun stands where blocks are easy to tell apart. */
const MORNING = 9 * 60 + 30;

const two = (n) => String(n).padStart(2, "0");

/**
 * Builds the panel of a scene.
 * @param {HTMLElement} container
 * @param {import("./scene.js").CityScene} scene
 * @param {import("../lib/store.js").Store} store
 * @param {{fitTo: (points: Array<[number, number]>, view?: object) => void}} page
 */
export function mountScenePanel(container, scene, store, { fitTo }) {
  const { models, light } = scene;
  const zone = store.get("city").timezone;
  const sun = { day: clockOf(new Date(), zone).day, minutes: MORNING };
  let open = recall("three.open", true);
  let shadows = recall("three.shadows", true);
  let code = null;
  let levels = [];
  let disciplines = [];

  const body = h("div", { class: "scene-body", id: "scene-body" });
  const modelPart = h("div", {});
  const sunPart = h("div", {});
  fill(body, modelPart, sunPart);

  function head() {
    const fold = () => {
      open = !open;
      remember("three.open", open);
      render();
    };
    return h(
      "button",
      { type: "button", class: "layers-head", id: "scene-fold", "aria-expanded": String(open), "aria-controls": "scene-body", on: { click: fold } },
      icon("cube"), h("span", {}, t("three.title")), icon("chevron"),
    );
  }
  function render() {
    container.setAttribute("aria-label", t("three.title"));
    body.hidden = !open;
    refill(container, head(), body);
    renderModels();
    renderSun();
  }

  function renderModels() {
    const { list } = models;
    const one = (model) =>
      h(
        "li",
        {},
        h(
          "button",
          { type: "button", class: "candidate", id: `model-${model.code}`, "aria-pressed": String(model.code === code), title: t("three.fly", { name: model.name || model.code }), on: { click: () => choose(model) } },
          h("span", { class: "candidate-name" }, model.name || model.code),
          model.storeys > 0 && h("span", { class: "quiet" }, t("three.storeys", { n: model.storeys })),
        ),
      );
    refill(
      modelPart,
      h("h3", {}, t("three.models")),
      list.length ? h("ul", { class: "scene-models" }, list.map(one)) : h("p", { class: "quiet" }, t("three.none")),
      code && [storeyPart(), disciplinePart(), cutPart()],
    );
  }

  async function choose(model) {
    code = model.code;
    levels = [];
    disciplines = [];
    const [west, south, east, north] = model.bbox;
    fitTo([[west, south], [east, north]], { pitch: 60, bearing: -20, maxZoom: 18 });
    renderModels();
    try {
      const [storeys, { sums }] = await Promise.all([models.storeys(code), get(`/models/${encodeURIComponent(code)}/elements/sums?by=discipline`)]);
      if (code !== model.code) return;
      levels = storeys.levels;
      disciplines = sums.map(({ group, count }) => ({ name: group.discipline ?? "", count }));
      renderModels();
    } catch (problem) {
      store.set({ problem });
    }
  }

  /** Sees the chosen model in another way; what lies under the ground is hidden unless it is asked for. A control that is held stays. */
  async function see(change, held = false) {
    const done = models.see(code, change);
    const { how, level, cut } = models.look(code);
    light.cover(cut === "none" && (how === "all" || (level ?? 1) > 0));
    if (!held) renderModels();
    try {
      await done;
    } catch (problem) {
      store.set({ problem });
    }
  }

  function slider(id, label, { min, max, value, step = 1 }, change) {
    return h("input", { type: "range", id, "aria-label": label, min, max, step, value, on: { input: (event) => change(Number(event.target.value)) } });
  }

  function storeyPart() {
    if (levels.length < 2) return null;
    const { how, level } = models.look(code);
    const at = Math.max(0, levels.findIndex((l) => l.number === level));
    const options = ["all", "upto", "only"].map((key) => [key, t(`three.${key}`)]);
    const turn = (next) => see({ how: next, level: level ?? levels.at(-1).number });
    const shown = h("output", { for: "storey-level" }, levels[at].name);
    const slide = (i) => {
      shown.textContent = levels[i].name;
      see({ level: levels[i].number }, true);
    };
    return [
      h("h3", {}, t("three.storey")),
      segments("storey-how", t("three.storey"), options, how, turn),
      how !== "all" && h(
        "div",
        { class: "tool-row" },
        slider("storey-level", t("three.storey"), { min: 0, max: levels.length - 1, value: at }, slide),
        shown,
      ),
    ];
  }

  function disciplinePart() {
    if (disciplines.length < 2) return null;
    const { off } = models.look(code);
    const chip = ({ name }) => {
      const flip = () => {
        const next = new Set(off);
        off.has(name) ? next.delete(name) : next.add(name);
        see({ off: next });
      };
      return h("button", { type: "button", class: "pick", id: `discipline-${name.replaceAll(" ", "-")}`, "aria-pressed": String(!off.has(name)), on: { click: flip } }, name ? word("discipline", name) : t("three.noDiscipline"));
    };
    return [h("h3", {}, t("three.disciplines")), h("div", { class: "picks scene-picks", role: "group", "aria-label": t("three.disciplines") }, disciplines.map(chip))];
  }

  function cutPart() {
    const { cut, part } = models.look(code);
    const options = ["none", "east", "north"].map((key) => [key, t(`three.cut.${key}`)]);
    return [
      h("h3", {}, t("three.cut")),
      segments("cut-how", t("three.cut"), options, cut, (next) => see({ cut: next })),
      cut !== "none" && h("div", { class: "tool-row" }, slider("cut-part", t("three.cut"), { min: 0, max: 100, value: Math.round(100 * part) }, (n) => see({ part: n / 100 }, true))),
    ];
  }

  function renderSun() {
    const { day, minutes } = sun;
    const shown = h("output", { for: "sun-time" }, `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`);
    const put = (change) => {
      Object.assign(sun, change);
      shine();
      shown.textContent = `${two(Math.floor(sun.minutes / 60))}:${two(sun.minutes % 60)}`;
    };
    const now = () => {
      put(clockOf(new Date(), zone));
      renderSun();
    };
    const flip = (event) => {
      shadows = event.target.checked;
      remember("three.shadows", shadows);
      shine();
    };
    refill(
      sunPart,
      h("h3", {}, t("three.sun")),
      h(
        "div",
        { class: "tool-row" },
        h("input", { type: "date", id: "sun-day", "aria-label": t("three.day"), value: day, on: { change: (event) => event.target.value && put({ day: event.target.value }) } }),
        h("button", { type: "button", class: "plain", id: "sun-now", on: { click: now } }, t("three.now")),
      ),
      h("div", { class: "tool-row" }, slider("sun-time", t("three.time"), { min: 0, max: 1435, step: 5, value: minutes }, (n) => put({ minutes: n })), shown),
      h("div", { class: "tool-row" }, h("input", { type: "checkbox", role: "switch", class: "switch", id: "sun-shadows", checked: shadows, on: { change: flip } }), h("label", { for: "sun-shadows" }, t("three.shadows"))),
    );
  }
  function shine() {
    light.shine(toSun(momentOf(sun.day, sun.minutes, zone), store.get("city").centre));
    light.cast(shadows);
    scene.repaint();
  }

  models.onBoxes(renderModels);
  store.on("lang", render);
  render();
  shine();
}
