/** @module api  The server's answers, or a `Problem` that says in words what went wrong. */

/** What the server (or the network) objects to, as in RFC 9457. */
export class Problem extends Error {
  /**
   * @param {number} status  0 where the server was not reached
   * @param {string} title
   * @param {string} [detail]
   */
  constructor(status, title, detail = "") {
    super(detail ? `${title}: ${detail}` : title);
    this.name = "Problem";
    this.status = status;
    this.title = title;
    this.detail = detail;
  }
}

/**
 * The JSON at an address.
 * @param {string} path
 * @param {AbortSignal} [signal]
 */
export function get(path, signal) {
  return ask(path, { signal, headers: { accept: "application/json" } });
}

/**
 * The JSON answer to a question asked as JSON.
 * @param {string} path
 * @param {object} body
 * @param {AbortSignal} [signal]
 */
export function post(path, body, signal) {
  const headers = { accept: "application/json", "content-type": "application/json" };
  return ask(path, { method: "POST", signal, headers, body: JSON.stringify(body) });
}

/**
 * Has the server remove what is at an address.
 * @param {string} path
 */
export function remove(path) {
  return ask(path, { method: "DELETE", headers: { accept: "application/json" } });
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "", String(error.message ?? error));
  }
  const text = await response.text();
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    if (response.ok) throw new Problem(response.status, `${path}`, text.slice(0, 200));
  }
  if (response.ok) return answer;
  const detail = typeof answer?.detail === "string" ? answer.detail : answer?.detail ? JSON.stringify(answer.detail) : "";
  throw new Problem(response.status, answer?.title ?? `${response.status} ${response.statusText}`, detail);
}

/**
 * Runs only the newest of several calls: each call aborts the one before it.
 *
 * The function given gets the arguments and, last, an AbortSignal. A call that was overtaken
 * resolves to `undefined`.
 * @template T
 * @param {(...args: any[]) => Promise<T>} fn
 * @returns {((...args: any[]) => Promise<T|undefined>) & {cancel: () => void}}
 */
export function newest(fn) {
  let controller = new AbortController();
  const call = async (...args) => {
    controller.abort();
    const mine = (controller = new AbortController());
    try {
      const answer = await fn(...args, mine.signal);
      return mine.signal.aborted ? undefined : answer;
    } catch (error) {
      if (mine.signal.aborted) return undefined;
      throw error;
    }
  };
  call.cancel = () => controller.abort();
  return call;
}
