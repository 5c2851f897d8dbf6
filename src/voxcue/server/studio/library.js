// The dialog of the user's own voices: hear them, delete them, add one by file or by microphone.

import { ApiError, blob, json, request } from "./api.js";
import { announce, byId, clock, el, icon } from "./dom.js";
import { clearProblem, showProblem } from "./problems.js";
import { Take } from "./take.js";

const PLAY = "M8 5.5v13l11-6.5z";
const DELETE = "M5 7h14M10 4h4M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5";

/** @typedef {import("./voices.js").Voice} Voice */

export class Library {
  #changed;
  #dialog = byId("library");
  #problem = byId("library-problem");
  #name = byId("voice-name");
  #take = new Take((error) => showProblem(this.#problem, error));

  /** @param {() => Promise<Voice[]>} changed  reads the voices anew, and is told when they changed */
  constructor(changed) {
    this.#changed = changed;
    byId("open-library").addEventListener("click", () => this.#open());
    byId("close-library").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => {
      this.#take.stop();
      for (const audio of this.#dialog.querySelectorAll("audio")) audio.pause();
    });
    byId("add-voice").addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#attempt(() => this.#add());
    });
  }

  #open() {
    clearProblem(this.#problem);
    this.#dialog.showModal();
    this.#attempt(() => this.#refresh());
  }

  /** @param {() => Promise<void>} work */
  async #attempt(work) {
    clearProblem(this.#problem);
    try {
      await work();
    } catch (error) {
      showProblem(this.#problem, error);
    }
  }

  async #refresh() {
    const own = (await this.#changed()).filter((voice) => voice.kind === "reference");
    const rows = own.map((voice) => this.#row(voice));
    byId("own-voices").replaceChildren(...(rows.length ? rows : [el("li", { class: "empty" }, "None yet.")]));
  }

  /** @param {Voice} voice */
  #row(voice) {
    const button = (/** @type {string} */ label, /** @type {string} */ path, /** @type {() => Promise<void>} */ work) => {
      const made = el("button", { type: "button", class: "quiet round", "aria-label": `${label} ${voice.name}` }, icon(path));
      made.addEventListener("click", () => this.#attempt(work));
      return made;
    };
    const facts = [voice.duration !== null && clock(voice.duration), voice.transcript].filter(Boolean).join(" · ");
    return el(
      "li",
      {},
      button("Listen to", PLAY, () => this.#listen(voice)),
      el("span", { class: "about" }, voice.name, el("small", {}, facts)),
      button("Delete", DELETE, () => this.#remove(voice)),
    );
  }

  /** @param {Voice} voice */
  async #listen({ name }) {
    const audio = byId("listen");
    const recording = await blob(`v1/voices/${encodeURIComponent(name)}/audio`);
    if (audio.src) URL.revokeObjectURL(audio.src);
    audio.src = URL.createObjectURL(recording);
    audio.hidden = false;
    audio.setAttribute("aria-label", `Recording of ${name}`);
    await audio.play();
  }

  /** @param {Voice} voice */
  async #remove({ name }) {
    if (!confirm(`Delete the voice "${name}"? Its recording is deleted from the server.`)) return;
    await request(`v1/voices/${encodeURIComponent(name)}`, { method: "DELETE" });
    byId("listen").hidden = true;
    await this.#refresh();
    byId("close-library").focus(); // the button that had the focus is gone
    announce(`${name} was deleted.`);
  }

  async #add() {
    await this.#take.stop();
    const { recording } = this.#take;
    const name = this.#name.value.trim();
    this.#name.setAttribute("aria-invalid", String(!name));
    if (!recording) throw missing("recording", "There is no recording yet.", "Choose a file or record one.", byId("record"));
    if (!name) throw missing("name", "The voice has no name.", "Give it one that you will know again.", this.#name);
    const form = new FormData();
    form.set("name", name);
    form.set("audio", recording, recording.name);
    if (byId("transcript").value.trim()) form.set("transcript", byId("transcript").value.trim());
    const button = byId("add");
    button.disabled = true;
    try {
      await json("v1/voices", { method: "POST", body: form });
    } finally {
      button.disabled = false;
    }
    this.#take.clear();
    byId("add-voice").reset();
    await this.#refresh();
    announce(`${name} was added.`);
  }
}

/**
 * @param {string} what @param {string} message @param {string} hint
 * @param {HTMLElement} field  to go on with
 */
function missing(what, message, hint, field) {
  field.focus();
  return new ApiError({ code: `voice-${what}-missing`, message, hint });
}
