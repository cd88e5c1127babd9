import { expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** In a process of its own: a zone is chosen when a process starts. */
function textsIn(zone: string, epochMs: number): string[] {
  const program = `import { goTimeText, rfc3339 } from '${join(import.meta.dirname, 'time-text.ts')}'; console.log(goTimeText(${epochMs})); console.log(rfc3339(${epochMs}));`;
  const { stdout } = spawnSync(process.execPath, ['-e', program], { env: { ...process.env, TZ: zone } });
  return stdout.toString().trim().split('\n');
}

const winter = Date.UTC(2026, 0, 2, 3, 4, 5);
const summer = Date.UTC(2026, 6, 2, 3, 4, 5);

test.each([
  ['UTC', winter, '2026-01-02 03:04:05 +0000 UTC', '2026-01-02T03:04:05Z'],
  ['Asia/Seoul', winter, '2026-01-02 12:04:05 +0900 KST', '2026-01-02T12:04:05+09:00'],
  ['America/New_York', winter, '2026-01-01 22:04:05 -0500 EST', '2026-01-01T22:04:05-05:00'],
  ['America/New_York', summer, '2026-07-01 23:04:05 -0400 EDT', '2026-07-01T23:04:05-04:00'],
  ['Europe/London', summer, '2026-07-02 04:04:05 +0100 BST', '2026-07-02T04:04:05+01:00'],
  ['Asia/Tokyo', winter, '2026-01-02 12:04:05 +0900 JST', '2026-01-02T12:04:05+09:00'],
  ['Asia/Kathmandu', winter, '2026-01-02 08:49:05 +0545 +0545', '2026-01-02T08:49:05+05:45'],
  ['America/Sao_Paulo', winter, '2026-01-02 00:04:05 -0300 -03', '2026-01-02T00:04:05-03:00'],
])('%s', (zone, at, text, rfc) => {
  expect(textsIn(zone, at)).toEqual([text, rfc]);
});
