// Play and pause, the waveform with its slider, the time; and the one loop that follows the sound.

import { byId, clock } from "./dom.js";
import { Waveform } from "./waveform.js";

const STEP = 2; // seconds that an arrow key moves

/**
 * @typedef {import("./player.js").Player} Player
 * @typedef {import("./speech.js").Speech} Speech
 */

export class Transport {
  #player;
  #follow;
  #waveform = new Waveform(byId("wave").querySelector("canvas"));
  #play = byId("play");
  #seek = byId("seek");
  /** @type {Speech | null} */ #speech = null;
  #dragging = false;
  #frame = 0;

  /**
   * @param {Player} player
   * @param {(time: number) => void} follow  is told the time that is heard, at every frame
   */
  constructor(player, follow) {
    this.#player = player;
    this.#follow = follow;
    this.#play.addEventListener("click", () => (player.playing ? player.pause() : player.play()));
    this.#seek.addEventListener("input", () => player.seek(Number(this.#seek.value)));
    this.#seek.addEventListener("pointerdown", () => (this.#dragging = true));
    for (const end of ["pointerup", "pointercancel", "blur"]) {
      this.#seek.addEventListener(end, () => (this.#dragging = false));
    }
    this.#seek.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#onKey(event));
    player.addEventListener("change", () => this.refresh());
    addEventListener("themechange", () => this.refresh());
    new ResizeObserver(() => this.refresh()).observe(byId("wave"));
  }

  /** @param {Speech | null} speech */
  load(speech) {
    this.#speech = speech;
    this.#play.disabled = this.#seek.disabled = speech === null;
    this.refresh();
  }

  /** Show how things are now; goes on by itself while the sound plays. */
  refresh() {
    cancelAnimationFrame(this.#frame);
    const { playing } = this.#player;
    this.#play.classList.toggle("playing", playing);
    const label = playing ? "Pause" : "Play";
    if (this.#play.ariaLabel !== label) this.#play.ariaLabel = label;
    this.#show();
    if (playing) this.#frame = requestAnimationFrame(() => this.refresh());
  }

  #show() {
    const position = this.#player.position;
    const total = this.#speech?.expected ?? 0;
    this.#seek.max = String(Math.max(total, 0.001));
    if (!this.#dragging || this.#player.playing) this.#seek.value = String(position);
    const spoken = `${clock(position, 0)} of ${clock(total, 0)}`;
    if (this.#seek.getAttribute("aria-valuetext") !== spoken) this.#seek.setAttribute("aria-valuetext", spoken);
    byId("time").textContent = clock(position);
    byId("total").textContent = clock(total);
    this.#waveform.draw(this.#speech, position, total);
    this.#follow(position);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const moves = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, PageDown: -10, PageUp: 10 };
    const by = moves[/** @type {keyof typeof moves} */ (event.key)];
    if (by === undefined) return;
    event.preventDefault();
    this.#player.seek(this.#player.position + by);
  }
}
