/** A disk that fills up while an image comes, and a store that cannot be written: nothing half is to be seen, and the same command goes on when there is room. */
import { expect, setDefaultTimeout, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { naruOn } from '../client-store/support/naru.ts';
import { expectWholeStore } from '../client-store/support/verify-store.ts';
import { makeImage } from '../support/image.ts';
import { recordSkip } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startLine } from './support/line.ts';

setDefaultTimeout(60_000);

const megabyte = 1_000_000;
const canMount = await tryMount();
if (!canMount) recordSkip('small and read-only disks can only be mounted by root on Linux');

test.skipIf(!canMount)('a pull', async () => {
  await using server = await startServer();
  const registry = createRegistryClient(server.url);
  const [small, large] = [makeImage({ seed: 'small', layers: 1, bytes: 1000 }), makeImage({ seed: 'large', layers: 3, bytes: 4 * megabyte })];
  await registry.pushImage('a/small', small, 'v1');
  await registry.pushImage('a/large', large, 'v1');
  await using folder = await temporaryFolder('naru-full-');
  await using line = await startLine(server.port);
  const disk = join(folder.path, 'disk');
  await mkdir(disk);
  mount('-t', 'tmpfs', '-o', `size=${16 * megabyte}`, 'tmpfs', disk);
  await using _disk = { [Symbol.asyncDispose]: async () => unmount(disk) };
  const naru = naruOn(join(disk, 'store'));
  const names = async () => (await naru.ok(['images', '--format', '{{.Repository}}:{{.Tag}}'])).trimEnd().split('\n');
  await naru.ok(['pull', `${line.host}/a/small:v1`]);
  await writeFile(join(disk, 'ballast'), Buffer.alloc(8 * megabyte));

  const failed = await naru.run(['pull', `${line.host}/a/large:v1`]);
  expect([failed.exitCode, failed.stderr]).toEqual([1, expect.stringContaining('no space left on device')]);
  expect(failed.stdout).not.toContain('Status:');
  expect(await names()).toEqual([`${line.host}/a/small:v1`]);

  // What had come need not come again.
  await rm(join(disk, 'ballast'));
  const before = line.passedBytes();
  await naru.ok(['pull', `${line.host}/a/large:v1`]);
  expect(line.passedBytes() - before).toBeLessThan(12 * megabyte);
  expect((await names()).toSorted()).toEqual([`${line.host}/a/large:v1`, `${line.host}/a/small:v1`]);
  await expectWholeStore(naru);

  mount('-o', 'remount,ro', disk);
  const refused = await naru.run(['pull', `${line.host}/a/small:v1`]);
  expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining(`the image store in ${naru.root}: it cannot be written`)]);
  expect(await names()).toHaveLength(2);
});

function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', args);
  if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr.toString()}`);
}

function unmount(path: string): void {
  spawnSync('umount', ['--lazy', path]);
}

async function tryMount(): Promise<boolean> {
  await using folder = await temporaryFolder('naru-mount-');
  await mkdir(join(folder.path, 'disk'));
  const isThere = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', join(folder.path, 'disk')]).status === 0;
  unmount(join(folder.path, 'disk'));
  return isThere;
}
