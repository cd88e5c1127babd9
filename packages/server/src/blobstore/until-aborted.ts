/**
 * A body that ends with the signal's reason as soon as the signal fires, even while the next chunk
 * is awaited and never comes.
 */
export async function* untilAborted(body: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined> {
  if (signal === undefined) {
    yield* body;
    return;
  }
  signal.throwIfAborted();
  const iterator = body[Symbol.asyncIterator]();
  // One listener and one slot for the whole body. Racing each chunk against a promise made from the
  // signal would leave a reaction on that promise per chunk: 16 000 of them per GB.
  let rejectNext: ((reason: unknown) => void) | undefined;
  const onAbort = (): void => rejectNext?.(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const next = await new Promise<IteratorResult<Uint8Array, unknown>>((resolve, reject) => {
        rejectNext = reject;
        iterator.next().then(resolve, reject);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not awaited: a source that never yields would never return either. Its own end or error is of no interest any more.
    iterator.return?.()?.then(undefined, () => undefined);
  }
}
