/** npm: the package.json of each package below node_modules. */
import { found, isRecord, noPackages, PackageProblem, type PackageReader, parseJson, text } from './reader.ts';

export const npmReader: PackageReader = {
  wants: (path) => /(^|\/)node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path),
  maxBytes: 4 * 1024 * 1024,
  read(content) {
    const manifest = parseJson(content);
    if (!isRecord(manifest)) throw new PackageProblem('it is no package.json');
    const [name, version] = [text(manifest['name']), text(manifest['version'])];
    // Folders of a package may have one of their own, to say how modules are read there.
    if (name === '' || version === '') return noPackages;
    const [, scope = '', own = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
    return { packages: [found('npm', own, version, { namespace: scope, licences: licencesOf(manifest) })] };
  },
};

/** A text, an object of old, or a list of those. */
function licencesOf({ license, licenses }: Readonly<Record<string, unknown>>): string[] {
  return [license, licenses]
    .flat()
    .map((one) => (isRecord(one) ? text(one['type']) : text(one)))
    .filter((one) => one !== '');
}
