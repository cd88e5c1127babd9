/** An organisation's images with what was found in each, as rows, as `naru-rows.ts` does it for lists: many share a base, and its findings. */
import { createHash } from 'node:crypto';
import type { TalliedFinding } from '@naru/server/metadata/tallies/port';
import { packFindings } from '@naru/server/metadata/tallies/packed-findings';
import { manifestType } from '../sample.ts';
import { inBatches, openForFilling } from './naru-rows.ts';

const perRepository = 20;
const bases = 20;
const findingsOfBase = 200;
const findingsOfImage = 100;
/** Packages that images install on their bases. */
const pool = 1000;
const bytes = new Uint8Array(1000).fill(0x20);
const severities = ['critical', 'high', 'medium', 'low', 'negligible', 'unknown'] as const;

/** All in the namespace `team`. Gives the findings of one image. */
export async function fillTallies(folder: string, count: number): Promise<number> {
  using database = openForFilling(folder);
  const repository = database.prepare('insert into repository (name, created_at, search_id) values (?, 0, ?)');
  const manifest = database.prepare('insert into manifest (digest, size_bytes, bytes) values (?, 1000, ?)');
  const held = database.prepare(
    `insert into repository_manifest (repository, digest, media_type, pushed_at, pushed_by) values (?, ?, '${manifestType}', 0, 'bench')`,
  );
  const tag = database.prepare("insert into tag (repository, name, digest, moved_at, moved_by) values (?, ?, ?, 0, 'bench')");
  const columns = severities.flatMap((severity) => [`${severity}_fixable`, `${severity}_unfixable`]);
  const tally = database.prepare(
    `insert into image_tally (repository, digest, state, packages, unknown_packages, exploited, epss, tallied_at, ${columns.join(', ')})
     values (?, ?, 'checked', 200, 0, 1, ?, 1, ${columns.map(() => '?').join(', ')})`,
  );
  const detail = database.prepare('insert into image_tally_detail (repository, digest, findings) values (?, ?, ?)');
  const changes = severities.flatMap((severity) => [`${severity}_removed`, `${severity}_added`]);
  const newer = database.prepare(
    `insert into newer_base (repository, digest, base, tag, stands_on, now, now_image, compared, ${changes.join(', ')})
     values (?, ?, ?, 'latest', ?, ?, ?, 1, ${changes.map(() => '?').join(', ')})`,
  );
  inBatches(database, count, (index) => {
    const [digest, base] = [digestOf(`tallied ${index}`), index % bases];
    const name = `team/app-${String(Math.floor(index / perRepository)).padStart(5, '0')}`;
    if (index % perRepository === 0) repository.run(name, index + 2_000_000);
    manifest.run(digest, bytes);
    held.run(name, digest);
    tag.run(name, `v${index % perRepository}`, digest);
    const findings = [
      ...Array.from({ length: findingsOfBase }, (_, at) => findingOf(`base-${base}-${at % 40}`, base * findingsOfBase + at, 'deb')),
      ...Array.from({ length: findingsOfImage }, (_, at) => findingOf(`library-${(index * 37 + at) % pool}`, 100_000 + ((index * 37 + at) % pool), 'npm')),
    ];
    const counts = severities.flatMap((severity) => {
      const own = findings.filter((one) => one.severity === severity);
      const fixable = own.filter(({ fixed }) => fixed !== '').length;
      return [fixable, own.length - fixable];
    });
    tally.run(name, digest, index, ...counts);
    detail.run(name, digest, packFindings(findings));
    if (index % 2 === 0) newer.run(name, digest, `team/app-${String(base).padStart(5, '0')}`, digest, digest, digest, ...changes.map((_, at) => at));
  });
  return findingsOfBase + findingsOfImage;
}

function findingOf(name: string, number: number, type: string): TalliedFinding {
  return {
    vulnerability: `CVE-2026-${number}`,
    severity: severities[number % severities.length] ?? 'unknown',
    score: 75,
    fixed: number % 3 === 0 ? '' : `1.${number % 5}.0`,
    package: { ecosystem: type === 'deb' ? 'debian:12' : type, type, name },
    epss: number % 1000,
    exploited: number % 500 === 0,
  };
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
