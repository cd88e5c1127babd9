/**
 * What matching costs: many inventories against many advisories, all of them, and after an edition in which a
 * few say something else. In this process, on rows alone. Naru only: of the peers none knows what is installed.
 */
import { Database } from 'bun:sqlite';
import { join } from 'node:path';
import { matchAll } from '@naru/server/advisories/match-advisories';
import { type Advisory, advisoryBatchMax } from '@naru/server/metadata/advisory-port';
import type { MetadataStore } from '@naru/server/metadata/port';
import { openSqliteMetadata } from '@naru/server/metadata/sqlite/open-sqlite-metadata';
import type { Scenario } from './scenario.ts';

/** Of an image: most are shared with others, as those of a base are. */
const packagesPerImage = 100;
const versionsPerName = 5;
const changedPerEdition = 300;

export const advisoryMatch: Scenario = {
  id: 'advisory-match',
  title: 'matching 10 000 inventories with 300 000 advisories (quick: a tenth)',
  metrics: [
    { key: 'matchSeconds', unit: 'CPU s, all', digits: 1 },
    { key: 'changeSeconds', unit: `CPU s, ${changedPerEdition} changed`, digits: 2 },
    { key: 'importSeconds', unit: 'CPU s, the import', digits: 1 },
    { key: 'findings', unit: 'findings', digits: 0 },
  ],
  suits: (peer) => peer.name === 'naru',
  mostRepetitions: 1,
  run: async (bench) => {
    const { images, advisories } = bench.size.advisories;
    await using folder = bench.scratch.fresh('advisories');
    const path = join(folder.path, 'naru.db');
    const rows = await openSqliteMetadata({ path });
    const names = Math.floor(advisories / 10);
    fillInventories(path, images, names);
    const importSeconds = await cpuSeconds(() => publish(rows, advisories, names, 0));
    const parts = { ...rows, clock: { now: () => 1 }, onChecked: async () => undefined, onSignals: async () => undefined };
    const matchSeconds = await cpuSeconds(() => matchAll(parts));
    await publish(rows, changedPerEdition, names, 1);
    const changeSeconds = await cpuSeconds(() => matchAll(parts));
    using database = new Database(path, { readonly: true });
    const { findings } = database.query('SELECT count(*) AS findings FROM finding').get() as { findings: number }; // a count
    await rows.close();
    return { matchSeconds, changeSeconds, importSeconds, findings };
  },
};

async function cpuSeconds(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Names from a walk through all of them, so that images share and differ. */
function fillInventories(path: string, images: number, names: number): void {
  using database = new Database(path);
  database.run('BEGIN');
  const version = database.prepare(
    "INSERT INTO package_version (type, name, version, distribution, namespace, source_name, source_version, architecture) VALUES ('npm', ?, ?, '', '', '', '', '')",
  );
  for (let name = 0; name < names; name += 1) for (let at = 0; at < versionsPerName; at += 1) version.run(`package-${name}`, `1.${at}.0`);
  const manifest = database.prepare("INSERT INTO manifest (digest, size_bytes, bytes) VALUES (?, 1, x'00')");
  const inventory = database.prepare(
    "INSERT INTO image_inventory (digest, state, distribution_id, distribution_version, distribution_name, problems, read_at) VALUES (?, 'done', '', '', '', '[]', 1)",
  );
  const installed = database.prepare("INSERT OR IGNORE INTO image_package (image, package, path, layer, licences) VALUES (?, ?, 'p', 'l', '[]')");
  for (let image = 1; image <= images; image += 1) {
    const digest = `sha256:${String(image).padStart(64, '0')}`;
    manifest.run(digest);
    inventory.run(digest);
    for (let at = 0; at < packagesPerImage; at += 1) installed.run(image, 1 + ((Math.floor(image / 10) * 37 + at * 7919) % (names * versionsPerName)));
  }
  database.run('COMMIT');
}

async function publish(rows: MetadataStore, count: number, names: number, round: number): Promise<void> {
  const edition = await rows.advisories.beginEdition('osv:npm');
  for (let from = 0; from < count; from += advisoryBatchMax) {
    const batch = Array.from({ length: Math.min(advisoryBatchMax, count - from) }, (_, at) => advisoryOf(from + at, names, round));
    await rows.advisories.stage(edition, batch);
  }
  await rows.advisories.publish(edition, { mode: round === 0 ? 'whole' : 'added', dataAt: round, file: 'made', at: 1 });
}

function advisoryOf(at: number, names: number, round: number): Advisory {
  const range = {
    ecosystem: 'npm',
    name: `package-${at % names}`,
    introduced: '',
    fixed: `1.${(at + round) % (versionsPerName + 1)}.0`,
    lastAffected: '',
    versions: [],
  };
  return {
    name: `GHSA-${at}`,
    vulnerability: `CVE-2026-${at}`,
    aliases: [`CVE-2026-${at}`],
    severity: 'high',
    score: 75,
    vector: '',
    summary: 'made up',
    url: '',
    affected: [{ ...range, severity: 'unknown' }],
  };
}
