/**
 * A session that ends while somebody is at work. Whatever is asked for then waits until they have logged
 * in again, and goes on: forms stay as they are, and what was sent is sent once more. The server says of
 * each answer to whom it was given, so that also what everybody may see tells.
 */
import { useSyncExternalStore } from 'react';

type Ask = (name: string) => Promise<boolean>;

let name: string | undefined;
let ask: Ask | undefined;
let waiting: Promise<boolean> | undefined;
let returns = 0;
const listeners = new Set<() => void>();

/** Who is at work here; undefined: nobody with an account. */
export function workAs(user: string | undefined): void {
  name = user;
}

/** `asker` says whether they are back. */
export function onSessionEnd(asker: Ask): () => void {
  ask = asker;
  return () => {
    ask = undefined;
  };
}

/** For an answer that was given to nobody. True: it is worth asking again. */
export async function isBackAgain(): Promise<boolean> {
  if (name === undefined || ask === undefined) return false;
  waiting ??= ask(name).finally(() => {
    waiting = undefined;
  });
  const isBack = await waiting;
  if (!isBack) name = undefined;
  return isBack;
}

/** What follows the server's events begins anew with the new session. */
export function tellReturn(): void {
  returns += 1;
  for (const listener of listeners) listener();
}

/** How often somebody had to log in again here. */
export function useReturns(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => returns,
  );
}
