// Small helpers: text always goes in as text.

/** An element with attributes, listeners (`onclick`) and children; strings become text nodes. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** `{name}` places filled in; numbers as the page's language writes them. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? value.toLocaleString(document.documentElement.lang) : value;
  });
}

/** What the page says through scripts (parts/texts.html). */
export function texts() {
  const source = document.getElementById("texts");
  return source ? JSON.parse(source.textContent) : {};
}

/** Tell people who do not see the change. */
export function say(message) {
  const place = document.getElementById("said");
  if (place) place.textContent = message;
}

/** Runs the last call after `wait_ms` of quiet. */
export function calm(wait_ms, run) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...given), wait_ms);
  };
}

/** Fetches where only the newest question counts: asking again aborts the one before. */
export class Newest {
  #controller = null;

  /** The parsed JSON, or text with `as: "text"`; null when a newer question came; throws when it failed. */
  async ask(url, { as = "json", headers = {} } = {}) {
    this.stop();
    const controller = new AbortController();
    this.#controller = controller;
    try {
      const answer = await fetch(url, { signal: controller.signal, headers, credentials: "same-origin" });
      if (!answer.ok) throw new Error(`${answer.status} ${url}`);
      return await answer[as]();
    } catch (error) {
      if (controller.signal.aborted) return null;
      throw error;
    }
  }

  stop() {
    this.#controller?.abort();
  }
}
