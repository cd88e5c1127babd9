/**
 * Keeps what was used of late, within a number of entries and a number of bytes (I6).
 *
 * Two generations instead of a list in order of use: what is set or used goes to the young one; when
 * that holds half of what is allowed, it becomes the old one, and the old one is dropped as a whole.
 * Moving an entry to the end of a Map at each use was measured: a full Map is then rebuilt every few
 * reads, 50 µs each, which is thirty times the read.
 */
export type BoundedCache<Value> = {
  readonly get: (key: string) => Value | undefined;
  readonly set: (key: string, value: Value) => void;
  readonly clear: () => void;
};

export type CacheLimits<Value> = {
  readonly maxEntries: number;
  readonly maxBytes?: number;
  /** What one value weighs. A value of more than half of `maxBytes` is not kept. */
  readonly sizeOf?: (value: Value) => number;
};

export function boundedCache<Value extends object>({
  maxEntries,
  maxBytes = Number.POSITIVE_INFINITY,
  sizeOf = () => 0,
}: CacheLimits<Value>): BoundedCache<Value> {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  let youngBytes = 0;

  function set(key: string, value: Value): void {
    old.delete(key);
    const replaced = young.get(key);
    if (replaced !== undefined) {
      young.delete(key);
      youngBytes -= sizeOf(replaced);
    }
    const size = sizeOf(value);
    if (size > maxBytes / 2) return;
    if (young.size + 1 > maxEntries / 2 || youngBytes + size > maxBytes / 2) {
      old = young;
      young = new Map();
      youngBytes = 0;
    }
    young.set(key, value);
    youngBytes += size;
  }

  return {
    get(key) {
      const value = young.get(key);
      if (value !== undefined) return value;
      const aged = old.get(key);
      if (aged !== undefined) set(key, aged);
      return aged;
    },

    set,

    clear() {
      young = new Map();
      old = new Map();
      youngBytes = 0;
    },
  };
}
