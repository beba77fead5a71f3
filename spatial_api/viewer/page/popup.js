/** @module popup  What is known of one incident, resource, sensor, unit or closure, and what to do about it. */
import { get } from "../lib/api.js";
import { manner, period, whom } from "../cards/closure_actions.js";
import { fill, h } from "../lib/dom.js";
import { decimal, moment, nameOf } from "../lib/format.js";
import { t, word } from "../lib/i18n.js";

/**
 * The content of a popup about a feature of a layer.
 * @param {any} layer  a layer of /city
 * @param {Record<string, any>} properties  the feature's attributes
 * @param {{plan: (code: string) => void, reopen: (code: string) => Promise<any>}} acts
 * @returns {HTMLElement}
 */
export function popupContent(layer, properties, acts) {
  const make = { incident, resource, sensor, unit, closure }[layer?.kind] ?? plain;
  return h("div", { class: "popup" }, make(properties, layer, acts));
}

const chip = (text, state) => text && h("span", { class: "chip", data: { state } }, text);

function head(title, ...chips) {
  return h("div", { class: "popup-head" }, h("h3", {}, title), h("div", { class: "chips" }, chips));
}

/** Rows of words and values; those without a value are left out. */
export function rows(...pairs) {
  const known = pairs.filter(([, value]) => value !== undefined && value !== null && value !== "");
  return h("dl", { class: "rows" }, known.map(([key, value]) => [h("dt", {}, t(key)), h("dd", {}, value)]));
}

const when = (value) => value && moment(value);
const call = (phone) => phone && h("a", { href: `tel:${String(phone).replace(/[^\d+*-]/g, "")}` }, phone);

function incident(p, _layer, { plan }) {
  const history = h("div", { class: "history", "aria-live": "polite" }, t("state.loading"));
  if (p.code) showHistory(p.code, history);
  else history.remove();
  return [
    head(p.title || p.code, chip(word("incident", p.status), p.status), chip(word("level", p.level), p.level)),
    p.description && h("p", { class: "popup-text" }, p.description),
    rows(
      ["popup.code", p.code],
      ["popup.address", p.address],
      ["popup.source", p.source],
      ["popup.unit", p.unit],
      ["popup.reported_at", when(p.reported_at)],
    ),
    p.code && h("button", { type: "button", class: "primary popup-act", on: { click: () => plan(p.code) } }, t("plan.popup")),
    h("h4", {}, t("popup.history")),
    history,
  ];
}

function closure(p, _layer, { reopen }) {
  const outcome = h("div", { role: "status" });
  const open = async (event) => {
    event.target.disabled = true;
    try {
      await reopen(p.code);
    } catch (problem) {
      event.target.disabled = false;
      fill(outcome, [problem.title || t("error.network"), problem.detail].filter(Boolean).join(" · "));
    }
  };
  return [
    head(p.cause || t("close.noCause"), chip(manner(p), p.factor ? "dispatched" : "reported")),
    rows(
      ["popup.profile", whom(p)],
      ["popup.period", period(p)],
      ["close.weekly", p.hours],
      ["popup.roadClass", p.road_class],
      ["popup.incident", p.incident],
      ["popup.code", p.code],
    ),
    h("button", { type: "button", class: "secondary popup-act", on: { click: open } }, t("close.reopen")),
    outcome,
  ];
}

async function showHistory(code, container) {
  try {
    const { history } = await get(`/incidents/${encodeURIComponent(code)}/history`);
    if (!history.length) return fill(container, t("popup.noHistory"));
    const steps = history.map((step) =>
      h("li", {}, h("strong", {}, word("incident", step.status)), h("time", {}, moment(step.at)), h("span", {}, [step.actor, step.note].filter(Boolean).join(" · "))),
    );
    return fill(container, h("ol", {}, steps));
  } catch (problem) {
    return fill(container, [problem.title || t("error.network"), problem.detail].filter(Boolean).join(" · "));
  }
}

function resource(p) {
  return [
    head(nameOf(p), chip(word("resource", p.status), p.status)),
    rows(
      ["popup.code", p.code],
      ["popup.skills", p.skills],
      ["popup.capacity", p.capacity],
      ["popup.unit", p.unit],
      ["popup.phone", call(p.phone)],
      ["popup.seen_at", when(p.seen_at)],
    ),
  ];
}

function sensor(p) {
  const limits = [p.threshold_blue, p.threshold_yellow, p.threshold_orange, p.threshold_red];
  const value = p.value === undefined || p.value === null ? null : `${decimal(p.value, 2)} ${p.unit_symbol ?? ""}`;
  return [
    head(nameOf(p)),
    value && h("p", { class: "reading" }, value),
    rows(
      ["popup.measures", word("measures", p.measures)],
      ["popup.thresholds", limits.some((v) => v !== undefined && v !== null) ? limits.map((v) => v ?? "–").join(" / ") : null],
      ["popup.value_at", when(p.value_at)],
      ["popup.code", p.code],
      ["popup.unit", p.unit],
    ),
  ];
}

function unit(p) {
  return [head(nameOf(p)), rows(["popup.code", p.code], ["popup.address", p.address], ["popup.phone", call(p.phone)])];
}

/** What is known of a feature of any layer. @param {Record<string, any>} p  its attributes @param {any} layer  a layer of /city */
export function plain(p, layer) {
  const titles = Object.fromEntries((layer?.fields ?? []).map((f) => [f.name, nameOf(f) || f.name]));
  const pairs = Object.entries(p).filter(([, value]) => value !== "").slice(0, 12);
  return [head(nameOf(p)), h("dl", { class: "rows" }, pairs.map(([k, v]) => [h("dt", {}, titles[k] ?? k), h("dd", {}, String(v))]))];
}
