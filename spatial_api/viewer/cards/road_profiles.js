/** @module roads  Who travels, which the cards by road share, and when the roads have changed. */
import { choice } from "../lib/dom.js";
import { t, word } from "../lib/i18n.js";
import { remember } from "../lib/store.js";

export const PROFILES = ["emergency", "car", "moto", "foot", "truck"];

/**
 * A list to choose who travels. The choice is the page's (the store's `profile`) and remembered.
 * @param {string} id
 * @param {import("../lib/store.js").Store} store
 */
export function profileChoice(id, store) {
  return choice(id, t("profile.label"), PROFILES.map((name) => [name, word("profile", name)]), store.get("profile"), (profile) => {
    remember("profile", profile);
    store.set({ profile });
  });
}

/** The layers that answers by road stand on. */
const LAYERS = ["roads", "closures", "speeds"];

/**
 * Tells when answers by road may have changed: a closure was set or opened, a road was edited.
 * @param {import("../lib/store.js").Store} store
 * @param {() => void} fn
 * @returns {() => void} the way to stop
 */
export function onRoads(store, fn) {
  const versions = () => (store.get("city")?.layers ?? []).filter((l) => LAYERS.includes(l.name)).map((l) => `${l.name} ${l.version}`).join();
  let known = versions();
  return store.on("city", () => {
    const now = versions();
    if (now === known) return;
    known = now;
    fn();
  });
}
