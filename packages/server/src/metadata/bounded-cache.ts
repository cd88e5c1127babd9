/** Keeps what was used last, within a number of entries and a number of bytes (I6). */
export type BoundedCache<Value> = {
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  clear(): void;
};

export type CacheLimits<Value> = {
  readonly maxEntries: number;
  readonly maxBytes?: number;
  /** What one value weighs. */
  readonly sizeOf?: (value: Value) => number;
};

export function boundedCache<Value extends object>({
  maxEntries,
  maxBytes = Number.POSITIVE_INFINITY,
  sizeOf = () => 0,
}: CacheLimits<Value>): BoundedCache<Value> {
  // A Map remembers the order of insertion: the first entry is the one that was used longest ago.
  const entries = new Map<string, Value>();
  let bytes = 0;

  function drop(key: string): void {
    const value = entries.get(key);
    if (value === undefined) return;
    entries.delete(key);
    bytes -= sizeOf(value);
  }

  return {
    get(key) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },

    set(key, value) {
      drop(key);
      const size = sizeOf(value);
      if (size > maxBytes) return;
      entries.set(key, value);
      bytes += size;
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries && bytes <= maxBytes) break;
        drop(oldest);
      }
    },

    clear() {
      entries.clear();
      bytes = 0;
    },
  };
}
