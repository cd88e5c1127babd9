/**
 * Signals that are meant for somebody behind this process. The launcher (bin/naru.mjs) gets those of the
 * terminal too, and passes each on, sooner or later. So that Ctrl-C stays one signal, it is told which
 * are counted here, and passes these on over its channel instead of by a second signal: whatever came in
 * both ways is one.
 */
const names = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

export function onSignal(listener: (name: string) => void): Disposable {
  const counters = new Map(names.map((name) => [name as string, createCounter()]));
  const direct = names.map((name) => {
    const listen = () => {
      if (counters.get(name)?.heard('direct') === true) listener(name);
    };
    process.on(name, listen);
    return () => process.off(name, listen);
  });
  const passed = (message: unknown) => {
    const name = passedSignal(message);
    if (counters.get(name)?.heard('passed') === true) listener(name);
  };
  process.on('message', passed);
  tellLauncher(names);
  return {
    [Symbol.dispose]() {
      tellLauncher([]);
      process.off('message', passed);
      for (const stop of direct) stop();
    },
  };
}

/** Of one signal. True when it is another one, and not the same in the other way. */
export function createCounter(): { heard(way: 'direct' | 'passed'): boolean } {
  const counts = { direct: 0, passed: 0 };
  return {
    heard(way) {
      const before = Math.max(counts.direct, counts.passed);
      counts[way] += 1;
      return counts[way] > before;
    },
  };
}

function tellLauncher(countedSignals: readonly string[]): void {
  if (process.connected) process.send?.({ countedSignals });
}

function passedSignal(message: unknown): string {
  const { signal } = message as { signal?: unknown }; // the launcher's, and looked at here
  return typeof signal === 'string' ? signal : '';
}
