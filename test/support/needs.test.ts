import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'naru-needs-'));
afterAll(() => rmSync(folder, { recursive: true }));

let output = '';
let record = '';

beforeAll(() => {
  // In a process of its own: this run's own record must not learn of a skip that is none.
  const program = `import { needs } from ${JSON.stringify(join(import.meta.dir, 'needs.ts'))}; console.log(needs('sh'), needs('sh', 'no-such-program', 'dockerd-no'));`;
  const recordFile = join(folder, 'skips');
  const { stdout, stderr } = Bun.spawnSync([process.execPath, '-e', program], { env: { ...process.env, NARU_TEST_SKIPS: recordFile } });
  output = `${String(stdout)}${String(stderr)}`;
  record = readFileSync(recordFile, 'utf8');
});

test('a missing program is named in one line, with where to get it', () => {
  expect(output).toContain('true false');
  expect(output).toMatch(/SKIPPED .*: needs no-such-program, dockerd-no \(apt install no-such-program dockerd-no\)\n/);
});

test('the skip is noted once', () => {
  expect(
    record
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toEqual([{ suite: expect.any(String), reason: 'needs no-such-program, dockerd-no (apt install no-such-program dockerd-no)', excused: false }]);
});
