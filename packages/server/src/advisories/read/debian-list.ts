/**
 * Debian's lists of its own advisories (DSA and DLA), as its security tracker keeps them:
 *
 *     entry := "[" date "] " id " " source-package " - " title, then lines that begin with a tab:
 *              "{" CVE … "}" | "[" release "] - " source-package " " version | "NOTE: …"
 */
import type { AffectedRange, Advisory } from '../../metadata/advisory-port.ts';
import { debianReleases } from '../ecosystem.ts';
import { AdvisoryError } from './advisory-error.ts';
import { timeOf } from './osv.ts';

const lineMax = 100_000;
const head = /^\[(\d{1,2} [A-Z][a-z]{2} \d{4})\] (D[SL]A-\d+(?:-\d+)?)\s+(.*)$/;

type Entry = { readonly id: string; readonly title: string; readonly at: number | undefined; readonly cves: string[]; readonly fixes: AffectedRange[] };

export function isDebianList(start: string): boolean {
  return head.test(start.split('\n', 1)[0] ?? '');
}

/** One advisory for each CVE, with what every list entry says of it. Throws AdvisoryError. */
export function readDebianList(text: string, where: string): { source: string; dataAt: number | undefined; advisories: Advisory[] } {
  const entries = readEntries(text, where);
  const found = new Map<string, { aliases: Set<string>; affected: AffectedRange[]; at: number | undefined; title: string }>();
  for (const { id, title, at, cves, fixes } of entries) {
    // A regression update mends what a fix broke: it says nothing new about who is vulnerable.
    if (cves.length === 0 && /regression/.test(title)) continue;
    for (const name of cves.length === 0 ? [id] : cves) {
      const entry = found.get(name) ?? { aliases: new Set<string>(), affected: [], at, title };
      found.set(name, entry);
      if (name !== id) entry.aliases.add(id);
      entry.affected.push(...fixes);
    }
  }
  return {
    source: entries[0]?.id.startsWith('DLA') === true ? 'debian-dla' : 'debian-dsa',
    dataAt: entries.reduce<number | undefined>((newest, { at }) => (at !== undefined && at > (newest ?? 0) ? at : newest), undefined),
    advisories: [...found].map(([name, { aliases, affected, at, title }]) => ({
      name,
      vulnerability: name,
      aliases: [...aliases],
      severity: 'unknown',
      vector: '',
      summary: title,
      url: `https://security-tracker.debian.org/tracker/${name}`,
      ...(at !== undefined && { publishedAt: at }),
      affected,
    })),
  };
}

function readEntries(text: string, where: string): Entry[] {
  const entries: Entry[] = [];
  for (const [number, line] of text.split('\n').entries()) {
    const fail = (what: string): never => {
      throw new AdvisoryError(where, `line ${number + 1}: ${what}`);
    };
    if (line.length > lineMax) fail(`is longer than ${lineMax} characters`);
    if (line.trim() === '') continue;
    const entry = entries.at(-1);
    if (/^\s/.test(line)) {
      if (entry === undefined) fail('belongs to no advisory');
      else readDetail(line.trim(), entry);
      continue;
    }
    const [, date, id, title = ''] = head.exec(line) ?? fail('is no advisory: it should begin like "[29 Mar 2023] DSA-5380-1 xorg-server"');
    entries.push({ id: id ?? '', title: title.slice(0, 300), at: timeOf('at', `${date ?? ''} UTC`).at, cves: [], fixes: [] });
  }
  return entries;
}

function readDetail(line: string, { cves, fixes }: Entry): void {
  if (line.startsWith('{')) cves.push(...(line.match(/CVE-\d{4}-\d+/g) ?? []));
  const [, release = '', name = '', fixed = ''] = /^\[([a-z]+)\] - (\S+) (\S+)/.exec(line) ?? [];
  const version = debianReleases[release];
  if (version === undefined || fixed === '<not-affected>') return;
  // `<end-of-life>` and `<unfixed>`: nobody will mend it there.
  const isFixed = !fixed.startsWith('<');
  fixes.push({ ecosystem: `debian:${version}`, name, introduced: '', fixed: isFixed ? fixed : '', lastAffected: '', versions: [], severity: 'unknown' });
}
