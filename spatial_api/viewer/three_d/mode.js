/** @module mode  3D on and off: what it needs is fetched when it is first switched on, and the address says that it is on. */
import { t } from "../lib/i18n.js";

const PART = "3d=1";

const parts = () => location.hash.slice(1).split("&").filter(Boolean);

/** Says in the address whether 3D is on, beside the place that MapLibre keeps there. @param {boolean} on */
function write(on) {
  const others = parts().filter((part) => part !== PART);
  const hash = [...others, ...(on ? [PART] : [])].join("&");
  history.replaceState(history.state, "", `${location.pathname}${location.search}${hash && "#"}${hash}`);
}

/**
 * Follows the store's `threeD`; `scene` in the store is the scene while it is on.
 * @param {any} map
 * @param {HTMLElement} container  of the panel
 * @param {import("../lib/store.js").Store} store
 * @param {{fitTo: (points: Array<[number, number]>, view?: object) => void}} page
 */
export function mountThreeD(map, container, store, page) {
  let made = null;

  async function make() {
    const [{ CityScene }, { mountScenePanel }] = await Promise.all([import("./scene.js"), import("./panel.js")]);
    const failed = (error) => store.set({ problem: error.title ? error : { title: t("three.tileError"), detail: String(error.message ?? error) } });
    const scene = new CityScene(map, store, failed);
    mountScenePanel(container, scene, store, page);
    return scene;
  }

  async function turn(on) {
    write(on);
    container.hidden = !on;
    const picture = map.getContainer();
    if (!on) {
      store.get("scene")?.hide();
      picture.removeAttribute("aria-busy");
      return store.set({ scene: null, element: null });
    }
    picture.setAttribute("aria-busy", "true");
    try {
      made ??= make();
      const scene = await made;
      if (!store.get("threeD")) return undefined;
      store.set({ scene });
      return scene.show();
    } catch (error) {
      made = null;
      container.hidden = true;
      picture.removeAttribute("aria-busy");
      return store.set({ problem: { title: t("three.failed"), detail: String(error.message ?? error) } });
    }
  }

  map.on("style.load", () => store.get("scene")?.show());
  map.on("render", () => {
    const scene = store.get("scene");
    if (scene) map.getContainer().setAttribute("aria-busy", String(!scene.settled));
  });
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key === "3" && !event.ctrlKey && !event.metaKey && !event.altKey) store.set({ threeD: !store.get("threeD") });
  });
  store.on("threeD", turn);
  store.on("element", (element) => store.get("scene")?.mark(element?.mark ?? null));
  addEventListener("hashchange", () => store.set({ threeD: parts().includes(PART) }));
  container.hidden = true;
  if (parts().includes(PART)) store.set({ threeD: true });
}
