/** @module planned  What a dispatch plan says, part by part; a part that the answer lacks is left out. */
import { problemBox } from "./card.js";
import { candidateRow, leftOut } from "./candidates.js";
import { effects, shut } from "./closing.js";
import { fill, h } from "./dom.js";
import { area, count, decimal, distance, moment, nameOf } from "./format.js";
import { lang, t, word } from "./i18n.js";
import { phoneLink } from "./ownership.js";

const SHOWN = 6;
const said = (thing) => thing?.[lang()];

/**
 * The parts of a plan as nodes.
 * @param {any} plan
 * @param {{store: any, fit: () => void, fly: (geometry: any) => void, rank: (c: any) => string|number, light: (c: any) => (on: boolean) => void}} page
 */
export function planned(plan, page) {
  return [
    head(plan, page),
    part(plan, "own.unit", "responsibility", responsible(plan)),
    part(plan, "plan.teams", "teams", (plan.teams ?? []).map((team, n) => crew(team, plan.needs?.[team.need ?? n], page))),
    part(plan, "plan.affected", "affected", affected(plan.affected, page)),
    part(plan, "plan.closures", "closures", (plan.closures ?? []).map((c) => closure(c, page))),
    part(plan, "plan.inform", "inform", contacts(plan.inform)),
    part(plan, "plan.components", "components", things(plan.components, page, (c) => word("component", c.state))),
    part(plan, "plan.duplicates", "duplicates", things(plan.duplicates, page, (d) => isNumber(d.hours_apart) && t("plan.hoursApart", { n: decimal(d.hours_apart, 1) }))),
  ];
}

const isNumber = (value) => typeof value === "number";

function head({ incident: i, why }, { fit }) {
  const level = i.level && (said(i.level) || word("level", i.level.key ?? i.level));
  const title = i.title || i.class?.name || i.code;
  return h(
    "div",
    { class: "plan-head" },
    h("h3", {}, title, level && h("span", { class: "chip", data: { state: i.level.key ?? i.level } }, level)),
    h("p", { class: "quiet foot" }, h("span", {}, [i.class && `${i.class.name} ${i.class.key}`, i.at && moment(i.at)].filter(Boolean).join(" · ")), h("button", { type: "button", class: "plain", on: { click: fit } }, t("plan.fit"))),
    reasons(why?.incident),
  );
}

/** A section with its reasons; none where there is nothing in it. */
function part({ why }, key, name, content) {
  const given = [content].flat(Infinity).filter(Boolean);
  return given.length > 0 && h("div", { class: "part", data: { part: name } }, h("h3", {}, t(key)), given, reasons(why?.[name]));
}

function reasons(why) {
  const lines = [said(why)].flat().filter(Boolean);
  return lines.length > 0 && h("details", { class: "more" }, h("summary", {}, t("plan.why")), h("ul", {}, lines.map((line) => h("li", {}, line))));
}

function unit(label, u) {
  return u && h("div", { class: "unit" }, h("div", { class: "unit-text" }, h("span", { class: "label" }, label), h("strong", {}, nameOf(u))), u.phone && phoneLink(u.phone));
}

function responsible({ responsibility: r, owners }) {
  const due = r?.deadline && [r.deadline.due && t("plan.due", { at: moment(r.deadline.due) }), said(r.deadline)].filter(Boolean).join(" · ");
  const local = owners?.unit && owners.unit.code !== r?.lead?.code && owners.unit;
  const facts = [["plan.deadline", due], ["plan.rule", said(r?.rule)], ["plan.assisting", (r?.assisting ?? []).map(nameOf).join(lang() === "en" ? ", " : "、")]].filter(([, v]) => v);
  return [
    unit(t("plan.lead"), r?.lead),
    unit(t("plan.owner"), local),
    facts.length > 0 && h("dl", { class: "rows" }, facts.map(([key, value]) => [h("dt", {}, t(key)), h("dd", {}, value)])),
    reasons(r?.why),
  ];
}

