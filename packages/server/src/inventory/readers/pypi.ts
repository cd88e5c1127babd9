/** Python: the metadata of what is installed (PEP 376, PEP 566; eggs of old): headers as in a mail. */
import { found, noPackages, type PackageReader, text } from './reader.ts';

export const pypiReader: PackageReader = {
  wants: (path) => /\.(dist-info\/METADATA|egg-info\/PKG-INFO|egg-info|egg\/EGG-INFO\/PKG-INFO)$/.test(path),
  maxBytes: 4 * 1024 * 1024,
  read(content) {
    const headers = content.toString('utf8').split(/\r?\n\r?\n/, 1)[0] ?? '';
    const valuesOf = (name: string): string[] =>
      [...headers.matchAll(new RegExp(`^${name}:[ \\t]*(.*)$`, 'gim'))].map(([, value]) => text(value)).filter((value) => value !== '' && value !== 'UNKNOWN');
    const [name, version] = [valuesOf('Name')[0], valuesOf('Version')[0]];
    if (name === undefined || version === undefined) return noPackages;
    const licences = [...valuesOf('License-Expression'), ...valuesOf('License')];
    return { packages: [found('pypi', name, version, { licences: licences.length > 0 ? licences.slice(0, 1) : classified(valuesOf('Classifier')) })] };
  },
};

/** `License :: OSI Approved :: MIT License` */
function classified(classifiers: readonly string[]): string[] {
  return classifiers.filter((one) => one.startsWith('License ::')).map((one) => one.split('::').at(-1)?.trim() ?? '');
}
