/** @module card  One card of the panel: a heading that folds it, controls, and a body in one of four states. */
import { fill, h, icon } from "../lib/dom.js";
import { t } from "../lib/i18n.js";
import { recall, remember } from "../lib/store.js";

/**
 * A card whose words follow the page's language. Whether it is unfolded is remembered; the store's `open`
 * (`{card}`) unfolds it and brings it to view.
 * @param {string} id
 * @param {{title: string, sub: string}} keys  of its heading
 * @param {import("../lib/store.js").Store} store
 * @param {{folded?: boolean, onFold?: (open: boolean) => void}} [how]  folded at first; who is told
 */
export function createCard(id, keys, store, { folded = false, onFold = () => {} } = {}) {
  let open = recall(`card.${id}`, !folded);
  const heading = h("span", { class: "card-title" });
  const sub = h("span", { class: "card-sub" });
  const tools = h("div", { class: "card-tools" });
  const body = h("div", { class: "card-body", "aria-live": "polite" });
  const inside = h("div", { class: "card-inside", id: `card-${id}`, hidden: !open }, tools, body);
  const toggle = h(
    "button",
    { type: "button", class: "card-head", "aria-expanded": String(open), "aria-controls": `card-${id}`, on: { click: () => fold(!open) } },
    heading, sub, icon("chevron"),
  );
  const element = h("section", { class: "card", data: { card: id } }, h("h2", {}, toggle), inside);

  function fold(next) {
    if (next === open) return;
    open = next;
    remember(`card.${id}`, open);
    toggle.setAttribute("aria-expanded", String(open));
    inside.hidden = !open;
    onFold(open);
  }
  function words() {
    heading.textContent = t(keys.title);
    sub.textContent = t(keys.sub);
  }
  words();
  store.on("lang", words);
  store.on("open", ({ card }) => {
    if (card !== id) return;
    fold(true);
    element.scrollIntoView({ block: "start" });
  });

  return {
    element,
    tools,
    /** Whether it is unfolded. */
    get open() {
      return open;
    },
    /** Says that an answer is awaited; an answer that is there stays, faded. */
    loading() {
      element.dataset.state = "loading";
      if (!body.childElementCount) fill(body, h("p", { class: "wait" }, t("state.loading")));
    },
    /** Shows an answer. @param {...any} nodes */
    show(...nodes) {
      element.dataset.state = "ready";
      fill(body, nodes);
    },
    /** Shows in words what went wrong. @param {any} problem @param {() => void} retry */
    fail(problem, retry) {
      element.dataset.state = "error";
      fill(body, problemBox(problem, retry));
    },
    /** Empties the card. */
    clear() {
      delete element.dataset.state;
      fill(body);
    },
  };
}

/**
 * What went wrong in words, and a button to try again.
 * @param {any} problem  a `Problem` or another error
 * @param {() => void} retry
 */
export function problemBox(problem, retry) {
  const unreached = problem.status === 0;
  const title = unreached ? t("error.network") : problem.title || problem.message;
  const detail = unreached ? t("error.network.detail") : problem.detail;
  return h(
    "div",
    { class: "problem", role: "alert" },
    h("strong", {}, title),
    detail && h("p", {}, detail),
    h("button", { type: "button", class: "plain", on: { click: retry } }, t("error.retry")),
  );
}