function crew(team, need, { rank, light, fly }) {
  const candidates = team.candidates ?? [];
  const phones = (c) => c.chosen && h("span", { class: "chip", data: { state: "handling" } }, t("plan.chosen"));
  return h(
    "div",
    { class: "crew" },
    h("p", { class: "crew-need" }, said(need), team.by === "line" && h("span", { class: "quiet" }, ` · ${t("plan.byLine")}`), team.short > 0 && h("span", { class: "short" }, t("plan.short", { n: team.short }))),
    candidates.length
      ? h("ol", { class: "candidates" }, candidates.map((c) => {
          const row = candidateRow({ ...c, properties: { ...c.properties, status: null } }, { rank: rank(c), light: light(c), fly: () => fly(c.geometry), extra: phones(c) });
          row.classList.toggle("spare", !c.chosen);
          if (c.chosen && c.properties?.phone) row.append(phoneLink(c.properties.phone));
          return row;
        }))
      : h("p", { class: "noted" }, t("plan.noTeam")),
    leftOut(team.left_out),
  );
}

function affected(a, { fly, store }) {
  if (!a) return null;
  const figures = [
    isNumber(a.area_m2) && ["aff.area", area(a.area_m2)],
    isNumber(a.people) && ["aff.people", t("unit.people", { n: count(a.people) })],
    isNumber(a.buildings) && ["aff.buildings", count(a.buildings)],
  ].filter(Boolean);
  const kind = (s) => (lang() === "zh" && s.kind_zh) || nameOf(store.get("city").resource_kinds.find((k) => k.kind === s.kind) ?? { code: s.kind });
  return [
    figures.length > 0 && h("dl", { class: "figures" }, figures.map(([key, value]) => h("div", {}, h("dt", {}, t(key)), h("dd", {}, value)))),
    a.sensitive?.length > 0 && [h("h4", {}, t("plan.sensitive")), things(a.sensitive, { fly }, kind)],
    a.sensors?.length > 0 && [h("h4", {}, t("plan.sensors")), things(a.sensors, { fly }, (s) => word("measures", s.measures))],
  ];
}

/** Rows of what lies around, the first few; a click shows one on the map. */
function things(items, { fly }, more) {
  if (!items?.length) return null;
  const row = (item) => {
    const name = nameOf(item) || item.title || item.id;
    const shown = item.geometry ? h("button", { type: "button", class: "link", on: { click: () => fly(item.geometry) } }, name) : h("span", {}, name);
    return h("li", {}, shown, h("span", { class: "quiet" }, [more(item), isNumber(item.distance_m) && distance(item.distance_m)].filter(Boolean).join(" · ")));
  };
  const rest = items.slice(SHOWN);
  return [
    h("ul", { class: "list" }, items.slice(0, SHOWN).map(row)),
    rest.length > 0 && h("details", { class: "more" }, h("summary", {}, t("aff.more", { n: rest.length })), h("ul", { class: "list" }, rest.map(row))),
  ];
}

function contacts(inform) {
  return (inform ?? []).map((who) =>
    h("div", { class: "unit" }, h("div", { class: "unit-text" }, h("strong", {}, nameOf(who)), h("span", { class: "quiet" }, [said(who), who.unit && nameOf(who.unit)].filter(Boolean).join(" · "))), who.unit?.phone && phoneLink(who.unit.phone)),
  );
}

/** A closure to set, what it would do, and the button that sets it. */
function closure(c, { store }) {
  const outcome = h("div", { class: "outcome", role: "status" });
  const button = h("button", { type: "button", class: "danger", on: { click: set } }, t("plan.set"));
  async function set() {
    button.disabled = true;
    try {
      const made = await shut(c.closure, store);
      fill(outcome, h("p", { class: "done" }, t("close.done", { code: made.id })));
    } catch (problem) {
      button.disabled = false;
      fill(outcome, problemBox(problem, set));
    }
  }
  const facts = [...effects(c), (c.roads ?? []).join(lang() === "en" ? ", " : "、")].filter(Boolean);
  return h("div", { class: "suggested" }, h("div", { class: "suggested-text" }, h("strong", {}, said(c) || c.closure?.cause || ""), facts.map((text) => h("p", { class: "quiet" }, text)), outcome), button);
}
