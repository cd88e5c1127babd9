/**
 * When the operator wants the server to stop: SIGTERM, SIGINT (Ctrl-C), SIGHUP (the terminal was
 * closed), or the death of the program that started it over an IPC channel, as `naru` does, so that
 * no server is left behind that holds the port.
 *
 * One press of Ctrl-C reaches a server several times: the terminal sends it to the whole process
 * group, and npm and our own wrapper pass on what they got. So what follows the first request within
 * a moment is the same request; what comes later is an impatient operator.
 */
import { stopwatch } from './clock.ts';

export type StopReason = 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'parent-gone';

export type StopRequests = Disposable & { readonly first: Promise<StopReason>; readonly second: Promise<StopReason> };

/** What is needed of `process`, so that a test can stand in for it. */
export type SignalSource = {
  readonly connected?: boolean;
  on(event: string, listener: () => void): unknown;
  off(event: string, listener: () => void): unknown;
};

const sameRequestMs = 500;
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export function listenForStop(source: SignalSource = process, now: () => number = stopwatch): StopRequests {
  const first = Promise.withResolvers<StopReason>();
  const second = Promise.withResolvers<StopReason>();
  let firstAt: number | undefined;

  const listeners = [
    ...signals.map((signal) => [signal, () => request(signal)] as const),
    // A program that was not started over a channel has no parent to lose.
    ...(source.connected === true ? [['disconnect', () => request('parent-gone')] as const] : []),
  ];
  for (const [event, listener] of listeners) source.on(event, listener);

  return {
    first: first.promise,
    second: second.promise,
    [Symbol.dispose]() {
      for (const [event, listener] of listeners) source.off(event, listener);
    },
  };

  function request(reason: StopReason): void {
    if (firstAt === undefined) {
      firstAt = now();
      first.resolve(reason);
    } else if (reason !== 'parent-gone' && now() - firstAt >= sameRequestMs) {
      second.resolve(reason);
    }
  }
}
