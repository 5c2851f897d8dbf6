// Choosing the look of the captions: style, shape and type size.

import { byId, el } from "./dom.js";

const VERTICAL = "-vertical";

/** @typedef {{name: string, width: number, height: number, font_size: number, default: boolean}} Style */

export class Looks {
  #changed;
  /** @type {Style[]} */ #styles = [];
  #size = byId("font-size");

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
    for (const id of ["looks", "shapes"]) {
      byId(id).addEventListener("change", () => {
        // A size is right for one picture only: another style starts from its own.
        this.#resize(null);
        changed();
      });
    }
    this.#size.addEventListener("input", () => {
      this.#showSize();
      changed();
    });
  }

  /** @param {Style[]} styles @param {{style: string | null, fontSize: number | null}} wanted */
  fill(styles, wanted) {
    this.#styles = styles;
    const usual = styles.find((style) => style.default) ?? styles[0];
    const chosen = styles.find((style) => style.name === wanted.style) ?? usual;
    const [look, shape] = split(chosen.name);
    const looks = [...new Set(styles.map((style) => split(style.name)[0]))];
    byId("looks").replaceChildren(...looks.map((name) => radio("look", name, capital(name), name === look)));
    const shapes = [
      ["", "Landscape"],
      [VERTICAL, "Vertical"],
    ].filter(([end]) => styles.some((style) => split(style.name)[1] === end));
    byId("shapes").replaceChildren(...shapes.map(([end, name]) => radio("shape", end, name, end === shape)));
    this.#resize(wanted.fontSize);
    this.#changed();
  }

  /** The chosen style, or null as long as none is known. @returns {Style | null} */
  get style() {
    const look = /** @type {any} */ (document.querySelector("[name=look]:checked"))?.value ?? "";
    const shape = /** @type {any} */ (document.querySelector("[name=shape]:checked"))?.value ?? "";
    const named = (/** @type {string} */ name) => this.#styles.find((style) => style.name === name);
    return named(look + shape) ?? named(look) ?? null;
  }

  /** What the server is asked for. @returns {import("./preview.js").Look | null} */
  get look() {
    const style = this.style;
    return style && { style: style.name, font_size: Number(this.#size.value), width: style.width, height: style.height };
  }

  /** Whether the type has another size than the style's own. */
  get resized() {
    return this.style !== null && Number(this.#size.value) !== this.style.font_size;
  }

  /** @param {number | null} size  null is the style's own */
  #resize(size) {
    const own = this.style?.font_size ?? 88;
    this.#size.min = String(Math.max(24, Math.round(own / 4) * 2)); // 24 to 300 is what the server takes
    this.#size.max = String(Math.min(300, Math.round(own * 0.8) * 2));
    this.#size.value = String(size ?? own);
    this.#showSize();
  }

  #showSize() {
    const share = Math.round((Number(this.#size.value) / (this.style?.font_size ?? 88)) * 100);
    byId("font-size-value").textContent = `${this.#size.value} px · ${share} %`;
  }
}

/** @param {string} name @returns {[string, string]} the look and the end that says its shape */
const split = (name) => (name.endsWith(VERTICAL) ? [name.slice(0, -VERTICAL.length), VERTICAL] : [name, ""]);

/** @param {string} name */
const capital = (name) => name.charAt(0).toUpperCase() + name.slice(1);

/** @param {string} group @param {string} value @param {string} label @param {boolean} checked */
const radio = (group, value, label, checked) =>
  el("label", {}, el("input", { type: "radio", name: group, value, checked }), label);
