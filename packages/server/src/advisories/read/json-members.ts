/**
 * Cuts a large JSON array or object into its members as the bytes come, so that no more than one of them is
 * in memory. Only the outermost level is looked at; what is inside a member is for `JSON.parse`.
 */
import { AdvisoryError } from './advisory-error.ts';

const memberMaxBytes = 32 * 2 ** 20;

const byte = { quote: 0x22, backslash: 0x5c, comma: 0x2c, openArray: 0x5b, closeArray: 0x5d, openObject: 0x7b, closeObject: 0x7d } as const;
const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);

/** The text of each element of an array, or `{"key":value}` for each of an object. Throws AdvisoryError. */
export async function* jsonMembers(bytes: AsyncIterable<Uint8Array>, where: string): AsyncGenerator<string> {
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  let isObject = false;
  let isOver = false;
  let parts: Uint8Array[] = [];
  let sizeBytes = 0;
  let number = 0;

  for await (const chunk of bytes) {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const code = chunk[at] ?? 0;
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (code === byte.backslash) isEscaped = true;
        else if (code === byte.quote) isInString = false;
        continue;
      }
      if (code === byte.quote) isInString = true;
      else if (code === byte.openArray || code === byte.openObject) {
        if (depth === 0) {
          if (isOver) throw new AdvisoryError(where, 'there is more behind the end of the JSON document');
          isObject = code === byte.openObject;
          start = at + 1;
        }
        depth += 1;
      } else if (code === byte.closeArray || code === byte.closeObject) {
        depth -= 1;
        if (depth < 0) throw new AdvisoryError(where, 'is not JSON: it closes more than it opens');
        if (depth === 0) {
          const text = member(chunk.subarray(start, at));
          if (text.trim() !== '') yield wrap(text);
          isOver = true;
        }
      } else if (code === byte.comma && depth === 1) {
        yield wrap(member(chunk.subarray(start, at)));
        start = at + 1;
      } else if (depth === 0 && !isSpace(code) && !(isFirstOfMark(code) && !isOver)) {
        throw new AdvisoryError(where, 'is no JSON array or object');
      }
    }
    if (depth > 0) keep(chunk.subarray(start));
  }
  if (!isOver) throw new AdvisoryError(where, 'ends in the middle of the JSON document');

  function keep(part: Uint8Array): void {
    sizeBytes += part.length;
    if (sizeBytes > memberMaxBytes) throw new AdvisoryError(where, `member ${number + 1} is longer than ${memberMaxBytes} bytes`);
    parts.push(Uint8Array.from(part)); // readers may write over theirs
  }

  function member(last: Uint8Array): string {
    keep(last);
    const text = Buffer.concat(parts).toString('utf8');
    parts = [];
    sizeBytes = 0;
    number += 1;
    return text;
  }

  function wrap(text: string): string {
    return isObject ? `{${text}}` : text;
  }
}

/** Of the mark that some programs write before UTF-8. */
const isFirstOfMark = (code: number): boolean => code === 0xef || code === 0xbb || code === 0xbf;
