/** @module store  What the parts of the page share: values by name, and who is told when one changes. */

/**
 * @typedef {object} Store
 * @property {(key: string) => any} get
 * @property {(values: Record<string, any>) => void} set  tells the listeners of every value that changed
 * @property {(key: string, fn: (value: any) => void) => () => void} on  returns the way to stop
 */

/**
 * A store with these values at first.
 * @param {Record<string, any>} initial
 * @returns {Store}
 */
export function createStore(initial) {
  const values = { ...initial };
  /** @type {Map<string, Set<(value: any) => void>>} */
  const listeners = new Map();
  return {
    get: (key) => values[key],
    set(next) {
      const changed = Object.keys(next).filter((key) => next[key] !== values[key]);
      Object.assign(values, next);
      for (const key of changed) for (const fn of listeners.get(key) ?? []) fn(values[key]);
    },
    on(key, fn) {
      if (!listeners.has(key)) listeners.set(key, new Set());
      listeners.get(key).add(fn);
      return () => listeners.get(key).delete(fn);
    },
  };
}

/**
 * A value that the browser remembers, or `otherwise` where it remembers nothing (or may not).
 * @param {string} key
 * @param {any} otherwise
 */
export function recall(key, otherwise) {
  try {
    const text = localStorage.getItem(`citybase.${key}`);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise; // storage is blocked or holds something else: the page works without it
  }
}

/**
 * Has the browser remember a value.
 * @param {string} key
 * @param {any} value
 */
export function remember(key, value) {
  try {
    localStorage.setItem(`citybase.${key}`, JSON.stringify(value));
  } catch {
    // storage is blocked or full: the choice holds until the page is closed
  }
}
