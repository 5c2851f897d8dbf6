// What is asked for: the fields of the page as one request, as a link, and as a line for a terminal.

import { address } from "./api.js";

/**
 * @typedef {{text: string, engine: string, voice: string, speed: number, seed: number, format: string,
 *            style: string, font_size: number | null}} Settings
 *   `font_size` is null where it is the style's own
 */

const USUAL = { speed: 1, seed: 0, format: "wav", font_size: null };

/** The body of the request; what the server does anyway is left out. @param {Settings} settings */
export function body(settings) {
  return Object.fromEntries(
    Object.entries(settings).filter(([name, value]) => value !== "" || name === "text").filter(
      ([name, value]) => value !== USUAL[/** @type {keyof typeof USUAL} */ (name)],
    ),
  );
}

/** A link to this page with these settings. The fragment stays in the browser. @param {Settings} settings */
export function link(settings) {
  const fields = Object.entries(body(settings)).map(([name, value]) => [name, String(value)]);
  return `${location.href.split("#")[0]}#${new URLSearchParams(fields)}`;
}

/** The settings in a link; what is missing or makes no sense is null. @param {string} fragment */
export function fromLink(fragment) {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const number = (/** @type {string} */ name) => {
    const value = fields.get(name);
    return value !== null && Number.isFinite(Number(value)) ? Number(value) : null;
  };
  return {
    text: fields.get("text"),
    engine: fields.get("engine"),
    voice: fields.get("voice"),
    speed: number("speed"),
    seed: number("seed"),
    format: fields.get("format"),
    style: fields.get("style"),
    fontSize: number("font_size"),
  };
}

/** The same request for a POSIX shell. @param {Settings} settings @param {boolean} withKey */
export function curl(settings, withKey) {
  const lines = [`curl -sS ${quoted(address("v1/speech"))}`, `-H 'Content-Type: application/json'`];
  if (withKey) lines.push(`-H "Authorization: Bearer $VOXCUE_API_KEY"`);
  // JSON writes line ends as \n, so the argument stays on one line.
  lines.push(`-d ${quoted(JSON.stringify(body(settings)))}`);
  return lines.join(" \\\n  ");
}

/** Within single quotes a shell takes all but the quote itself as it is. @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
