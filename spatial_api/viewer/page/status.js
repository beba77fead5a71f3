/** @module status  The status bar: the service's health, how fresh the data is, and where the pointer is. */
import { get } from "../lib/api.js";
import { fill, h } from "../lib/dom.js";
import { clock, count } from "../lib/format.js";
import { lang, t } from "../lib/i18n.js";

const EVERY_MS = 3_000; // an edit from outside is on an open page within this, and the time that the service takes to see it

/**
 * Builds the status bar and keeps it up to date while the page is seen.
 * @param {HTMLElement} container
 * @param {any} map
 * @param {import("../lib/store.js").Store} store
 */
export function mountStatus(container, map, store) {
  const service = h("div", { class: "service", role: "status" });
  const where = h("div", { class: "where" });
  const guide = h("a", { class: "guide-link", href: "/guide" });
  fill(container, service, h("span", { class: "spring" }), where, guide);
  let health = null;
  let checked = null;

  function render() {
    const good = health?.status === "ok";
    const state = !health ? "down" : good ? "ok" : "bad";
    const facts = health && [
      health.store,
      health.seq !== undefined && t("status.seq", { n: count(health.seq) }),
      health.layers !== undefined && t("status.layers", { n: count(health.layers) }),
      checked && t("status.checked", { time: clock(checked) }),
      health.version && t("status.version", { v: health.version }),
    ];
    fill(
      service,
      h("span", { class: "lamp", data: { state } }),
      h("strong", {}, t(`status.${state}`)),
      (facts || []).filter(Boolean).map((fact) => h("span", { class: "fact" }, fact)),
    );
  }
  async function check() {
    if (document.hidden) return;
    try {
      health = await get("/health");
      checked = new Date();
      if (health.seq !== undefined) store.set({ seq: health.seq });
    } catch {
      health = null; // said by the lamp; the next check may succeed
    }
    render();
  }
  function place() {
    const point = store.get("cursor");
    fill(where, point && h("code", {}, `${point[0].toFixed(5)}, ${point[1].toFixed(5)}`), h("span", { class: "fact" }, t("status.zoom", { n: map.getZoom().toFixed(1) })));
  }
  function lead() {
    guide.href = `/guide?lang=${lang()}`;
    fill(guide, t("status.guide"));
  }
  store.on("cursor", place);
  store.on("lang", () => {
    render();
    place();
    lead();
  });
  map.on("zoom", place);
  document.addEventListener("visibilitychange", check);
  setInterval(check, EVERY_MS);
  place();
  lead();
  return check();
}
