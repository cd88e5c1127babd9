/** RPM: Fedora, Red Hat, SUSE and theirs. The file's name tells in which of three forms the database is. */
import { type FoundPackage, PackageProblem, type PackageReader } from './reader.ts';
import { headersMax, readBerkeley, readNdb } from './rpm-databases.ts';
import { readRpmHeader } from './rpm-header.ts';
import { readSqlite } from './rpm-sqlite.ts';

const forms: Readonly<Record<string, (content: Buffer) => Generator<Buffer>>> = {
  'rpmdb.sqlite': readSqlite,
  'Packages.db': readNdb,
  Packages: readBerkeley,
};

export const rpmReader: PackageReader = {
  wants: (path) => /^(var\/lib\/rpm|usr\/lib\/sysimage\/rpm|usr\/share\/rpm)\/(rpmdb\.sqlite|Packages\.db|Packages)$/.test(path),
  maxBytes: 128 * 1024 * 1024,
  isDatabase: true,
  read(content, path) {
    const headers = forms[path.split('/').at(-1) ?? '']?.(content) ?? [];
    const packages: FoundPackage[] = [];
    for (const header of headers) {
      const one = readRpmHeader(header);
      if (one !== undefined) packages.push(one);
      if (packages.length >= headersMax) throw new PackageProblem(`it has more than ${headersMax} packages`);
    }
    return { packages };
  },
};
