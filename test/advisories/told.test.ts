/** Whoever owns a repository is told of each bad vulnerability in it once: from the advisories to the notification, with the real program. */
import { afterAll, expect, setDefaultTimeout, test } from 'bun:test';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Person, startWorld } from '../accounts/support/accounts.ts';
import { pushImage } from '../accounts/support/push.ts';
import { runNaru } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { osv } from './files.ts';
import { seedInventory } from './seed.ts';

setDefaultTimeout(60_000);

const world = await startWorld();
const files = await temporaryFolder('naru-told-');
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await files[Symbol.asyncDispose]();
});

async function importAdvisory(id: string, more: object = {}): Promise<void> {
  const path = join(files.path, `${id}.json`);
  await writeFile(path, osv(id, more));
  expect(await runNaru(['admin', 'advisories', 'import', '--force', path, '--data', world.server.data])).toMatchObject({ exitCode: 0, stderr: '' });
}

async function pushWithLeftPad(person: Person, repository: string, tag: string): Promise<string> {
  const { digest } = await pushImage(person, repository, tag);
  await seedInventory(world.server.data, digest, [{ type: 'npm', name: 'left-pad', version: '1.3.0' }]);
  return digest;
}

async function isChecked(person: Person, repository: string, tag: string, findings: number): Promise<void> {
  const path = `/repositories/${repository}/-/images/${tag}/findings`;
  for (;;) {
    const { body } = await person.api('GET', path);
    if (body['state'] === 'checked' && body['total'] === findings) return;
    await Bun.sleep(50);
  }
}

type Told = {
  readonly subject: string;
  readonly state: string;
  readonly count: number;
  readonly tag: string;
  readonly message: string;
  readonly repository: string;
};
const told = async (person: Person) => (await person.api('GET', '/user/notifications')).body['items'] as Told[];
async function untilTold(person: Person, count: number): Promise<Told[]> {
  for (;;) {
    const items = await told(person);
    if (items.length >= count) return items;
    await Bun.sleep(50);
  }
}

/** How many vulnerabilities have been told of each repository, when they are so many. */
async function untilAllTold(person: Person, count: number): Promise<Record<string, number>> {
  for (;;) {
    const counts: Record<string, number> = {};
    for (const { repository, count: together } of await told(person)) counts[repository] = (counts[repository] ?? 0) + together;
    if (Object.values(counts).reduce((sum, one) => sum + one, 0) >= count) return counts;
    await Bun.sleep(50);
  }
}

test('each vulnerability once in each repository, however often it is pushed, and what is not bad never', async () => {
  const kim = await world.person('kim');
  await pushWithLeftPad(kim, 'kim/app', 'v1');
  await importAdvisory('GHSA-1');
  const [first] = await untilTold(kim, 1);
  expect(first).toMatchObject({ subject: 'CVE-2026-0001', state: 'critical', count: 1, tag: 'v1', message: 'left-pad 1.3.0' });
  // Pushed again as another image, and a hole that is no worse than medium.
  await pushWithLeftPad(kim, 'kim/app', 'v2');
  await importAdvisory('GHSA-2', { severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:L/A:N' }] });
  await isChecked(kim, 'kim/app', 'v2', 2);
  await importAdvisory('GHSA-3');
  const items = await untilTold(kim, 2);
  expect(items.map(({ subject, count }) => [subject, count])).toEqual([
    ['CVE-2026-0003', 1],
    ['CVE-2026-0001', 1],
  ]);
  // Elsewhere all of them are new, and said at once or as they are found.
  await pushWithLeftPad(kim, 'kim/other', 'v1');
  await importAdvisory('GHSA-4');
  expect(await untilAllTold(kim, 6)).toEqual({ 'kim/app': 3, 'kim/other': 3 });
  // Nobody else is told.
  expect(await told(world.admin)).toEqual([]);
});
