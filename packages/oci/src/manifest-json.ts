/**
 * From the bytes of a manifest to a JSON object, with the limits that keep a stranger's document
 * from hurting whoever reads it. The text is scanned once before `JSON.parse` sees it: how deep it
 * nests and how many values it holds must be known first, and a key that stands twice in one object
 * means different things to different readers, which is how one image passes a check and another
 * one runs.
 */
import { manifestInvalid } from './manifest-invalid.ts';

/** The caller has bounded the body with it before anything is parsed. */
export const manifestMaxBytes = 4 * 1024 * 1024;
export const manifestMaxDepth = 64;
/** Values and members of the whole document: `[[],[],…` grows two hundredfold when it becomes objects. */
export const manifestMaxValues = 100_000;

export type JsonObject = { readonly [field: string]: unknown };

/** Throws MANIFEST_INVALID. */
export function parseManifestJson(bytes: Uint8Array): JsonObject {
  const text = decode(bytes);
  scan(text);
  const value = parse(text);
  if (!isJsonObject(value)) throw manifestInvalid('a manifest must be a JSON object');
  return value;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decode(bytes: Uint8Array): string {
  try {
    // With ignoreBOM a byte order mark stays, and JSON.parse refuses it as every strict reader does.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw manifestInvalid('the manifest is not UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notJson();
  }
}

function notJson(): Error {
  return manifestInvalid('the manifest is not JSON');
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Exact on JSON; on anything else it may stop early or late, and JSON.parse refuses the text after it. */
function scan(text: string): void {
  /** One entry for each open bracket: the keys so far of an object, nothing for an array. */
  const open: (Set<string> | undefined)[] = [];
  let values = 0;
  let keyIsNext = false;

  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote: {
        const end = endOfString(text, at);
        if (keyIsNext) addKey(open.at(-1), text.slice(at, end + 1));
        keyIsNext = false;
        at = end;
        break;
      }
      case openBrace:
      case openBracket:
        keyIsNext = text.charCodeAt(at) === openBrace;
        open.push(keyIsNext ? new Set() : undefined);
        if (open.length > manifestMaxDepth) throw manifestInvalid('the manifest nests too deep', { manifestMaxDepth });
        countValue();
        break;
      case closeBrace:
      case closeBracket:
        open.pop();
        keyIsNext = false;
        break;
      case comma:
        keyIsNext = open.at(-1) !== undefined;
        countValue();
        break;
      default:
    }
  }

  function countValue(): void {
    values++;
    if (values > manifestMaxValues) throw manifestInvalid('the manifest holds too many values', { manifestMaxValues });
  }
}

/** Where the closing quote stands; the text's end when there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code === backslash) at++;
  }
  return text.length;
}

function addKey(keys: Set<string> | undefined, quoted: string): void {
  const key = quoted.includes('\\') ? String(parse(quoted)) : quoted.slice(1, -1);
  if (keys?.has(key)) throw manifestInvalid('the manifest has a field twice in one object', { field: key.slice(0, 256) });
  keys?.add(key);
}
