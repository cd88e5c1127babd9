/**
 * Some at a time. The first failure stops the others, and is thrown once all have let go of what
 * they held: nobody writes to a store that is being closed.
 */
export async function inParallel<Item>(
  items: Iterable<Item>,
  { limit, signal }: { readonly limit: number; readonly signal?: AbortSignal },
  work: (item: Item, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const left = [...items].values();
  const workers = Array.from({ length: limit }, async () => {
    for (const item of left) {
      if (stop.aborted) return;
      try {
        await work(item, stop);
      } catch (error) {
        failed.abort(error);
        return;
      }
    }
  });
  await Promise.all(workers);
  stop.throwIfAborted();
}
