// Server-sent events out of a response of `fetch`; EventSource can neither POST nor send a key.

/**
 * @param {Response} response
 * @returns {AsyncGenerator<{event: string, data: any}>} events in order, their data parsed as JSON
 */
export async function* events(response) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body)
    .pipeThrough(new TextDecoderStream())
    .getReader();
  let event = "message";
  let data = "";
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    // A segment is one long line in many pieces: only the new piece is searched for line ends.
    const lines = value.split("\n");
    lines[0] = rest + lines[0];
    rest = /** @type {string} */ (lines.pop());
    for (const ended of lines) {
      const line = ended.endsWith("\r") ? ended.slice(0, -1) : ended;
      if (line === "") {
        if (data) yield { event, data: JSON.parse(data) };
        event = "message";
        data = "";
      } else if (line.startsWith("event:")) {
        event = line.slice(6).trim();
      } else if (line.startsWith("data:")) {
        data += line.slice(5);
      }
    }
  }
}
