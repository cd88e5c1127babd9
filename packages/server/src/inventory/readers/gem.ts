/** Ruby: the specification of each installed gem, as RubyGems writes it. It is a program, and is never run: only plain texts are read. */
import { found, noPackages, type PackageReader } from './reader.ts';

export const gemReader: PackageReader = {
  wants: (path) => /(^|\/)specifications\/(default\/)?[^/]+\.gemspec$/.test(path),
  maxBytes: 1024 * 1024,
  read(content) {
    const lines = content.toString('utf8');
    const [name, version] = [fieldOf(lines, 'name'), fieldOf(lines, 'version')];
    if (name === undefined || version === undefined) return noPackages;
    const [, list = ''] = /^\s*\w+\.licenses\s*=\s*\[([^\]]*)\]/m.exec(lines) ?? [];
    const licences = [...list.matchAll(/"([^"]{1,200})"/g)].map(([, one = '']) => one);
    return { packages: [found('gem', name, version, { licences })] };
  },
};

/** `s.name = "rack".freeze`; older ones wrap the version in `Gem::Version.new`. */
function fieldOf(lines: string, field: string): string | undefined {
  return new RegExp(`^\\s*\\w+\\.${field}\\s*=\\s*(?:Gem::Version\\.new\\(?\\s*)?["']([^"'#]{1,200})["']`, 'm').exec(lines)?.[1];
}
