/** What manifests and descriptors have in common. */
import { manifestInvalid } from './manifest-invalid.ts';
import { isJsonObject, type JsonObject } from './manifest-json.ts';

export type Annotations = Readonly<Record<string, string>>;

/** Throws MANIFEST_INVALID. */
export function parseAnnotations({ annotations }: JsonObject, where: string): Annotations {
  if (annotations === undefined || annotations === null) return {};
  if (!isJsonObject(annotations)) throw manifestInvalid(`${where}.annotations must be an object`);
  for (const [key, value] of Object.entries(annotations)) {
    if (typeof value !== 'string') throw manifestInvalid(`${where}.annotations must hold strings only`, { annotation: key.slice(0, 256) });
  }
  return annotations as Annotations; // each value was looked at
}

/**
 * Most clients are written in Go, whose JSON reader takes `Layers` for `layers` and lets the later
 * one win. A field that only looks like one of the format's would be nothing to us and the real
 * thing to them. Throws MANIFEST_INVALID.
 */
export function rejectLookalikes(object: JsonObject, fields: readonly string[], where: string): void {
  for (const key of Object.keys(object)) {
    if (fields.includes(key)) continue;
    const meant = fields.find((field) => key.length === field.length && fold(key) === fold(field));
    if (meant) throw manifestInvalid(`${where} has a field ${JSON.stringify(key)} that some clients read as ${JSON.stringify(meant)}`);
  }
}

/** As Go folds: the long s counts as an s and the Kelvin sign as a k, which toLowerCase does by itself. */
function fold(text: string): string {
  return text.toLowerCase().replaceAll('\u017f', 's');
}
