/** @module format  Numbers, distances, areas, times and places as people read them. */
import { lang, t } from "./i18n.js";

const locale = () => (lang() === "en" ? "en-GB" : "zh-CN");

/** A whole number with its thousands marked. @param {number} n */
export function count(n) {
  return new Intl.NumberFormat(locale()).format(Math.round(n));
}

/** At most `digits` decimals. @param {number} n @param {number} digits */
export function decimal(n, digits = 2) {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(n);
}

/** A distance in metres or kilometres. @param {number} m */
export function distance(m) {
  return m < 1000 ? t("unit.m", { n: decimal(m, m < 10 ? 1 : 0) }) : t("unit.km", { n: decimal(m / 1000, 2) });
}

/** A time in seconds, minutes and seconds, or hours and minutes. @param {number} seconds */
export function duration(seconds) {
  const whole = Math.round(seconds);
  const [m, s] = [Math.floor(whole / 60), whole % 60];
  if (m < 1) return t("time.s", { s });
  if (m < 10) return s ? t("time.ms", { m, s }) : t("time.m", { m });
  const rounded = Math.round(whole / 60);
  return rounded < 60 ? t("time.m", { m: rounded }) : t("time.hm", { h: Math.floor(rounded / 60), m: rounded % 60 });
}

/** An area in m², hectares or km². @param {number} m2 */
export function area(m2) {
  if (m2 < 10_000) return t("unit.m2", { n: count(m2) });
  if (m2 < 1_000_000) return t("unit.ha", { n: decimal(m2 / 10_000, 1) });
  return t("unit.km2", { n: decimal(m2 / 1_000_000, 2) });
}

/** "lon, lat" with 6 decimals (0.1 m). @param {[number, number]} point */
export function lonLat([lon, lat]) {
  return `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
}

/** Date and time in the reader's zone, or the text itself where it is none. @param {string|number} value */
export function moment(value) {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return String(value);
  const options = { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat(locale(), options).format(date);
}

/** Hours, minutes and seconds. @param {Date} date */
export function clock(date) {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "medium", hourCycle: "h23" }).format(date);
}

/**
 * The name of something in the page's language, else its plain name, the other language's, or its code.
 * @param {{name?: string, name_en?: string, name_zh?: string, title_zh?: string, title_en?: string, code?: string}} thing
 */
export function nameOf(thing) {
  const zh = thing.title_zh || thing.name_zh;
  const en = thing.title_en || thing.name_en;
  return (lang() === "en" ? en || thing.name || zh : zh || thing.name || en) || thing.code || "";
}
