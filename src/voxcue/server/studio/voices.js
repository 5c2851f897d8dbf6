// Choosing the engine and a voice that it can speak with.

import { byId, el } from "./dom.js";

/**
 * @typedef {{id: string, description: string, clones_voices: boolean, speeds: [number, number],
 *            default: boolean, available: boolean}} Model
 * @typedef {{name: string, kind: "built-in" | "reference", engine: string | null, language: string | null,
 *            description: string, ready: boolean, duration: number | null, transcript: string | null}} Voice
 */

export class VoiceChoice {
  #changed;
  #engine = byId("engine");
  #voice = byId("voice");
  /** @type {Model[]} */ #models = [];
  /** @type {Voice[]} */ #voices = [];

  /** @param {(speeds: [number, number]) => void} changed  is told the speeds that the engine has */
  constructor(changed) {
    this.#changed = changed;
    this.#engine.addEventListener("change", () => this.#show(this.#voice.value));
    this.#voice.addEventListener("change", () => this.#show(this.#voice.value));
  }

  get engine() {
    return this.#engine.value;
  }

  get voice() {
    return this.#voice.value;
  }

  /** @param {Model[]} models @param {string | null} wanted */
  fillEngines(models, wanted) {
    this.#models = models;
    const usable = models.filter((model) => model.available);
    const chosen = usable.find((model) => model.id === wanted) ?? usable.find((model) => model.default) ?? usable[0];
    this.#engine.replaceChildren(
      ...models.map((model) => {
        const label = model.available ? model.id : `${model.id} (not available here)`;
        return el("option", { value: model.id, disabled: !model.available, selected: model === chosen }, label);
      }),
    );
  }

  /** @param {Voice[]} voices @param {string | null} wanted */
  fillVoices(voices, wanted) {
    this.#voices = voices;
    this.#show(wanted ?? this.#voice.value);
  }

  get #model() {
    return this.#models.find((model) => model.id === this.#engine.value);
  }

  /** @param {string} wanted */
  #show(wanted) {
    const clones = this.#model?.clones_voices ?? false;
    const own = this.#voices.filter((voice) => voice.kind === "reference");
    const groups = [
      { label: "Built in", voices: this.#voices.filter((voice) => voice.engine === this.engine), usable: true },
      { label: clones ? "Your own" : `Your own (${this.engine} cannot imitate voices)`, voices: own, usable: clones },
    ];
    const names = groups.flatMap(({ usable, voices }) => (usable ? voices.map((voice) => voice.name) : []));
    const chosen = names.includes(wanted) ? wanted : names[0];
    this.#voice.replaceChildren(
      ...groups
        .filter(({ voices }) => voices.length > 0)
        .map(({ label, voices, usable }) =>
          el(
            "optgroup",
            { label },
            ...voices.map(({ name }) => el("option", { value: name, disabled: !usable, selected: name === chosen }, name)),
          ),
        ),
    );
    this.#note();
    this.#changed(this.#model?.speeds ?? [0.5, 2]);
  }

  #note() {
    const voice = this.#voices.find(({ name }) => name === this.voice);
    const facts = [voice?.description, languageName(voice?.language)].filter(Boolean).join(", ");
    const own = this.#voices.some(({ kind }) => kind === "reference");
    const blocked = own && !this.#model?.clones_voices;
    byId("voice-note").textContent = [
      facts && `${facts}.`,
      blocked && `Your own voices need an engine that imitates voices; ${this.engine} does not.`,
    ]
      .filter(Boolean)
      .join(" ");
  }
}

/** @param {string | null | undefined} tag BCP 47 */
function languageName(tag) {
  if (!tag) return "";
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
