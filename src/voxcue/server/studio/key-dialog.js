// Asks for the API key. Knows nothing of requests.

import { byId } from "./dom.js";

/**
 * @param {string} problem  why the key that was tried is not good; "" at the first time
 * @param {(key: string) => void} keep
 * @returns {Promise<boolean>} whether a key was given
 */
export function askForKey(problem, keep) {
  const dialog = byId("key-dialog");
  const input = byId("key");
  input.value = "";
  byId("key-problem").textContent = problem;
  byId("key-cancel").onclick = () => dialog.close("");
  dialog.returnValue = "";
  dialog.showModal();
  input.focus();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        const key = input.value.trim();
        const given = dialog.returnValue === "ok" && key !== "";
        if (given) keep(key);
        input.value = "";
        resolve(given);
      },
      { once: true },
    );
  });
}
