// The captions as they will really look: single frames that the server draws with libass.

import { blob } from "./api.js";
import { byId } from "./dom.js";

const SETTLE = 120; // milliseconds without a change before a frame is asked for
const PACE = 400; // milliseconds between frames while playing

/** @typedef {{style: string, font_size: number, width: number, height: number}} Look */

export class Preview {
  #frame = byId("frame");
  #image = byId("preview");
  /** @type {string | null} */ #id = null;
  /** @type {AbortController | null} */ #request = null;
  #timer = 0;
  #last = 0;
  #shown = "";
  /** The newest wish, put off because a frame is under way. @type {(() => void) | null} */ #later = null;

  /**
   * Start over without a picture.
   * @param {string} hint  to show instead
   */
  clear(hint) {
    this.#id = null;
    this.#cancel();
    this.#shown = "";
    this.#image.hidden = true;
    byId("frame-hint").hidden = false;
    byId("frame-hint").innerText = hint;
  }

  /** The speech can be drawn from now on. @param {string} id */
  ready(id) {
    this.#id = id;
  }

  /**
   * Something was changed by hand: draw when it has settled, and forget frames asked for before.
   * @param {Look} look @param {number} at seconds @param {string} description for those who do not see it
   */
  settle(look, at, description) {
    this.#frame.classList.toggle("tall", look.height > look.width);
    if (this.#id === null) return;
    this.#cancel();
    this.#timer = setTimeout(() => this.#draw(look, at, description), SETTLE);
  }

  /** The sound moved on: a frame when the last one is there, at most one every 400 ms. Arguments as above. */
  step(/** @type {Look} */ look, /** @type {number} */ at, /** @type {string} */ description) {
    if (this.#id === null) return;
    const draw = () => this.#draw(look, at, description);
    const wait = this.#last + PACE - performance.now();
    if (this.#request) this.#later = draw;
    else {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(draw, Math.max(wait, 0));
    }
  }

  #cancel() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#request = null;
    this.#later = null;
    this.#busy(false);
  }

  /** @param {Look} look @param {number} at @param {string} description */
  async #draw(look, at, description) {
    const query = new URLSearchParams({ style: look.style, font_size: String(look.font_size), at: at.toFixed(3) });
    const path = `v1/speech/${this.#id}/preview.png?${query}`;
    if (path === this.#shown) return;
    const request = (this.#request = new AbortController());
    this.#last = performance.now();
    this.#busy(true);
    try {
      this.#put(await blob(path, request.signal), description);
      this.#shown = path;
    } catch (error) {
      if (request.signal.aborted) return;
      this.#fail(/** @type {Error} */ (error));
    }
    if (this.#request !== request) return;
    this.#request = null;
    this.#busy(false);
    const next = this.#later;
    this.#later = null;
    if (next) this.#timer = setTimeout(next, Math.max(this.#last + PACE - performance.now(), 0));
  }

  /** @param {Blob} picture @param {string} description */
  #put(picture, description) {
    const old = this.#image.src;
    this.#image.src = URL.createObjectURL(picture);
    if (old) URL.revokeObjectURL(old);
    this.#image.alt = description;
    this.#image.hidden = false;
    byId("frame-hint").hidden = true;
  }

  /** @param {Error} error */
  #fail(error) {
    this.#image.hidden = true;
    byId("frame-hint").hidden = false;
    byId("frame-hint").textContent = `No preview: ${error.message}`;
  }

  /** @param {boolean} busy */
  #busy(busy) {
    this.#frame.setAttribute("aria-busy", String(busy));
    byId("frame-busy").hidden = !busy;
  }
}
