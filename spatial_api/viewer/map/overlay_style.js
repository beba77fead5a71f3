/** @module paints  How the answers look on the map in each theme. */

const COLOURS = {
  light: { accent: "#1f5fe0", hot: "#e0731d", hit: "#e0731d", paper: "#ffffff", plan: "#7a2fc4", shut: "#c8252c" },
  dark: { accent: "#4fd2ff", hot: "#ffb02e", hit: "#ffb02e", paper: "#0a1424", plan: "#c79bff", shut: "#ff6b70" },
};
COLOURS.wall = COLOURS.dark;

/** The bands of reach from the soonest on: far apart in lightness too, for eyes that tell few colours apart. */
const BANDS = {
  light: ["#4b2a9d", "#9c2f86", "#cf4a55", "#e07b2e", "#c79a12", "#8a8f1c"],
  dark: ["#b39bff", "#ee8bd6", "#ff8f86", "#ffb461", "#f3da6b", "#d8ee9a"],
};
BANDS.wall = BANDS.dark;

/** The colour of a band of reach. @param {"light"|"dark"|"wall"} theme @param {number} band  0 for the soonest */
export const bandColour = (theme, band) => BANDS[theme][Math.min(band, BANDS[theme].length - 1)];

/** A little above the same building of the style, so that the highlight is what one sees. */
const HEIGHT_M = ["+", 0.5, ["coalesce", ["get", "height_m"], ["*", 3, ["coalesce", ["get", "floors"], 2]]]];

const LIT = ["boolean", ["feature-state", "lit"], false];
const kind = (k) => ["==", ["geometry-type"], k];
const how = (h) => ["==", ["get", "how"], h];
const BOLD = { "text-font": ["citybase Bold", "sans-serif"], "text-allow-overlap": true, "text-ignore-placement": true };

/** Lines to candidates: thin as the crow flies, broad along roads, dotted from the road to the door. */
function lines(name, colour, c) {
  const round = { "line-cap": "round", "line-join": "round" };
  const width = (straight, road) => ["case", how("road"), road, straight];
  return [
    { id: `cb-${name}-casing`, type: "line", layout: round, filter: how("road"), paint: { "line-color": c.paper, "line-width": 6.5, "line-opacity": 0.85 } },
    { id: `cb-${name}`, type: "line", layout: round, filter: ["!", how("gap")], paint: { "line-color": colour, "line-width": width(1.6, 3.6), "line-opacity": 0.8 } },
    { id: `cb-${name}-gap`, type: "line", filter: how("gap"), paint: { "line-color": colour, "line-width": 1.6, "line-dasharray": [1, 1.5] } },
    {
      id: `cb-${name}-lit`, type: "line", layout: round, filter: ["!", how("gap")],
      paint: { "line-color": c.hot, "line-width": width(3.5, 5), "line-opacity": ["case", LIT, 1, 0] },
    },
  ];
}

/** Discs with the rank of a candidate. */
function discs(name, colour, c) {
  return [
    {
      id: `cb-${name}`, type: "circle",
      paint: {
        "circle-radius": ["case", LIT, 12, 9.5],
        "circle-color": ["case", LIT, c.hot, colour],
        "circle-stroke-color": c.paper, "circle-stroke-width": 2,
      },
    },
    { id: `cb-${name}-number`, type: "symbol", layout: { "text-field": ["get", "rank"], "text-size": 11, ...BOLD }, paint: { "text-color": c.paper } },
  ];
}

/** Bands of reach, the later ones drawn first, with their minutes along their edges. */
function reach(theme, c) {
  const colour = ["match", ["get", "band"], ...BANDS[theme].flatMap((value, band) => [band, value]), BANDS[theme].at(-1)];
  return [
    { id: "cb-reach-fill", type: "fill", paint: { "fill-color": colour, "fill-opacity": theme === "light" ? 0.24 : 0.2 } },
    { id: "cb-reach-edge", type: "line", paint: { "line-color": colour, "line-width": 1.6, "line-opacity": 0.9 } },
    {
      id: "cb-reach-label", type: "symbol",
      layout: { "symbol-placement": "line", "symbol-spacing": 420, "text-field": ["get", "label"], "text-size": 11.5, "text-font": BOLD["text-font"] },
      paint: { "text-color": colour, "text-halo-color": c.paper, "text-halo-width": 2 },
    },
  ];
}

/** A shape with an edge of dashes. */
function shape(name, colour, opacity) {
  return [
    { id: `cb-${name}-fill`, type: "fill", filter: kind("Polygon"), paint: { "fill-color": colour, "fill-opacity": opacity } },
    { id: `cb-${name}-edge`, type: "line", filter: ["!", kind("Point")], paint: { "line-color": colour, "line-width": 1.8, "line-dasharray": [3, 2] } },
  ];
}

/**
 * The style layers of the overlays in a theme, by overlay; `towers` are those of the affected buildings.
 * @param {"light"|"dark"|"wall"} theme
 * @returns {Record<string, Array<any>>}
 */
export function paints(theme) {
  const c = COLOURS[theme];
  return {
    affected: [
      { id: "cb-affected-fill", type: "fill", filter: kind("Polygon"), paint: { "fill-color": c.hit, "fill-opacity": 0.32 } },
      { id: "cb-affected-edge", type: "line", filter: kind("Polygon"), paint: { "line-color": c.hit, "line-width": 0.8 } },
    ],
    towers: [
      {
        id: "cb-towers", type: "fill-extrusion", minzoom: 15, filter: kind("Polygon"),
        paint: { "fill-extrusion-color": c.hit, "fill-extrusion-height": HEIGHT_M, "fill-extrusion-opacity": 0.9 },
      },
    ],
    reach: reach(theme, c),
    range: shape("range", c.accent, 0.07),
    "plan-area": [
      ...shape("plan-area", c.hit, 0.12),
      { id: "cb-plan-shut", type: "line", filter: ["==", ["get", "shut"], true], paint: { "line-color": c.shut, "line-width": 2.5 } },
    ],
    draft: [
      ...shape("draft", c.shut, 0.12),
      { id: "cb-draft-points", type: "circle", filter: kind("Point"), paint: { "circle-radius": 4, "circle-color": c.shut, "circle-stroke-color": c.paper, "circle-stroke-width": 1.5 } },
    ],
    lines: lines("lines", c.accent, c),
    "plan-lines": lines("plan-lines", c.plan, c),
    candidates: discs("candidates", c.accent, c),
    "plan-points": [
      {
        id: "cb-plan-places", type: "circle", filter: ["!", ["has", "rank"]],
        paint: { "circle-radius": 6, "circle-color": c.hit, "circle-stroke-color": c.paper, "circle-stroke-width": 2 },
      },
      ...discs("plan-points", c.plan, c).map((layer) => ({ ...layer, filter: ["has", "rank"] })),
    ],
    point: [
      { id: "cb-point-halo", type: "circle", paint: { "circle-radius": 15, "circle-color": c.accent, "circle-opacity": 0.22 } },
      { id: "cb-point", type: "circle", paint: { "circle-radius": 6, "circle-color": c.accent, "circle-stroke-color": c.paper, "circle-stroke-width": 2.5 } },
    ],
  };
}
