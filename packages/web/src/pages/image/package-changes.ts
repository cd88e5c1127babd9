/** What was installed in one image, and is in another. Pure. */
export type Installed = { readonly type: string; readonly name: string; readonly version: string };
export type PackageChange = Pick<Installed, 'type' | 'name'> & { readonly before: readonly string[]; readonly after: readonly string[] };

/** One line for each name, in their order; what has the same versions in both is left out. */
export function findPackageChanges(before: readonly Installed[], after: readonly Installed[]): PackageChange[] {
  const [old, now] = [versionsOf(before), versionsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].toSorted().flatMap((key) => {
    const [type = '', ...name] = key.split(' ');
    const change = { type, name: name.join(' '), before: old.get(key) ?? [], after: now.get(key) ?? [] };
    return JSON.stringify(change.before) === JSON.stringify(change.after) ? [] : [change];
  });
}

/** An image may hold several versions of a name, and one of them in several places. */
function versionsOf(packages: readonly Installed[]): Map<string, readonly string[]> {
  const found = Map.groupBy(packages, ({ type, name }) => `${type} ${name}`);
  return new Map([...found].map(([key, all]) => [key, [...new Set(all.map(({ version }) => version))].toSorted()]));
}
