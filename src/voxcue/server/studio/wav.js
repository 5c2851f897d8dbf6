// Samples to a WAV file.

/**
 * @param {Float32Array[]} blocks  mono, -1 to 1
 * @param {number} sampleRate
 * @returns {Blob} 16 bit PCM
 */
export function wav(blocks, sampleRate) {
  const length = blocks.reduce((sum, block) => sum + block.length, 0);
  const view = new DataView(new ArrayBuffer(44 + 2 * length));
  const tag = (/** @type {number} */ place, /** @type {string} */ text) => {
    for (let index = 0; index < text.length; index++) view.setUint8(place + index, text.charCodeAt(index));
  };
  tag(0, "RIFF");
  view.setUint32(4, 36 + 2 * length, true);
  tag(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, 2 * sampleRate, true);
  view.setUint16(32, 2, true); // bytes a frame
  view.setUint16(34, 16, true); // bits a sample
  tag(36, "data");
  view.setUint32(40, 2 * length, true);
  let place = 44;
  for (const block of blocks) {
    for (const sample of block) {
      view.setInt16(place, Math.max(-1, Math.min(1, sample)) * 32767, true);
      place += 2;
    }
  }
  return new Blob([view.buffer], { type: "audio/wav" });
}
