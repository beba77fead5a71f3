/** @module main  Puts the page together: asks for the city, makes the map, and mounts the parts around it. */
import { get } from "./lib/api.js";
import { problemBox } from "./cards/card.js";
import { fill, h } from "./lib/dom.js";
import { dress, mountHeader, THEMES } from "./page/header.js";
import { lang, t } from "./lib/i18n.js";
import { mountLayers, startHidden } from "./page/layer_panel.js";
import { createMap, mountControls, watchLoading } from "./map/map.js";
import { mountPanel } from "./page/panel.js";
import { mountPick } from "./map/pick.js";
import { PROFILES } from "./cards/road_profiles.js";
import { mountSearch } from "./page/search.js";
import { mountStatus } from "./page/status.js";
import { createStore, recall } from "./lib/store.js";
import { mountThreeD } from "./three_d/mode.js";

const part = (id) => document.getElementById(id);

const wanted = new URLSearchParams(location.search).get("theme") ?? recall("theme", "light");
const theme = Object.hasOwn(THEMES, wanted) ? wanted : "light";
dress(theme);

const store = createStore({
  city: null, // the answer of /city
  style: null, // the style document as the server gave it
  lang: lang(),
  theme,
  threeD: false,
  scene: null, // the 3D scene while it is on the map
  element: null, // what was picked in it: {source, name, values, point, height, mark}
  layersOpen: true,
  hidden: new Set(recall("hidden", [])),
  kindsOff: new Set(recall("kindsOff", [])),
  point: null, // the place asked about, [lon, lat]
  thing: null, // what was picked there: {layer, properties, point}
  profile: recall("profile", PROFILES[0]), // who travels, in the cards by road
  open: null, // {card}: the card to be unfolded and seen
  planFor: null, // the code of an incident to make a plan for
  drawing: null, // what is given the places clicked on the map while a line is drawn
  cursor: null,
  seq: null, // the newest change the server told of
  problem: null,
});

async function open() {
  fill(part("panel"));
  try {
    const city = await get("/city");
    store.set({ hidden: startHidden(city) });
    store.set({ city });
    const made = await createMap(part("map"), store.get("city"), store);
    const { map } = made;
    watchLoading(map, { progress: part("progress"), notice: part("notice") }, store);
    mountControls(part("controls"), map, store.get("city"), store);
    mountLayers(part("layers"), store);
    mountPanel(part("panel"), { ...made, store });
    mountPick(map, store);
    mountThreeD(map, part("scene"), store, made);
    mountSearch(part("search"), { ...made, store });
    await mountStatus(part("status"), map, store);
    // counts follow the data: the first known change is where the page began
    store.on("seq", refresh);
  } catch (problem) {
    const webgl = /webgl/i.test(problem.message ?? "");
    const said = webgl ? { status: -1, title: t("error.webgl"), detail: "" } : problem;
    fill(part("panel"), h("div", { class: "boot" }, h("h2", {}, t("error.boot")), problemBox(said, open)));
  }
}

async function refresh() {
  try {
    store.set({ city: await get("/city") });
  } catch (problem) {
    store.set({ problem });
  }
}

mountHeader(part("header"), store);
await open();
