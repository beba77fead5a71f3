/** @module closing  Setting a closure, opening it again, and the words for one. */
import { get, post, remove } from "../lib/api.js";
import { decimal, moment } from "../lib/format.js";
import { lang, t, word } from "../lib/i18n.js";

/**
 * Sets a closure; the map and the answers by road follow.
 * @param {object} body  as POST /closures takes it; without a code it gets one
 * @param {import("../lib/store.js").Store} store
 * @returns {Promise<any>} the closure as stored, with its effect where the server says it
 */
export async function shut(body, store) {
  const made = await post("/closures", { ...body, code: body.code ?? newCode() });
  await follow(store);
  return made;
}

/**
 * Opens a closure again. One that somebody else has opened meanwhile is fine, too.
 * @param {string} code
 * @param {import("../lib/store.js").Store} store
 */
export async function reopen(code, store) {
  try {
    await remove(`/closures/${encodeURIComponent(code)}`);
  } catch (problem) {
    if (problem.status !== 404) throw problem;
  }
  await follow(store);
}

/** Has the page see the newest change at once, instead of with the next look at the service's health. */
async function follow(store) {
  const { seq } = await get("/health");
  store.set({ seq });
}

/** A code of its own: when it was set, and two signs against another in the same second. */
function newCode(now = new Date()) {
  const digits = (n) => String(n).padStart(2, "0");
  const day = `${now.getFullYear()}${digits(now.getMonth() + 1)}${digits(now.getDate())}`;
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(digits).join("");
  const signs = Math.floor(Math.random() * 1296).toString(36).padStart(2, "0").toUpperCase();
  return `FL-${day}-${time}-${signs}`;
}

/** "closed", or how many times as long. @param {Record<string, any>} p  a closure's attributes */
export const manner = (p) => (isGiven(p.factor) ? t("close.times", { n: decimal(p.factor, 1) }) : t("close.closed"));

/** For whom. @param {Record<string, any>} p */
export const whom = (p) => (p.profile ? word("profile", p.profile) : t("profile.all"));

/** From when until when. @param {Record<string, any>} p */
export function period(p) {
  const until = p.to_at ? t("close.to", { at: moment(p.to_at) }) : t("close.untilOpen");
  const join = lang() === "en" ? ", " : "，";
  return [p.from_at && t("close.from", { at: moment(p.from_at) }), until].filter(Boolean).join(join);
}

/**
 * What a closure does to the roads, in a sentence; nothing where the server does not say.
 * @param {any} effect
 * @returns {Array<string>}
 */
export function effects(effect) {
  if (!effect) return [];
  const facts = [];
  if (isGiven(effect.edges)) facts.push(t("close.effect", { edges: effect.edges, km: decimal(effect.km ?? 0, 2) }));
  if (effect.note) facts.push(effect.note[lang()]);
  else if (effect.cut_off_km > 0) facts.push(t("close.cutOff", { km: decimal(effect.cut_off_km, 2) }));
  return facts;
}

const isGiven = (value) => value !== undefined && value !== null && value !== "";
