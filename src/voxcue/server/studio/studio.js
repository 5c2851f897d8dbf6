// The studio: ties the parts of the page together. What each part does is in its own module.

import { ApiError, hasKey, json } from "./api.js";
import { Composer } from "./composer.js";
import { announce, byId, clock, copy, withFeedback } from "./dom.js";
import { Downloads } from "./downloads.js";
import { Library } from "./library.js";
import { Looks } from "./looks.js";
import { Player } from "./player.js";
import { Preview } from "./preview.js";
import { clearProblem, showProblem } from "./problems.js";
import { Progress } from "./progress.js";
import { body, curl, fromLink, link } from "./settings.js";
import { speak } from "./speaking.js";
import { Transport } from "./transport.js";
import { VoiceChoice } from "./voices.js";
import { Words } from "./words.js";

const problem = byId("problem");
const player = new Player();
const words = new Words((word) => player.play(word.start));
const transport = new Transport(player, follow);
const preview = new Preview();
const progress = new Progress();
const downloads = new Downloads((error) => showProblem(problem, error));
const composer = new Composer(showCommand);
const voices = new VoiceChoice((speeds) => {
  composer.speeds = speeds;
  showCommand();
});
const looks = new Looks(onLook);
new Library(readVoices);

/** @type {import("./speech.js").Speech | null} */
let speech = null;
/** @type {AbortController | null} the run under way */
let running = null;
let shownWord = -1;
let shared = fromLink(location.hash); // what a link asks for, until it is filled in

/** @returns {import("./settings.js").Settings} */
function settings() {
  const { text, ...manner } = composer.settings;
  const size = looks.resized ? (looks.look?.font_size ?? null) : null;
  const style = looks.style?.name ?? "";
  return { text, engine: voices.engine, voice: voices.voice, ...manner, style, font_size: size };
}

async function run() {
  clearProblem(problem);
  composer.mark(false);
  running?.abort();
  const mine = (running = new AbortController());
  const opened = player.open(); // first of all, while the browser still counts this as the user's click
  show(null);
  progress.begin();
  try {
    await opened;
    speech = await speak(body(settings()), mine.signal, { start: onStart, segment: onSegment });
    preview.ready(speech.id);
    downloads.show(speech.reply, looks.look);
    progress.end(`Done: ${clock(speech.duration)}`);
    redraw();
  } catch (error) {
    if (running === mine) onFailure(error, mine.signal.aborted);
  } finally {
    if (running === mine) running = null;
    if (!running) progress.idle();
    player.more();
    transport.refresh();
  }
}

/** @param {unknown} error @param {boolean} stopped */
function onFailure(error, stopped) {
  preview.clear("The captions are drawn when the whole text is spoken.");
  progress.end(stopped ? "Stopped" : "");
  if (stopped) return;
  showProblem(problem, error);
  composer.mark((error instanceof ApiError && error.status === 422) || !composer.settings.text.trim());
}

/** @param {import("./speech.js").Speech | null} next */
function show(next) {
  speech = next;
  shownWord = -1;
  words.load(next);
  transport.load(next);
  if (next) return;
  preview.clear("The captions are drawn\nwhen the last word is in.");
  downloads.clear();
}

/** @param {import("./speech.js").Speech} started */
function onStart(started) {
  player.load(started);
  show(started);
  progress.step(0, started.count);
  if (matchMedia("(max-width: 920px)").matches) byId("stage").scrollIntoView({ block: "start" });
}

/** @param {import("./speech.js").Speech} grown @param {import("./speech.js").Word[]} added @param {number} index */
function onSegment(grown, added, index) {
  if (grown !== speech) return; // of a run that was given up for a new one
  words.append(added);
  progress.step(index, grown.count);
  if (index === 1) player.play();
  else player.more();
  transport.refresh();
}

/** Everything that goes with the time. @param {number} time in seconds */
function follow(time) {
  words.show(time);
  const word = speech?.lastWordAt(time) ?? -1;
  if (word === shownWord || !speech || !looks.look) return;
  shownWord = word;
  if (player.playing) preview.step(looks.look, time, description(time));
}

/** The preview for the time at which it stands, after something was changed by hand. */
function redraw() {
  if (!speech?.reply || !looks.look) return;
  const time = player.position;
  // Nothing is to be seen before the first word; a still picture shows what the captions look like.
  const at = time > 0 || player.playing ? time : (speech.words[0]?.start ?? 0) + 0.01;
  preview.settle(looks.look, at, description(at));
}

/** @param {number} time */
const description = (time) => `Captions in the style ${looks.style?.name} at ${clock(time)}`;

function onLook() {
  redraw();
  if (looks.look) downloads.restyle(looks.look);
  showCommand();
}

function showCommand() {
  byId("curl").textContent = curl(settings(), hasKey());
}

async function readVoices() {
  const list = (await json("v1/voices")).voices;
  voices.fillVoices(list, shared.voice);
  shared = { ...shared, voice: null };
  return list;
}

/** The server's own description says how long a text may be. */
async function readLimit() {
  const document = await json("openapi.json");
  composer.limit = document.components?.schemas?.SpeechRequest?.properties?.text?.maxLength ?? Infinity;
}

async function fill() {
  shared = fromLink(location.hash);
  composer.fill(shared);
  try {
    const [models, styles] = await Promise.all([json("v1/models"), json("v1/styles")]);
    voices.fillEngines(models.data, shared.engine);
    await readVoices();
    looks.fill(styles.styles, shared);
    readLimit().catch(() => {}); // a convenience: the server checks the text in any case
  } catch (error) {
    showProblem(problem, error);
  }
  showCommand();
}

byId("composer").addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  if (running) running.abort();
  else run();
});
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  run();
});
player.addEventListener("change", () => {
  if (!player.playing) redraw();
});
byId("share").addEventListener("click", () => {
  const address = link(settings());
  history.replaceState(null, "", address);
  withFeedback(byId("share"), () => copy(address), "Link copied");
});
byId("copy-curl").addEventListener("click", () => withFeedback(byId("copy-curl"), () => copy(curl(settings(), hasKey()))));
addEventListener("hashchange", fill);
fill().then(() => announce("Ready"));
