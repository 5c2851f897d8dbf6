// Talking to the server: addresses, the API key, and errors in one shape.

import { askForKey } from "./key-dialog.js";

const KEY = "voxcue-key";

/** What the server, or the way to it, did not do; `message` is a sentence, `hint` what to do about it. */
export class ApiError extends Error {
  /** @param {{code: string, message: string, hint?: string, status?: number, retryAfter?: number}} facts */
  constructor({ code, message, hint = "", status = 0, retryAfter = 0 }) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.status = status;
    /** Seconds; 0 when the server named none. */
    this.retryAfter = retryAfter;
  }
}

/** The full address of a path of the server; relative, so that a prefix set by a proxy is kept. */
export const address = (/** @type {string} */ path) => new URL(path, document.baseURI).href;

/** Whether requests of this tab carry a key. */
export const hasKey = () => sessionStorage.getItem(KEY) !== null;

/** @type {Promise<boolean> | null} one dialog, however many requests wait for it */
let asking = null;

/**
 * Like `fetch`, with the key; asks for one when the server wants it.
 * @param {string} path
 * @param {RequestInit} options
 * @returns {Promise<Response>} a response with a status of 2xx
 * @throws {ApiError} and `AbortError` when aborted
 */
export async function request(path, options = {}) {
  const key = sessionStorage.getItem(KEY);
  const headers = new Headers(options.headers);
  if (key !== null) headers.set("Authorization", `Bearer ${key}`);
  let response;
  try {
    response = await fetch(address(path), { ...options, headers });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError({
      code: "server-unreachable",
      message: "The server does not answer.",
      hint: "Check that it is running and that this device is online, then try again.",
    });
  }
  if (response.ok) return response;
  const problem = await toError(response);
  if (response.status !== 401) throw problem;
  // Another request may have brought a key while this one was under way.
  if (sessionStorage.getItem(KEY) !== key) return request(path, options);
  asking ??= askForKey(key === null ? "" : problem.message, (given) => sessionStorage.setItem(KEY, given)).finally(
    () => (asking = null),
  );
  if (await asking) return request(path, options);
  throw problem;
}

/** @param {string} path @param {RequestInit} options @returns {Promise<any>} */
export const json = async (path, options = {}) => (await request(path, options)).json();

/** @param {string} path @param {AbortSignal} [signal] @returns {Promise<Blob>} */
export const blob = async (path, signal) => (await request(path, { signal })).blob();

/** @param {Response} response @returns {Promise<ApiError>} */
async function toError(response) {
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  try {
    const { error } = await response.json();
    return new ApiError({ ...error, status: response.status, retryAfter });
  } catch {
    // Not from our server: a proxy between answered with a page of its own.
    return new ApiError({
      code: `http-${response.status}`,
      message: `The server answered ${response.status} ${response.statusText}.`.replace(" .", "."),
      hint: response.status >= 500 ? "Try again in a moment." : "",
      status: response.status,
      retryAfter,
    });
  }
}
