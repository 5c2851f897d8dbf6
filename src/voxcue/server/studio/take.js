// One recording for a new voice: a file that was chosen or dropped, or a take from the microphone.

import { ApiError } from "./api.js";
import { byId, clock } from "./dom.js";
import { canRecord, Recorder } from "./recorder.js";

export class Take {
  /** What is there to send. @type {File | null} */
  recording = null;
  #failed;
  #button = byId("record");
  #level = byId("level");
  #note = byId("chosen");
  #audio = byId("take");
  /** @type {Recorder | null} */ #recorder = null;

  /** @param {(error: unknown) => void} failed */
  constructor(failed) {
    this.#failed = failed;
    const input = byId("voice-file");
    input.addEventListener("change", () => input.files[0] && this.#set(input.files[0]));
    this.#acceptDrops(byId("drop"));
    this.#button.addEventListener("click", () => (this.#recorder ? this.stop() : this.#start()));
    if (!canRecord()) {
      this.#button.disabled = true;
      this.#note.textContent = "Browsers allow the microphone only on https: pages and on this machine.";
    }
  }

  clear() {
    this.recording = null;
    this.#audio.hidden = true;
    this.#note.textContent = "No recording yet.";
  }

  /** @param {HTMLElement} area */
  #acceptDrops(area) {
    const over = (/** @type {DragEvent} */ event, /** @type {boolean} */ inside) => {
      event.preventDefault();
      area.classList.toggle("over", inside);
    };
    area.addEventListener("dragover", (event) => over(event, true));
    area.addEventListener("dragleave", (event) => over(event, false));
    area.addEventListener("drop", (event) => {
      over(event, false);
      const file = event.dataTransfer?.files[0];
      if (file) this.#set(file);
    });
  }

  async #start() {
    try {
      this.#recorder = await Recorder.start((level, seconds) => {
        this.#level.value = level;
        this.#note.textContent = clock(seconds);
      });
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      const hint = "Allow this page to use the microphone, or choose a file.";
      this.#failed(new ApiError({ code: "microphone-refused", message: `There is no microphone: ${message}.`, hint }));
      return;
    }
    this.#show(true);
  }

  /** End the take, if one is running. */
  async stop() {
    const recorder = this.#recorder;
    if (!recorder) return;
    this.#recorder = null;
    this.#show(false);
    this.#set(new File([await recorder.stop()], "microphone.wav", { type: "audio/wav" }));
  }

  /** @param {boolean} recording */
  #show(recording) {
    this.#button.textContent = recording ? "Stop recording" : "Record";
    this.#button.classList.toggle("recording", recording);
    this.#level.hidden = !recording;
  }

  /** @param {File} file */
  #set(file) {
    this.recording = file;
    if (this.#audio.src) URL.revokeObjectURL(this.#audio.src);
    this.#audio.src = URL.createObjectURL(file);
    this.#audio.hidden = false;
    this.#audio.setAttribute("aria-label", "The new recording");
    this.#note.textContent = file.name;
    if (!byId("voice-name").value && file.name !== "microphone.wav") {
      byId("voice-name").value = file.name.replace(/\.[^.]*$/, "").slice(0, 64);
    }
  }
}
