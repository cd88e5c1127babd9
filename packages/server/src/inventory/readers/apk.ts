/** Alpine: the database of installed packages, in paragraphs of one-letter fields (apk-tools, "APK spec"). */
import { found, type FoundPackage, PackageProblem, type PackageReader } from './reader.ts';

export const apkReader: PackageReader = {
  wants: (path) => path === 'lib/apk/db/installed' || path === 'usr/lib/apk/db/installed',
  maxBytes: 64 * 1024 * 1024,
  isDatabase: true,
  read: (content) => ({ packages: content.toString('utf8').split('\n\n').flatMap(toPackage) }),
};

function toPackage(paragraph: string): FoundPackage[] {
  const fields = new Map<string, string>();
  for (const line of paragraph.split('\n')) {
    // Files of the package follow, in fields that come again and again: what is first counts.
    if (line[1] === ':' && !fields.has(line.slice(0, 1))) fields.set(line.slice(0, 1), line.slice(2).trim());
  }
  const [name = '', version = '', origin = '', architecture = '', licence = ''] = ['P', 'V', 'o', 'A', 'L'].map((field) => fields.get(field));
  if (paragraph.trim() === '') return [];
  if (name === '' || version === '') throw new PackageProblem('it has a paragraph without a package');
  return [found('apk', name, version, { sourceName: origin || name, sourceVersion: version, architecture, licences: licence === '' ? [] : [licence] })];
}
