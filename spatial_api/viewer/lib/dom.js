/** @module dom  Making elements. Text always goes in as text, never as markup. */

/**
 * An element with attributes, listeners and children.
 *
 * `class`, `style` (an object of CSS properties), `on` (an object of listeners) and `data`
 * are understood; `true` sets an empty attribute, `false`, `null` and `undefined` none.
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node|string|number|null|undefined|false|Array<any>)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "on") for (const [type, fn] of Object.entries(value)) element.addEventListener(type, fn);
    else if (key === "style") for (const [name, v] of Object.entries(value)) element.style.setProperty(name, v);
    else if (key === "data") Object.assign(element.dataset, value);
    else if (key === "value" || key === "checked" || key === "disabled") element[key] = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/**
 * Replaces everything inside an element.
 * @param {Element} element
 * @param {...any} children
 */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

/**
 * Replaces everything inside an element; what had the focus and is there again (by its id) keeps it.
 * @param {Element} element
 * @param {...any} children
 */
export function refill(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  fill(element, ...children);
  if (focused) document.getElementById(focused)?.focus();
}

/**
 * A choice of one among a few, shown side by side.
 * @param {string} id
 * @param {string} label
 * @param {Array<[string, string]>} options  values with their words
 * @param {string} value  the one chosen
 * @param {(value: string) => void} change
 */
export function segments(id, label, options, value, change) {
  const one = ([key, words]) =>
    h("label", {}, h("input", { type: "radio", name: id, id: `${id}-${key}`, value: key, checked: key === value, on: { change: () => change(key) } }), h("span", {}, words));
  return h("div", { class: "segments", id, role: "radiogroup", "aria-label": label }, options.map(one));
}

/**
 * A list to choose from.
 * @param {string} id
 * @param {string} label
 * @param {Array<[string, string]>} options  values with their words
 * @param {string} value  the one chosen
 * @param {(value: string) => void} change
 */
export function choice(id, label, options, value, change) {
  const one = ([key, words]) => h("option", { value: key, selected: key === value }, words);
  return h("select", { id, "aria-label": label, title: label, on: { change: (event) => change(event.target.value) } }, options.map(one));
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * A line icon for buttons, hidden from screen readers.
 * @param {keyof typeof PATHS} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

const PATHS = {
  layers: "M12 4 3 9l9 5 9-5zM3 14l9 5 9-5",
  cube: "M12 3 4 7.5v9L12 21l8-4.5v-9zM4 7.5 12 12l8-4.5M12 12v9",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2",
  screen: "M3 5h18v11H3zM8.5 20h7M12 16v4",
  moon: "M20 14.5A8 8 0 1 1 9.5 4a6.5 6.5 0 0 0 10.5 10.5z",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  compass: "M12 3l4 9h-8zM8 12l4 9 4-9",
  home: "M4 11l8-7 8 7M6 10v10h12V10",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  close: "M6 6l12 12M18 6 6 18",
  chevron: "M6 9l6 6 6-6",
  target: "M12 7a5 5 0 1 0 0 10 5 5 0 0 0 0-10zM12 2v4M12 18v4M2 12h4M18 12h4",
  shut: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM7.5 12h9",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM20 20l-4.8-4.8",
  phone: "M6 3h3l2 5-2.5 2a12 12 0 0 0 5.5 5.5l2-2.5 5 2v3a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z",
};
