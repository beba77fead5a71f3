/** @module i18n  The page's language, and its words (`words/`) in Chinese and English. */
import { recall, remember } from "./store.js";
import { EN } from "../words/en.js";
import { ZH } from "../words/zh.js";

const MESSAGES = { zh: ZH, en: EN };

/** The language asked for in the address (`?lang=`), else the remembered one, else Chinese. */
function firstLang() {
  const asked = new URLSearchParams(location.search).get("lang");
  const wanted = asked ?? recall("lang", "zh");
  return wanted === "en" ? "en" : "zh";
}

let current = firstLang();
document.documentElement.lang = current === "en" ? "en" : "zh-CN";

/** The page's language. @returns {"zh"|"en"} */
export function lang() {
  return current;
}

/**
 * Makes a language the page's: in its address, its root element and for the next visit.
 * The caller redraws (the store's `lang`).
 * @param {"zh"|"en"} next
 */
export function setLang(next) {
  current = next;
  document.documentElement.lang = next === "en" ? "en" : "zh-CN";
  remember("lang", next);
  const url = new URL(location.href);
  if (next === "en") url.searchParams.set("lang", "en");
  else url.searchParams.delete("lang");
  history.replaceState(history.state, "", url);
}

/**
 * A text in the page's language with its {places} filled in; the key itself where there is none.
 * @param {string} key
 * @param {Record<string, string|number>} [values]
 */
export function t(key, values = {}) {
  const text = MESSAGES[current][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * The words for a coded value, such as `incident` + `closed`; the value itself where there are none.
 * @param {string} family
 * @param {string|null|undefined} value
 */
export function word(family, value) {
  if (value === null || value === undefined) return "";
  return MESSAGES[current][`${family}.${value}`] ?? String(value);
}
