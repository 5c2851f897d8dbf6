// Records the microphone as it is: no echo canceller or noise gate, which would change the voice.

import { wav } from "./wav.js";

/** Whether this page may ask for a microphone; browsers allow it only on https: and on this machine. */
export const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && globalThis.AudioWorkletNode);

export class Recorder {
  #stream;
  #context;
  /** @type {Float32Array[]} */ #blocks = [];
  #length = 0;

  /** @param {MediaStream} stream @param {AudioContext} context */
  constructor(stream, context) {
    this.#stream = stream;
    this.#context = context;
  }

  /**
   * @param {(level: number, seconds: number) => void} report  the level is 0 to 1
   * @returns {Promise<Recorder>} already recording
   */
  static async start(report) {
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
    const context = new AudioContext();
    await context.audioWorklet.addModule(new URL("recorder-worklet.js", import.meta.url));
    const recorder = new Recorder(stream, context);
    const tap = new AudioWorkletNode(context, "recorder", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    tap.port.onmessage = ({ data }) => report(...recorder.#take(data));
    context.createMediaStreamSource(stream).connect(tap);
    return recorder;
  }

  /** Stop, let the microphone go. @returns {Promise<Blob>} a WAV file */
  async stop() {
    for (const track of this.#stream.getTracks()) track.stop();
    await this.#context.close();
    return wav(this.#blocks, this.#context.sampleRate);
  }

  /** @param {Float32Array} block @returns {[number, number]} */
  #take(block) {
    this.#blocks.push(block);
    this.#length += block.length;
    const energy = block.reduce((sum, sample) => sum + sample * sample, 0) / block.length;
    const decibels = 10 * Math.log10(energy + 1e-9);
    return [Math.min(Math.max((decibels + 60) / 60, 0), 1), this.#length / this.#context.sampleRate];
  }
}
