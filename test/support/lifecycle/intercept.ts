type Method = (...parameters: unknown[]) => Promise<unknown>;

/** The same thing, but `around` decides what happens when one of these methods is called. */
export function intercept<Target extends object>(
  target: Target,
  names: readonly (keyof Target)[],
  around: (call: () => Promise<unknown>) => Promise<unknown>,
): Target {
  const methods = names.map((name) => {
    const method = target[name] as Method; // the ports have nothing but such methods under these names
    return [name, (...parameters: unknown[]) => around(() => method.apply(target, parameters))];
  });
  return { ...target, ...Object.fromEntries(methods) } as Target; // the same names again
}
