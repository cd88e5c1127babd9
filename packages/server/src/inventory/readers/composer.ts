/** PHP: Composer's list of what it has installed, of version 1 and 2. */
import { found, isRecord, PackageProblem, type PackageReader, parseJson, text } from './reader.ts';

export const composerReader: PackageReader = {
  wants: (path) => /(^|\/)vendor\/composer\/installed\.json$/.test(path),
  maxBytes: 16 * 1024 * 1024,
  read(content) {
    const file = parseJson(content);
    const list = isRecord(file) ? file['packages'] : file;
    if (!Array.isArray(list)) throw new PackageProblem('it is no list of packages');
    return {
      packages: list.filter(isRecord).flatMap((one) => {
        const [, vendor, name] = /^([^/]+)\/(.+)$/.exec(text(one['name'])) ?? [];
        const version = text(one['version']).replace(/^v(?=\d)/, '');
        if (vendor === undefined || name === undefined || version === '') return [];
        return [found('composer', name, version, { namespace: vendor, licences: [one['license']].flat().map(text).filter(Boolean) })];
      }),
    };
  },
};
