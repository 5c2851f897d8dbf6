// Runs on the audio thread: hands the microphone's samples to the page, 2048 at a time.

class Recorder extends AudioWorkletProcessor {
  #block = new Float32Array(2048);
  #filled = 0;

  /** @param {Float32Array[][]} inputs */
  process([[samples]]) {
    if (!samples) return true;
    this.#block.set(samples, this.#filled);
    this.#filled += samples.length;
    if (this.#filled === this.#block.length) {
      this.port.postMessage(this.#block);
      this.#filled = 0;
    }
    return true;
  }
}

registerProcessor("recorder", Recorder);
