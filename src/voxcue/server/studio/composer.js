// The text and how to speak it, apart from the voice: speed, audio format, seed.

import { byId } from "./dom.js";

const SAMPLE =
  "Doors open at 7:30 p.m. on March 3rd — tickets are $3.50, and children under 12 get in free. " +
  "Dr. Ada Quill reads from “1,024 Reasons to Count in Twos”. After the break, Henry VIII sings. Really!";

export class Composer {
  #text = byId("text");
  #speed = byId("speed");
  #seed = byId("seed");
  #format = byId("format");
  #limit = Infinity;

  /** @param {() => void} changed */
  constructor(changed) {
    this.#text.addEventListener("input", () => this.#showCount());
    this.#speed.addEventListener("input", () => this.#showSpeed());
    byId("composer").addEventListener("input", changed);
  }

  get settings() {
    return {
      text: this.#text.value,
      speed: Number(this.#speed.value),
      seed: Math.max(0, Math.trunc(Number(this.#seed.value)) || 0),
      format: this.#format.value,
    };
  }

  /** @param {{text: string | null, speed: number | null, seed: number | null, format: string | null}} wanted */
  fill({ text, speed, seed, format }) {
    this.#text.value = text ?? (this.#text.value || SAMPLE);
    this.#speed.value = String(speed ?? 1);
    this.#seed.value = String(seed ?? 0);
    const known = [...this.#format.options].some(({ value }) => value === format);
    this.#format.value = known ? format : "wav";
    this.#showCount();
    this.#showSpeed();
  }

  /** The range that the engine has. @param {[number, number]} speeds */
  set speeds([slowest, fastest]) {
    this.#speed.min = String(slowest);
    this.#speed.max = String(fastest);
    this.#showSpeed(); // the browser may have moved the value into the range
  }

  /** Longest text that the server takes, in characters. @param {number} limit */
  set limit(limit) {
    this.#limit = limit;
    this.#showCount();
  }

  /** @param {boolean} wrong whether the text is what an error is about: then it is where to go on */
  mark(wrong) {
    if (!wrong) return this.#text.removeAttribute("aria-invalid");
    this.#text.setAttribute("aria-invalid", "true");
    this.#text.focus();
  }

  #showCount() {
    const length = [...this.#text.value].length; // code points, as the server counts
    const of = Number.isFinite(this.#limit) ? ` of ${this.#limit.toLocaleString("en")}` : "";
    byId("count").textContent = `${length.toLocaleString("en")}${of} characters`;
    this.#text.removeAttribute("aria-invalid");
    if (length > this.#limit) this.#text.setAttribute("aria-invalid", "true");
  }

  #showSpeed() {
    byId("speed-value").textContent = `${Number(this.#speed.value).toFixed(2)}×`;
  }
}
