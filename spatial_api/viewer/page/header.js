/** @module header  The city's name and the switches of the whole page: theme, language. */
import { fill, h, icon } from "../lib/dom.js";
import { nameOf } from "../lib/format.js";
import { lang, setLang, t } from "../lib/i18n.js";
import { remember } from "../lib/store.js";

/** The themes in the order in which the button goes through them, each with its icon. */
export const THEMES = { light: "sun", dark: "moon", wall: "screen" };

/** Gives the page the colours that go with the theme of the map; those of the wall are the dark ones. @param {string} theme */
export function dress(theme) {
  document.documentElement.dataset.theme = theme === "light" ? "light" : "dark";
}

/**
 * Builds the header.
 * @param {HTMLElement} container
 * @param {import("../lib/store.js").Store} store
 */
export function mountHeader(container, store) {
  function render() {
    const city = store.get("city");
    const name = city ? nameOf(city) : "";
    document.title = [name, `${t("app.name")} · citybase`].filter(Boolean).join(" · ");
    const focused = document.activeElement?.id;
    fill(
      container,
      h("img", { src: "/viewer/icon.svg", alt: "", width: 28, height: 28 }),
      h("h1", {}, name && h("span", { class: "city" }, name), h("span", { class: "product" }, `${t("app.name")} · citybase`)),
      city?.schematic && h("span", { class: "badge", title: t("app.schematic.title") }, t("app.schematic")),
      h("span", { class: "spring" }),
      h("button", { type: "button", class: "top-button", id: "theme", title: t("header.theme.title"), on: { click: nextTheme } }, icon(THEMES[store.get("theme")]), h("span", {}, t(`header.theme.${store.get("theme")}`))),
      h("button", { type: "button", class: "top-button", id: "lang", lang: lang() === "en" ? "zh-CN" : "en", title: t("header.lang.title"), "aria-label": t("header.lang.title"), on: { click: flipLang } }, t("header.lang")),
    );
    if (focused && container.contains(document.getElementById(focused))) document.getElementById(focused).focus();
  }
  function nextTheme() {
    const themes = Object.keys(THEMES);
    const theme = themes[(themes.indexOf(store.get("theme")) + 1) % themes.length];
    dress(theme);
    remember("theme", theme);
    store.set({ theme });
  }
  function flipLang() {
    setLang(lang() === "en" ? "zh" : "en");
    store.set({ lang: lang() });
  }
  for (const key of ["city", "theme", "lang"]) store.on(key, render);
  render();
}
