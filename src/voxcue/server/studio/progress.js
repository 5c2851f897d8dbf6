// How far a run is: the bar, the button that stops it, and a word now and then for screen readers.

import { announce, byId } from "./dom.js";

const QUIET = 5000; // milliseconds between announcements of segments

export class Progress {
  #bar = byId("progress");
  #note = byId("progress-note");
  #spoke = 0;

  begin() {
    byId("progress-row").hidden = false;
    byId("speak").classList.add("stop");
    byId("speak-label").textContent = "Stop";
    this.#spoke = performance.now(); // a short text is done before anything needs to be said
    this.#set(0, 1, "Starting…");
    this.#bar.removeAttribute("aria-valuenow"); // how far is not known yet
  }

  /** @param {number} done @param {number} count segments */
  step(done, count) {
    this.#set(done, count, `${done} of ${count}`);
    if (performance.now() - this.#spoke < QUIET) return;
    this.#spoke = performance.now();
    announce(`Segment ${done} of ${count}`);
  }

  /** @param {string} note  how it ended; "" hides the bar, as the problem is shown elsewhere */
  end(note) {
    this.#note.textContent = note;
    if (note) announce(note);
    else byId("progress-row").hidden = true;
  }

  /** The button speaks again. */
  idle() {
    byId("speak").classList.remove("stop");
    byId("speak-label").textContent = "Speak";
  }

  /** @param {number} done @param {number} count @param {string} note */
  #set(done, count, note) {
    this.#bar.setAttribute("aria-valuemax", String(count));
    this.#bar.setAttribute("aria-valuenow", String(done));
    this.#bar.setAttribute("aria-valuetext", `${done} of ${count} segments`);
    this.#bar.firstElementChild.style.transform = `translateX(${(done / count) * 100 - 100}%)`;
    this.#note.textContent = note;
  }
}
