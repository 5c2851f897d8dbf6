// The few lines between the modules and the document. Text goes in as text, never as markup.

/**
 * @param {string} id
 * @returns {any} the element, which must be there
 */
export const byId = (id) => document.getElementById(id);

/**
 * Make an element: `el("a", {href, class: "x"}, "text", child)`.
 * @param {string} tag
 * @param {Record<string, any>} attributes  `true` sets it empty; `null` and `false` leave it out
 * @param {...(Node | string)} children
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** An icon drawn as one path on a 24 by 24 grid. @param {string} path */
export function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(space, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** Seconds as people read them: "3:07.4", or "3:07" with `digits` 0. @param {number} seconds */
export function clock(seconds, digits = 1) {
  const unit = 10 ** digits;
  const whole = Math.floor(seconds * unit + 1e-6) / unit;
  const minutes = Math.floor(whole / 60);
  return `${minutes}:${(whole - minutes * 60).toFixed(digits).padStart(digits ? digits + 3 : 2, "0")}`;
}

/** Put a text on the clipboard; the old way where the page is not in a secure context. @param {string} text */
export async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = el("textarea", { class: "hidden" });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copying was refused");
}

/**
 * Show on a button, for a moment, that it did its work.
 * @param {HTMLButtonElement} button
 * @param {() => Promise<void>} work
 */
export async function withFeedback(button, work, done = "Copied") {
  const label = (button.dataset.label ??= button.textContent ?? "");
  try {
    await work();
    button.textContent = done;
    announce(done);
  } catch {
    button.textContent = "The browser did not allow it";
  }
  setTimeout(() => (button.textContent = label), 2000);
}

/** Say something to a screen reader when it has a moment. @param {string} text */
export function announce(text) {
  byId("live").textContent = text;
}
