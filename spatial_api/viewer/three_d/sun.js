/** @module sun  Where the sun stands over a place at a moment of the city's day. */
import { sunPosition } from "../vendor/three-tiles/three-tiles.mjs";

const RADIANS = Math.PI / 180;

/**
 * The direction to the sun as east, north and up; below the horizon up is negative.
 * @param {Date} moment
 * @param {[number, number]} place  longitude and latitude
 * @returns {[number, number, number]}
 */
export function toSun(moment, [lon, lat]) {
  const { altitude, azimuth } = sunPosition(moment, lat, lon);
  const flat = Math.cos(altitude * RADIANS);
  return [flat * Math.sin(azimuth * RADIANS), flat * Math.cos(azimuth * RADIANS), Math.sin(altitude * RADIANS)];
}

/**
 * The moment at which clocks of a time zone show a time of a day.
 * @param {string} day  as 2026-06-21
 * @param {number} minutes  since midnight
 * @param {string} zone  as Asia/Shanghai
 */
export function momentOf(day, minutes, zone) {
  const shown = Date.parse(`${day}T00:00:00Z`) + minutes * 60_000;
  const { day: there, minutes: past } = clockOf(new Date(shown), zone);
  return new Date(2 * shown - Date.parse(`${there}T00:00:00Z`) - past * 60_000);
}

/**
 * What clocks of a time zone show: the day, and the minutes since midnight.
 * @param {Date} moment
 * @param {string} zone
 */
export function clockOf(moment, zone) {
  const numbers = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...numbers }).formatToParts(moment);
  const { year, month, day, hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return { day: `${year}-${month}-${day}`, minutes: 60 * Number(hour) + Number(minute) };
}
