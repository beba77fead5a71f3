/** @module planned  What a dispatch plan says, part by part; a part that the answer lacks is left out. */
import { problemBox } from "./card.js";
import { candidateRow, leftOut } from "./candidate_rows.js";
import { effects, shut } from "./closure_actions.js";
import { fill, h } from "../lib/dom.js";
import { area, count, decimal, distance, moment, nameOf } from "../lib/format.js";
import { lang, t, word } from "../lib/i18n.js";
import { phoneLink } from "./ownership.js";

/** So many things, and so many units, are listed before the rest is folded. */
const SHOWN = 6;
const FEW = 3;
const said = (thing) => thing?.[lang()];
const comma = () => (lang() === "en" ? ", " : "、");

/**
 * The parts of a plan as nodes.
 * @param {any} plan
 * @param {{store: any, wasSet: any, fit: () => void, fly: (geometry: any) => void, rank: (c: any) => string|number, light: (c: any) => (on: boolean) => void}} page
 */
export function planned(plan, page) {
  return [
    head(plan, page),
    part(plan, "own.unit", "responsibility", responsible(plan)),
    part(plan, "plan.teams", ["needs", "teams"], (plan.teams ?? []).map((team, n) => crew(team, plan.needs?.[team.need ?? n], page))),
    part(plan, "plan.affected", "affected", affected(plan.affected, page)),
    part(plan, "plan.closures", "closures", (plan.closures ?? []).map((c) => closure(c, page))),
    part(plan, "plan.inform", "inform", contacts(plan.inform)),
    part(plan, "plan.components", "components", things(plan.components, page, (c) => word("component", c.state))),
    part(plan, "plan.duplicates", "duplicates", things(plan.duplicates, page, (d) => isNumber(d.hours_apart) && t("plan.hoursApart", { n: decimal(d.hours_apart, 1) }))),
  ];
}

const isNumber = (value) => typeof value === "number";

/** What the plan lacks to be acted on, and the classes that the text may mean. */
function lacks({ missing, suggested_classes: meant }) {
  if (!missing?.length) return null;
  const names = (meant ?? []).map((c) => `${c.name} ${c.key}`).join(comma());
  return h(
    "div",
    { class: "noted", id: "plan-missing" },
    h("strong", {}, t("plan.incomplete")),
    h("ul", {}, missing.map((m) => h("li", {}, said(m)))),
    names && h("p", {}, t("plan.suggested", { names })),
  );
}

function head(plan, { fit }) {
  const { incident: i, why } = plan;
  const level = i.level && (said(i.level) || word("level", i.level.key ?? i.level));
  const title = i.title || i.class?.name || i.code;
  return h(
    "div",
    { class: "plan-head" },
    h("h3", {}, title, level && h("span", { class: "chip", data: { state: i.level.key ?? i.level } }, level)),
    h("p", { class: "quiet foot" }, h("span", {}, [i.class && `${i.class.name} ${i.class.key}`, i.at && moment(i.at)].filter(Boolean).join(" · ")), h("button", { type: "button", class: "plain", on: { click: fit } }, t("plan.fit"))),
    lacks(plan),
    reasons(why?.incident),
  );
}

/** A section with its reasons; one with nothing in it says why. */
function part({ why }, key, names, content) {
  const given = [content].flat(Infinity).filter(Boolean);
  const because = [names].flat().map((name) => why?.[name]);
  const lines = because.flatMap((w) => said(w) ?? []);
  if (!given.length && !lines.length) return null;
  const inside = given.length ? [given, reasons(...because)] : lines.map((line) => h("p", { class: "quiet" }, line));
  return h("div", { class: "part", data: { part: [names].flat().at(-1) } }, h("h3", {}, t(key)), inside);
}

function reasons(...why) {
  const lines = why.flatMap((w) => said(w) ?? []);
  return lines.length > 0 && h("details", { class: "more" }, h("summary", {}, t("plan.why")), h("ul", {}, lines.map((line) => h("li", {}, line))));
}

