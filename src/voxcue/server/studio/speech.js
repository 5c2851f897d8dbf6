// A speech as it arrives: its samples and timed words, in order. Knows nothing of sound cards or screens.

/**
 * @typedef {{text: string, spoken: string, start: number, end: number, offset: number, space: string}} Word
 * @typedef {{index: number, count: number, start: number, end: number, audio: string, words: Word[]}} SegmentEvent
 */

/** Loudest samples are kept for every 10 ms, for the waveform. */
export const PEAKS_PER_SECOND = 100;

export class Speech {
  /** @param {{id: string, sample_rate: number, segments: number}} start @param {number} textLength */
  constructor(start, textLength) {
    this.id = start.id;
    this.sampleRate = start.sample_rate;
    this.count = start.segments;
    this.textLength = textLength;
    /** @type {{first: number, samples: Int16Array}[]} 16 bit, as sent: an hour as floats would be 345 MB */
    this.chunks = [];
    this.length = 0;
    /** @type {Word[]} */
    this.words = [];
    /** @type {Uint8Array[]} per chunk, 0 to 255 */
    this.peaks = [];
    /** The reply with the files, when all is there. @type {any} */
    this.reply = null;
    this.complete = false;
  }

  /** Seconds that have arrived. */
  get duration() {
    return this.length / this.sampleRate;
  }

  /** Seconds that the whole will probably take, from how much of the text has been spoken. */
  get expected() {
    const last = this.words.at(-1);
    if (this.complete || !last) return this.duration;
    const share = (last.offset + last.text.length) / Math.max(this.textLength, 1);
    return this.duration / Math.min(Math.max(share, 0.01), 1);
  }

  /** @param {SegmentEvent} segment @returns {Word[]} its words */
  append(segment) {
    const samples = decode(segment.audio);
    this.chunks.push({ first: this.length, samples });
    this.length += samples.length;
    this.peaks.push(peaksOf(samples, this.sampleRate));
    this.words.push(...segment.words);
    return segment.words;
  }

  /** The chunk that holds a sample. @param {number} sample @returns {number} its index */
  chunkAt(sample) {
    return lastAtMost(this.chunks, sample, (chunk) => chunk.first);
  }

  /** The word being said, or -1 in a silence. @param {number} time in seconds @returns {number} its index */
  wordAt(time) {
    const index = this.lastWordAt(time);
    return index >= 0 && time < this.words[index].end ? index : -1;
  }

  /** The last word that has begun, or -1. @param {number} time */
  lastWordAt(time) {
    return lastAtMost(this.words, time, (word) => word.start);
  }
}

/**
 * The index of the last item whose key is at most `limit`, or -1; items are sorted by it.
 * @template T
 * @param {T[]} items @param {number} limit @param {(item: T) => number} key
 */
function lastAtMost(items, limit, key) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(items[middle]) <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** @param {string} base64 PCM, 16 bit little endian, as every browser's own memory is */
function decode(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length & ~1);
  for (let place = 0; place < bytes.length; place++) bytes[place] = text.charCodeAt(place);
  return new Int16Array(bytes.buffer);
}

/** @param {Int16Array} samples @param {number} sampleRate */
function peaksOf(samples, sampleRate) {
  const step = Math.max(1, Math.round(sampleRate / PEAKS_PER_SECOND));
  const peaks = new Uint8Array(Math.ceil(samples.length / step));
  for (let place = 0; place < samples.length; place++) {
    const size = Math.abs(samples[place]) >> 7;
    const slot = (place / step) | 0;
    if (size > peaks[slot]) peaks[slot] = Math.min(size, 255);
  }
  return peaks;
}
