// Shows errors: what was wrong, what to do, and the code to search or report it by.

import { ApiError } from "./api.js";
import { el } from "./dom.js";

/**
 * @param {HTMLElement} box  with role=alert, so that it is read out
 * @param {unknown} error
 */
export function showProblem(box, error) {
  const problem =
    error instanceof ApiError
      ? error
      : new ApiError({
          code: "studio-failed",
          message: `Something in this page went wrong: ${error instanceof Error ? error.message : error}.`,
          hint: "Reload the page; the link button keeps your settings.",
        });
  const parts = [el("strong", {}, problem.message)];
  if (problem.hint) parts.push(el("p", {}, problem.hint));
  if (problem.retryAfter > 0) {
    const when = new Date(Date.now() + problem.retryAfter * 1000).toLocaleTimeString();
    parts.push(el("p", {}, `Try again in ${Math.ceil(problem.retryAfter)} s, at ${when}.`));
  }
  parts.push(el("code", {}, problem.code));
  box.replaceChildren(...parts);
}

/** @param {HTMLElement} box */
export function clearProblem(box) {
  box.replaceChildren();
}
