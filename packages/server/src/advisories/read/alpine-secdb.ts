/** Alpine's security database: for each package, which version fixed what. JSON, and YAML as it was before 2021. */
import { z } from 'zod';
import type { AffectedRange, Advisory } from '../../metadata/advisory-port.ts';
import { releaseOf } from '../ecosystem.ts';
import { parseAs } from './parse-as.ts';

const database = z.object({
  distroversion: z.union([z.string(), z.number()]).optional(),
  reponame: z.string().max(100).optional(),
  packages: z
    .array(z.object({ pkg: z.object({ name: z.string().min(1).max(256), secfixes: z.record(z.string(), z.array(z.unknown()).nullish()).nullish() }) }))
    .max(200_000)
    .nullish(),
});

export function isSecdb(value: object): boolean {
  return 'packages' in value && ('reponame' in value || 'distroversion' in value);
}

/** `source`: of which release and repository it is, since each is a database of its own. Throws AdvisoryError. */
export function readSecdb(value: unknown, where: string): { source: string; advisories: Advisory[] } {
  const parsed = parseAs(database, value, where, 'Alpine');
  const { distroversion = 'edge', reponame = 'main', packages } = parsed;
  const ecosystem = releaseOf(`alpine:${String(distroversion)}`);
  const found = new Map<string, { aliases: Set<string>; affected: AffectedRange[] }>();
  for (const { pkg } of packages ?? []) {
    for (const [fixed, ids] of Object.entries(pkg.secfixes ?? {})) {
      // "0": it was never affected.
      if (fixed === '0') continue;
      for (const [name, ...aliases] of (ids ?? []).map((id) => namesIn(String(id)))) {
        if (name === undefined) continue;
        const entry = found.get(name) ?? { aliases: new Set(), affected: [] };
        found.set(name, entry);
        for (const alias of aliases) entry.aliases.add(alias);
        entry.affected.push({ ecosystem, name: pkg.name, introduced: '', fixed, lastAffected: '', versions: [], severity: 'unknown' });
      }
    }
  }
  return { source: `${ecosystem}/${reponame}`, advisories: [...found].map(([name, entry]) => toAdvisory(name, entry)) };
}

/** `CVE-2019-18276 XSA-1 (+ regression)` → its names, the first of which stands for all */
function namesIn(text: string): string[] {
  return text.match(/\b[A-Z][A-Z0-9]+-[A-Za-z0-9-]+/g) ?? [];
}

function toAdvisory(name: string, { aliases, affected }: { aliases: ReadonlySet<string>; affected: readonly AffectedRange[] }): Advisory {
  return {
    name,
    vulnerability: name,
    aliases: [...aliases],
    severity: 'unknown',
    vector: '',
    summary: '',
    url: name.startsWith('CVE-') ? `https://security.alpinelinux.org/vuln/${name}` : '',
    affected,
  };
}
