// One run: the request, its events as they come, and how it ended. Knows nothing of the page.

import { ApiError, request } from "./api.js";
import { Speech } from "./speech.js";
import { events } from "./sse.js";

/**
 * @typedef {{
 *   start: (speech: Speech) => void,
 *   segment: (speech: Speech, words: import("./speech.js").Word[], index: number) => void,
 * }} Listener
 */

/**
 * Speak; resolves when the last segment and the reply are there.
 * @param {Record<string, any>} body
 * @param {AbortSignal} signal  aborting it closes the connection, which ends the work on the server too
 * @param {Listener} listener
 * @returns {Promise<Speech>}
 * @throws {ApiError} and `AbortError` when aborted
 */
export async function speak(body, signal, listener) {
  const response = await request("v1/speech", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal,
  });
  /** @type {Speech | null} */
  let speech = null;
  let index = 0;
  try {
    for await (const { event, data } of events(response)) {
      if (event === "error") throw new ApiError(data.error);
      if (event === "start") listener.start((speech = new Speech(data, body.text.length)));
      if (!speech) continue;
      if (event === "segment") listener.segment(speech, speech.append(data), ++index);
      if (event === "done") {
        speech.reply = data;
        return speech;
      }
    }
  } catch (error) {
    if (signal.aborted || error instanceof ApiError) throw error;
    // A connection that breaks is a TypeError; a line cut in the middle is a SyntaxError.
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
  } finally {
    if (speech) speech.complete = true;
  }
  throw new ApiError({
    code: "connection-lost",
    message: `The connection was lost after ${index} of ${speech?.count ?? "?"} segments.`,
    hint: index ? "What arrived can still be played. Speak again for the rest and the files." : "Try again in a moment.",
  });
}
