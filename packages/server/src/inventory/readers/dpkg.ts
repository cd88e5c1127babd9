/**
 * Debian and Ubuntu: dpkg's status file (deb-control(5)), and the folder of one file for each package
 * that images without a shell have instead. Only what is installed counts.
 */
import { found, type FoundPackage, PackageProblem, type PackageReader } from './reader.ts';

const statusPath = /^var\/lib\/dpkg\/(status$|status\.d\/[^/]+$)/;

export const dpkgReader: PackageReader = {
  wants: (path) => statusPath.test(path) && !path.endsWith('.md5sums'),
  maxBytes: 64 * 1024 * 1024,
  isDatabase: true,
  read: (content) => ({ packages: [...paragraphs(content.toString('utf8'))].flatMap(toPackage) }),
};

type Fields = ReadonlyMap<string, string>;

/** Field names have no case; of a value in several lines the first is enough here. */
function* paragraphs(content: string): Generator<Fields> {
  let fields = new Map<string, string>();
  for (const line of content.split('\n')) {
    if (line.trim() === '') {
      if (fields.size > 0) yield fields;
      fields = new Map();
    } else if (!/^\s/.test(line)) {
      const colon = line.indexOf(':');
      if (colon < 1) throw new PackageProblem('it has a line that is no field');
      fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
  }
  if (fields.size > 0) yield fields;
}

function toPackage(fields: Fields): FoundPackage[] {
  const [name = '', version = '', status] = ['package', 'version', 'status'].map((field) => fields.get(field));
  if (name === '') throw new PackageProblem('it has a paragraph without a package');
  // Without a status it is a file of status.d.
  if (version === '' || (status !== undefined && status.split(/\s+/).at(-1) !== 'installed')) return [];
  // `Source: openssl (3.0.11-1)`: with a version where it is another one than the package's.
  const [, sourceName = name, sourceVersion = version] = /^(\S+)(?:\s+\(([^)]*)\))?/.exec(fields.get('source') ?? '') ?? [];
  return [found('deb', name, version, { sourceName, sourceVersion, architecture: fields.get('architecture') ?? '' })];
}
