/**
 * Which paths a layer has, in eight bytes each, so that it can be asked later whether it replaced one: a
 * million paths as text would be the largest part of what is known of a layer.
 */
import { hash } from 'node:crypto';

export type PathMarks = BigUint64Array;

export function markOf(path: string): bigint {
  return hash('sha1', path, 'buffer').readBigUInt64LE();
}

/** In order, as `hasMark` wants them. */
export function toMarks(paths: Iterable<bigint>): PathMarks {
  return BigUint64Array.from(paths).sort();
}

export function hasMark(marks: PathMarks, mark: bigint): boolean {
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((marks[middle] as bigint) < mark) low = middle + 1; // between low and high
    else high = middle;
  }
  return marks[low] === mark;
}
