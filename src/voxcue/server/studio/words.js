// The words of the speech as text that lights up. One Tab stop for all of them: arrow keys move inside.

import { byId, el } from "./dom.js";

/**
 * @typedef {import("./speech.js").Speech} Speech
 * @typedef {import("./speech.js").Word} Word
 */

export class Words {
  #box = byId("words");
  #hint = this.#box.firstElementChild;
  /** @type {HTMLElement[]} */ #spans = [];
  /** @type {Speech | null} */ #speech = null;
  #said = -1;
  #now = -1;
  #tabStop = 0;

  /** @param {(word: Word) => void} choose  is told the word to play from */
  constructor(choose) {
    const pick = (/** @type {Event} */ event) => {
      const index = this.#spans.indexOf(/** @type {HTMLElement} */ (event.target));
      if (index < 0 || !this.#speech) return false;
      this.#moveTabStop(index);
      choose(this.#speech.words[index]);
      return true;
    };
    this.#box.addEventListener("click", pick);
    this.#box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if ((event.key === "Enter" || event.key === " ") && !event.ctrlKey && !event.metaKey) {
        if (pick(event)) event.preventDefault();
      } else this.#onArrow(event);
    });
  }

  /** @param {Speech | null} speech */
  load(speech) {
    this.#speech = speech;
    this.#spans = [];
    this.#said = this.#now = -1;
    this.#tabStop = 0;
    if (speech) this.#box.replaceChildren(el("p"));
    else this.#box.replaceChildren(/** @type {Element} */ (this.#hint));
    this.#box.scrollTop = 0;
  }

  /** @param {Word[]} words  that follow those already shown */
  append(words) {
    for (const word of words) {
      const span = el("span", { class: "word", role: "button", tabindex: this.#spans.length ? "-1" : "0" }, word.text);
      if (word.spoken && word.spoken !== word.text) span.title = word.spoken;
      this.#spans.push(span);
      this.#box.lastElementChild.append(span, word.space.includes("\n") ? " " : word.space);
      if (/\n\s*\n/.test(word.space)) this.#box.append(el("p"));
    }
  }

  /** Light up what is said at a time, in seconds. @param {number} time */
  show(time) {
    if (!this.#speech) return;
    const said = time > 0 ? this.#speech.lastWordAt(time) : -1;
    for (let index = this.#said + 1; index <= said; index++) this.#spans[index].classList.add("said");
    for (let index = this.#said; index > said; index--) this.#spans[index].classList.remove("said");
    this.#said = said;
    const now = time > 0 ? this.#speech.wordAt(time) : -1;
    if (now === this.#now) return;
    this.#spans[this.#now]?.classList.remove("now");
    this.#now = now;
    if (now < 0) return;
    this.#spans[now].classList.add("now");
    this.#keepInView(this.#spans[now]);
  }

  /** Scrolls the box, never the page. @param {HTMLElement} span */
  #keepInView(span) {
    const box = this.#box;
    if (box.scrollHeight <= box.clientHeight || box.contains(document.activeElement)) return;
    const top = span.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (top < 0.1 * box.clientHeight || top > 0.7 * box.clientHeight) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      box.scrollBy({ top: top - 0.3 * box.clientHeight, behavior: calm ? "instant" : "smooth" });
    }
  }

  /** @param {KeyboardEvent} event */
  #onArrow(event) {
    const last = this.#spans.length - 1;
    const steps = { ArrowLeft: this.#tabStop - 1, ArrowRight: this.#tabStop + 1, Home: 0, End: last };
    const to = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.#moveTabStop(Math.min(Math.max(to, 0), last));
    this.#spans[this.#tabStop].focus();
  }

  /** @param {number} index */
  #moveTabStop(index) {
    this.#spans[this.#tabStop]?.setAttribute("tabindex", "-1");
    this.#tabStop = index;
    this.#spans[index].setAttribute("tabindex", "0");
  }
}
