// Draws the loudness of a speech as bars, the part already heard in colour. While the speech is still
// arriving, the rest of the width is a dotted line.

import { PEAKS_PER_SECOND } from "./speech.js";

const BAR = 3;
const GAP = 2;

/** @typedef {import("./speech.js").Speech} Speech */

export class Waveform {
  #canvas;
  #pen;
  /** Bar heights 0 to 1; made anew when the speech or the width changes. */
  #bars = new Float32Array(0);
  #known = "";

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  }

  /**
   * @param {Speech | null} speech
   * @param {number} position  seconds heard
   * @param {number} total  seconds that the full width stands for
   */
  draw(speech, position, total) {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const ratio = devicePixelRatio || 1;
    if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
    }
    const pen = this.#pen;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const count = Math.floor(width / (BAR + GAP));
    this.#measure(speech, count, total);
    const style = getComputedStyle(this.#canvas);
    const quiet = style.color;
    const loud = style.getPropertyValue("accent-color");
    const heard = total > 0 ? (position / total) * count : 0;
    for (let bar = 0; bar < count; bar++) {
      const size = this.#bars[bar];
      const tall = size < 0 ? 2 : Math.max(3, size * (height - 8));
      pen.fillStyle = size >= 0 && bar < heard ? loud : quiet;
      pen.globalAlpha = size < 0 ? 0.35 : bar < heard ? 1 : 0.55;
      pen.beginPath();
      pen.roundRect(bar * (BAR + GAP), (height - tall) / 2, BAR, tall, BAR / 2);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }

  /** -1 stands for what has not arrived. @param {Speech | null} speech @param {number} count @param {number} total */
  #measure(speech, count, total) {
    const known = `${speech?.id} ${speech?.length} ${count} ${total}`;
    if (known === this.#known) return;
    this.#known = known;
    this.#bars = new Float32Array(count).fill(-1);
    if (!speech || total <= 0) return;
    const perSecond = count / total;
    speech.peaks.forEach((peaks, index) => {
      const start = speech.chunks[index].first / speech.sampleRate;
      for (let slot = 0; slot < peaks.length; slot++) {
        const bar = Math.min(Math.floor((start + slot / PEAKS_PER_SECOND) * perSecond), count - 1);
        // The root lets quiet parts be seen; speech lives mostly there.
        this.#bars[bar] = Math.max(this.#bars[bar], Math.sqrt(peaks[slot] / 255));
      }
    });
  }
}
