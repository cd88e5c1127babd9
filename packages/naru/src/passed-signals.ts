/** Signals that are meant for somebody behind this process. */
import { systemClock } from '@naru/client/runtime/clock';

const names = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** Ctrl-C reaches both this process and the one that started it (bin/naru.mjs), which passes it on: that is one. */
const sameWithinMs = 50;

export function onSignal(listener: (name: string) => void): Disposable {
  const lastAt = new Map<string, number>();
  const listeners = names.map((name) => {
    const listen = () => {
      const now = systemClock.now();
      const isEcho = now - (lastAt.get(name) ?? -Infinity) < sameWithinMs;
      lastAt.set(name, now);
      if (!isEcho) listener(name);
    };
    process.on(name, listen);
    return () => process.off(name, listen);
  });
  return { [Symbol.dispose]: () => listeners.forEach((stop) => stop()) };
}
