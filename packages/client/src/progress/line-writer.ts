/** Text that is written in the order it was said, by transfers that do not wait for it. */
export type LineWriter = { write(text: string): void; flush(): Promise<void> };

export function createLineWriter(out: (text: string) => Promise<void>): LineWriter {
  let last = Promise.resolve();
  return {
    write(text) {
      last = last.then(() => out(text));
    },
    flush: () => last,
  };
}