function unit(label, u) {
  return u && h("div", { class: "unit" }, h("div", { class: "unit-text" }, h("span", { class: "label" }, label), h("strong", {}, nameOf(u))), u.phone && phoneLink(u.phone));
}

function responsible({ responsibility: r, owners }) {
  const due = r?.deadline && [r.deadline.due && t("plan.due", { at: moment(r.deadline.due) }), said(r.deadline)].filter(Boolean).join(" · ");
  const local = owners?.unit && owners.unit.code !== r?.lead?.code && owners.unit;
  const facts = [["plan.deadline", due], ["plan.closing", r?.closing], ["plan.rule", said(r?.rule)], ["plan.assisting", (r?.assisting ?? []).map(nameOf).join(comma())]].filter(([, v]) => v);
  return [
    unit(t("plan.lead"), r?.lead),
    unit(t("plan.owner"), local),
    facts.length > 0 && h("dl", { class: "rows" }, facts.map(([key, value]) => [h("dt", {}, t(key)), h("dd", {}, value)])),
  ];
}

function crew(team, need, { rank, light, fly }) {
  const candidates = team.candidates ?? [];
  const phones = (c) => c.chosen && h("span", { class: "chip", data: { state: "handling" } }, t("plan.chosen"));
  return h(
    "div",
    { class: "crew" },
    h("p", { class: "crew-need" }, said(need), team.by === "line" && h("span", { class: "quiet" }, ` · ${t("plan.byLine")}`), team.short > 0 && h("span", { class: "short" }, t("plan.short", { n: team.short }))),
    team.note && h("p", { class: "noted" }, said(team.note)),
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

function affected(a, { fly }) {
  if (!a) return null;
  const figures = [
    isNumber(a.area_m2) && ["aff.area", area(a.area_m2)],
    isNumber(a.people) && ["aff.people", t("unit.people", { n: count(a.people) })],
    isNumber(a.buildings) && ["aff.buildings", count(a.buildings)],
  ].filter(Boolean);
  const kind = (s) => nameOf({ title_zh: s.kind_zh, title_en: s.kind_en, code: s.kind });
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
  return fewOf(items, row, (rows) => h("ul", { class: "list" }, rows), SHOWN);
}

/** The units to tell, the first few; each says which area it is of. */
function contacts(inform = []) {
  const row = (who) =>
    h("div", { class: "unit" }, h("div", { class: "unit-text" }, h("strong", {}, nameOf(who.unit ?? who)), h("span", { class: "quiet" }, said(who))), who.unit?.phone && phoneLink(who.unit.phone));
  return fewOf(inform, row, (rows) => rows, FEW);
}

/** The first of many, and the rest folded. */
function fewOf(items, row, around, most) {
  const rest = items.slice(most);
  return [
    around(items.slice(0, most).map(row)),
    rest.length > 0 && h("details", { class: "more" }, h("summary", {}, t("aff.more", { n: rest.length })), around(rest.map(row))),
  ];
}

/** A closure to set, what it would do, and the button that sets it; one that is set already has none. */
function closure(c, { store, wasSet }) {
  const outcome = h("div", { class: "outcome", role: "status" });
  const button = h("button", { type: "button", class: "danger", on: { click: set } }, t("plan.set"));
  const done = (code) => {
    button.remove();
    fill(outcome, h("p", { class: "done" }, t("close.done", { code })));
  };
  async function set() {
    button.disabled = true;
    try {
      done(await wasSet.set(c.closure, () => shut(c.closure, store)));
    } catch (problem) {
      button.disabled = false;
      fill(outcome, problemBox(problem, set));
    }
  }
  wasSet.known(c.closure).then((code) => code && done(code));
  const [name, roads] = [said(c) || c.closure?.cause || "", (c.roads ?? []).filter((road) => !said(c)?.includes(road))];
  const facts = [...effects(c), roads.join(comma())].filter(Boolean);
  return h("div", { class: "suggested" }, h("div", { class: "suggested-text" }, h("strong", {}, name), facts.map((text) => h("p", { class: "quiet" }, text)), outcome), button);
}
