import { afterAll } from 'bun:test';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of the test file's own, in memory where there is one: hundreds of small databases are synced hundreds of times. */
export function makeScratchFolder(): string {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'naru-metadata-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}
