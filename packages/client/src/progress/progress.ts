/**
 * What a transfer says while it goes on. Transfers name facts; how they look is decided by whoever
 * made this: lines for a file or a pipe, bars for a terminal, nothing when asked to be quiet.
 */
export interface Progress {
  /** A line for people that belongs to no part. */
  line(text: string): void;
  /** A part has come to its next state: `Pulling fs layer`. */
  state(id: string, text: string): void;
  /** How far a part is within its state. */
  advance(id: string, text: string, done: { readonly bytes: number; readonly of: number }): void;
  /** Until everything said is written. */
  flush(): Promise<void>;
}

export const noProgress: Progress = { line() {}, state() {}, advance() {}, flush: () => Promise.resolve() };
