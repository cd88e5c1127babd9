/** Which distribution, and which release of it (os-release(5)). */
import { noPackages, type PackageReader, text } from './reader.ts';

export const osReleaseReader: PackageReader = {
  wants: (path) => path === 'etc/os-release' || path === 'usr/lib/os-release',
  maxBytes: 64 * 1024,
  read(content) {
    const values = new Map<string, string>();
    for (const line of content.toString('utf8').split('\n')) {
      const [, key, value = ''] = /^([A-Z_]+)=(.*)$/.exec(line.trim()) ?? [];
      if (key !== undefined) values.set(key, unquote(value));
    }
    const [id, version, name] = ['ID', 'VERSION_ID', 'PRETTY_NAME'].map((key) => text(values.get(key)));
    return id === undefined || id === '' ? noPackages : { packages: [], release: { id, version: version ?? '', name: name ?? '' } };
  },
};

function unquote(value: string): string {
  const [, quoted] = /^(?:"(.*)"|'.*')$/.exec(value) ?? [];
  if (quoted !== undefined) return quoted.replaceAll(/\\(.)/g, '$1');
  return /^'.*'$/.test(value) ? value.slice(1, -1) : value;
}
