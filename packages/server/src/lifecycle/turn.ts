/** Work that must not overlap, in the order of asking. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>;

export function createTurn(): Turn {
  let last: Promise<void> = Promise.resolve();
  return async (work) => {
    const previous = last;
    const { promise, resolve } = Promise.withResolvers<void>();
    last = promise;
    try {
      await previous;
      return await work();
    } finally {
      resolve();
    }
  };
}
