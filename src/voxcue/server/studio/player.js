// Plays a speech while it arrives, without gaps, and says what is heard right now.
//
// Chunks are turned into AudioBuffers only shortly before they sound and are scheduled sample by sample on
// the clock of an AudioContext that runs at the speech's own rate: nothing is resampled at the joints.

const AHEAD = 5; // seconds scheduled in advance: enough for a busy page, little memory
const LEAD = 0.06; // seconds from the decision to play to the first sample
const TICK = 200; // milliseconds between looks at what to schedule next
const USUAL_RATE = 24000; // Hz

/** @typedef {import("./speech.js").Speech} Speech */

export class Player extends EventTarget {
  /** @type {AudioContext | null} */ #context = null;
  /** @type {Speech | null} */ #speech = null;
  /** @type {Set<AudioBufferSourceNode>} */ #sources = new Set();
  #playing = false;
  /** Seconds of the speech at which it stands while nothing is scheduled. */
  #rest = 0;
  /** When playing: the sample to schedule next, and where on the clock the speech's sample 0 would lie. */
  #next = 0;
  #origin = 0;
  #waiting = false;
  #timer = 0;

  /** Whether it is playing, or waiting for more in order to go on. */
  get playing() {
    return this.#playing;
  }

  /** Seconds of the speech that are heard now, the way to the loudspeaker accounted for. */
  get position() {
    if (!this.#playing || this.#waiting || !this.#context) return this.#rest;
    const latency = this.#context.outputLatency || this.#context.baseLatency || 0;
    const heard = this.#context.currentTime - this.#origin - latency;
    return Math.min(Math.max(heard, this.#rest), this.#speech?.duration ?? 0);
  }

  /** Take a new speech; playing starts with its first chunk. Call it from a click: browsers want that. */
  async open() {
    this.#halt();
    // The context has to exist before the rate is known: after the click that starts it, it is too late
    // for Safari. A guess that was wrong costs a resampled joint, and is put right at the next speech.
    const rate = this.#speech?.sampleRate ?? USUAL_RATE;
    if (this.#context?.sampleRate !== rate) {
      this.#context?.close();
      this.#context = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
    }
    this.#speech = null;
    this.#rest = 0;
    this.#changed();
    await this.#context.resume();
  }

  /** @param {Speech} speech */
  load(speech) {
    this.#speech = speech;
    this.#rest = 0;
  }

  /** More of the speech has arrived, or its end. */
  more() {
    if (this.#playing) this.#pump();
  }

  /** @param {number} [from] seconds; where it stands by default, from the start at the end */
  play(from) {
    if (!this.#speech || !this.#context) return;
    const speech = this.#speech;
    this.#context.resume();
    let start = from ?? this.position;
    if (from === undefined && speech.complete && start >= speech.duration - 0.02) start = 0;
    this.#halt();
    this.#rest = Math.min(Math.max(start, 0), speech.duration);
    this.#playing = true;
    this.#waiting = true;
    this.#next = Math.round(this.#rest * speech.sampleRate);
    this.#timer = setInterval(() => this.#pump(), TICK);
    this.#pump();
    this.#changed();
  }

  pause() {
    const position = this.position;
    this.#halt();
    this.#rest = position;
    this.#changed();
  }

  /** Go to a time, in seconds, and go on as before. @param {number} time */
  seek(time) {
    if (this.#playing) this.play(time);
    else {
      this.#rest = Math.min(Math.max(time, 0), this.#speech?.duration ?? 0);
      this.#changed();
    }
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }

  #halt() {
    clearInterval(this.#timer);
    for (const source of this.#sources) source.stop();
    this.#sources.clear();
    this.#playing = false;
    this.#waiting = false;
  }

  /** Schedule what is due; notice when everything that there is has been heard. */
  #pump() {
    const speech = /** @type {Speech} */ (this.#speech);
    const context = /** @type {AudioContext} */ (this.#context);
    const rate = speech.sampleRate;
    if (this.#next >= speech.length) {
      if (!this.#waiting && this.position < speech.duration - 0.001) return;
      if (speech.complete) return this.#finish();
      this.#rest = speech.duration;
      this.#waiting = true;
      return;
    }
    const now = context.currentTime;
    if (this.#waiting || this.#origin + this.#next / rate < now) {
      // A start, or the sound has caught up with the stream: begin anew, on a whole sample.
      this.#rest = this.#next / rate;
      this.#origin = Math.ceil((now + LEAD) * rate) / rate - this.#rest;
      this.#waiting = false;
    }
    while (this.#next < speech.length && this.#origin + this.#next / rate < now + AHEAD) this.#schedule();
  }

  #schedule() {
    const speech = /** @type {Speech} */ (this.#speech);
    const context = /** @type {AudioContext} */ (this.#context);
    const chunk = speech.chunks[speech.chunkAt(this.#next)];
    const from = this.#next - chunk.first;
    const samples = chunk.samples.subarray(from, from + AHEAD * speech.sampleRate);
    const buffer = context.createBuffer(1, samples.length, speech.sampleRate);
    const channel = buffer.getChannelData(0);
    for (let place = 0; place < samples.length; place++) channel[place] = samples[place] / 32768;
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(context.destination);
    source.onended = () => this.#sources.delete(source);
    source.start(this.#origin + this.#next / speech.sampleRate);
    this.#sources.add(source);
    this.#next += samples.length;
  }

  #finish() {
    this.#halt();
    this.#rest = this.#speech?.duration ?? 0;
    this.#changed();
  }
}
