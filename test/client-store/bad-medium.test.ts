/** A disk that is full and one that cannot be written: a clear line, and what was there stays. */
import { expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { recordSkip } from '../support/needs.ts';
import { createFolder } from '../clients/support/folder.ts';
import { dockerArchive, dockerImage, tarOf } from './support/archives.ts';
import { naruOn } from './support/naru.ts';
import { expectWholeStore } from './support/verify-store.ts';

const megabyte = 1_000_000;
const small = dockerImage({ seed: 'small', tags: ['small:1'] });
const large = dockerImage({ seed: 'large', tags: ['large:1'], layers: 6, bytes: 2 * megabyte });

const canMount = await tryMount();
if (!canMount) recordSkip('small and read-only disks can only be mounted by root on Linux');

test.skipIf(!canMount)(
  'no space left',
  async () => {
    await using folder = await createFolder();
    const disk = join(folder.path, 'disk');
    await mkdir(disk);
    mount('-t', 'tmpfs', '-o', `size=${8 * megabyte}`, 'tmpfs', disk);
    const naru = naruOn(join(disk, 'store'));
    await naru.ok(['load'], dockerArchive([small]));
    const everything = async () => (await readdir(naru.root, { recursive: true })).toSorted();
    const before = await everything();
    const full = /no space left on device/;
    expect(await naru.run(['load'], dockerArchive([large]))).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(full) as unknown });
    // Announced honestly, and seen before a byte is written.
    expect(await naru.run(['load'], tarOf([{ name: 'big', size: 100 * megabyte }]))).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/no space left on device: "big" in the archive has 100000000 bytes/) as unknown,
    });
    expect(await everything()).toEqual(before);
    expect(await naru.run(['save', '-o', join(disk, 'x.tar'), 'small:1'])).toMatchObject({ exitCode: 0 });
    await writeFile(join(disk, 'ballast'), Buffer.alloc(8 * megabyte)).catch(() => undefined);
    expect(await naru.run(['tag', 'small:1', 'other:1'])).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(full) as unknown });
    expect(await naru.run(['save', '-o', join(disk, 'y.tar'), 'small:1'])).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(full) as unknown });
    expect(await readdir(disk)).not.toContainEqual(expect.stringContaining('y.tar'));
    expect(await naru.ok(['images', '--format', '{{.Repository}}:{{.Tag}}'])).toBe('small:1\n');
    spawnSync('rm', [join(disk, 'ballast')]);
    await naru.ok(['tag', 'small:1', 'other:1']);
    await expectWholeStore(naru);
  },
  30_000,
);

test.skipIf(!canMount)(
  'read-only: reading works, and writing says why it does not',
  async () => {
    await using folder = await createFolder();
    const naru = naruOn(join(folder.path, 'store'));
    await naru.ok(['load'], dockerArchive([small]));
    mount('--bind', naru.root, naru.root);
    mount('-o', 'remount,bind,ro', naru.root);
    expect(await naru.ok(['images', '-q', '--no-trunc'])).toBe(`${small.id}\n`);
    for (const args of [
      ['history', 'small:1'],
      ['inspect', 'small:1'],
      ['system', 'df'],
      ['save', 'small:1'],
    ])
      expect((await naru.run(args)).exitCode).toBe(0);
    const message = `naru: the image store in ${naru.root}: it cannot be written`;
    for (const args of [
      ['tag', 'small:1', 'x'],
      ['rmi', 'small:1'],
      ['image', 'prune', '-a', '-f'],
      ['load', '-i', '/dev/null'],
    ]) {
      const { exitCode, stdout, stderr } = await naru.run(args);
      expect([args, exitCode, stdout, stderr.slice(0, message.length)]).toEqual([args, 1, '', message]);
    }
  },
  30_000,
);

test('a folder where nothing can be made', async () => {
  // Nobody, not even root, makes folders in /proc.
  const naru = naruOn('/proc/naru');
  expect(await naru.run(['load'], dockerArchive([small]))).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^\S+.*\/proc\/naru/) as unknown });
  expect(await naru.ok(['images', '-q'])).toBe('');
});

function mount(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', args);
  if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr.toString()}`);
}

async function tryMount(): Promise<boolean> {
  await using folder = await createFolder();
  await mkdir(join(folder.path, 'disk'));
  return spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', join(folder.path, 'disk')]).status === 0;
}
