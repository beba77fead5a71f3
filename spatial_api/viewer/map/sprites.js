/** @module symbols  The markers of the map's sprite sheet, for the page around the map. */
import { get } from "../lib/api.js";
import { h } from "../lib/dom.js";

const SHARP = 2; // pixels of the sheet to the pixel of the page

/** The sheets that were asked for, by theme: where each image lies, and the picture. @type {Map<string, Promise<[any, HTMLImageElement]>>} */
const sheets = new Map();

async function picture(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

function sheetOf(theme) {
  if (!sheets.has(theme)) sheets.set(theme, Promise.all([get(`/sprites/${theme}@${SHARP}x.json`), picture(`/sprites/${theme}@${SHARP}x.png`)]));
  return sheets.get(theme);
}

/**
 * An image of the theme's sprite sheet; it appears as soon as the sheet is there.
 * @param {"light"|"dark"|"wall"} theme
 * @param {string} name  such as `team-plain`
 * @returns {HTMLCanvasElement}
 */
export function marker(theme, name) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  sheetOf(theme).then(
    ([index, sheet]) => {
      const { x, y, width, height } = index[name] ?? index["other-plain"];
      Object.assign(canvas, { width, height });
      canvas.getContext("2d").drawImage(sheet, x, y, width, height, 0, 0, width, height);
    },
    () => sheets.delete(theme), // the words beside it say the same; the next marker asks again
  );
  return canvas;
}
