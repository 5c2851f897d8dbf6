// Links to every file of a finished speech. Where the server wants a key, which a link cannot carry, the
// file is fetched with it and saved from memory.

import { address, blob, hasKey } from "./api.js";
import { byId, el } from "./dom.js";

const NAMES = { audio: "Audio", ass: "ASS", srt: "SRT", vtt: "WebVTT", json: "Words, JSON", csv: "Words, CSV" };

/** @typedef {{id: string, files: Record<string, {name: string, size: number, url?: string}>}} Reply */

export class Downloads {
  #list = byId("downloads");
  #failed;
  /** @type {Reply | null} */ #reply = null;

  /** @param {(error: unknown) => void} failed */
  constructor(failed) {
    this.#failed = failed;
  }

  clear() {
    this.#reply = null;
    this.#list.replaceChildren();
    byId("downloads-hint").hidden = false;
  }

  /** @param {Reply} reply @param {import("./preview.js").Look | null} look */
  show(reply, look) {
    this.#reply = reply;
    byId("downloads-hint").hidden = true;
    this.#list.replaceChildren(
      ...Object.entries(reply.files).map(([kind, file]) => {
        const { label, detail, path } = this.#describe(kind, file, look);
        const link = el("a", { href: address(path), download: file.name, "data-kind": kind }, el("b", {}, label), el("small", {}, detail));
        if (hasKey()) link.addEventListener("click", (event) => this.#save(event, path, file.name));
        return el("li", {}, link);
      }),
    );
  }

  /** The ASS file follows the chosen look. @param {import("./preview.js").Look} look */
  restyle(look) {
    if (this.#reply) this.show(this.#reply, look);
  }

  /**
   * @param {string} kind @param {{name: string, size: number, url?: string}} file
   * @param {import("./preview.js").Look | null} look
   */
  #describe(kind, file, look) {
    const folder = `v1/speech/${/** @type {Reply} */ (this.#reply).id}`;
    if (kind === "ass" && look) {
      const query = new URLSearchParams({ style: look.style, font_size: String(look.font_size) });
      return { label: NAMES.ass, detail: look.style, path: `${folder}/captions.ass?${query}` };
    }
    const extension = file.name.split(".").at(-1)?.toUpperCase();
    const label = kind === "audio" ? `Audio, ${extension}` : (NAMES[/** @type {keyof NAMES} */ (kind)] ?? kind);
    return { label, detail: size(file.size), path: `${folder}/files/${encodeURIComponent(file.name)}?download=1` };
  }

  /** @param {Event} event @param {string} path @param {string} name */
  async #save(event, path, name) {
    event.preventDefault();
    try {
      const href = URL.createObjectURL(await blob(path));
      el("a", { href, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(href), 60_000);
    } catch (error) {
      this.#failed(error);
    }
  }
}

/** @param {number} bytes */
function size(bytes) {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
