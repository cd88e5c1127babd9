/** What containers keep from being removed: their image, its unpacked files, their volumes. Docker's words. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { currentOwner } from '@naru/client/layout/process-owner';
import { type Naru, naruOn } from '../client-store/support/naru.ts';
import { createFolder, type Folder } from '../clients/support/folder.ts';
import { needs, recordSkip } from '../support/needs.ts';
import { importBusybox } from './support/busybox-image.ts';

setDefaultTimeout(60_000);

const isRoot = process.getuid?.() === 0;
if (!isRoot) recordSkip('containers need root', 'images.test.ts');

describe.if(isRoot && needs('runc', 'conmon', 'umoci', 'busybox'))('what containers keep', () => {
  let folder: Folder;
  let naru: Naru;
  let imageId: string;

  beforeAll(async () => {
    folder = await createFolder();
    naru = naruOn(join(folder.path, 'store'));
    await load('app:1');
    imageId = (await naru.ok(['images', '-q', '--no-trunc', 'app:1'])).trim();
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const load = (name: string, prepare?: (root: string) => Promise<unknown>) =>
    importBusybox(naru, { folder: folder.path, name, config: { Labels: { name } }, ...(prepare && { prepare }) });
  const start = async (name: string, image: string) =>
    (await naru.ok(['run', '-d', '--network', 'none', '--stop-signal', 'KILL', '--name', name, image, 'sleep', '1000'])).trim();
  const short = (id: string) => id.replace(/^sha256:/, '').slice(0, 12);
  const unpacked = () => readdirSync(join(naru.root, 'rootfs'));
  const refused = async (...args: string[]) => {
    const ran = await naru.run(args);
    return [ran.exitCode, ran.stdout, ran.stderr];
  };
  const conflict = (text: string) => [1, '', `Error response from daemon: conflict: ${text}\n`];

  test('an image whose container runs, and then is stopped', async () => {
    const id = await start('keeper', 'app:1');
    const byName = conflict(
      `unable to remove repository reference "app:1" (must force) - container ${short(id)} is using its referenced image ${short(imageId)}`,
    );
    expect(await refused('rmi', 'app:1')).toEqual(byName);
    const running = conflict(`unable to delete ${short(imageId)} (cannot be forced) - image is being used by running container ${short(id)}`);
    expect(await refused('rmi', short(imageId))).toEqual(running);
    expect(await refused('rmi', '-f', short(imageId))).toEqual(running);
    // One of two names goes; the other keeps the image.
    await naru.ok(['tag', 'app:1', 'other:1']);
    expect(await naru.ok(['rmi', 'other:1'])).toBe('Untagged: other:1\n');
    expect(await naru.ok(['image', 'prune', '-af'])).toStartWith('Total reclaimed space: 0B');

    await naru.ok(['stop', 'keeper']);
    expect(await refused('image', 'rm', 'app:1')).toEqual(byName);
    const stopped = conflict(`unable to delete ${short(imageId)} (must be forced) - image is being used by stopped container ${short(id)}`);
    expect(await refused('rmi', short(imageId))).toEqual(stopped);
    expect(await naru.ok(['image', 'prune', '-af'])).toStartWith('Total reclaimed space: 0B');
    const usage = (await naru.ok(['system', 'df', '--format', '{{.Type}} {{.TotalCount}} {{.Active}}'])).split('\n');
    expect(usage).toEqual(['Images 1 1', 'Containers 1 0', 'Local Volumes 0 0', 'Build Cache 0 0', '']);
    await naru.ok(['rm', 'keeper']);
  });

  test('forced off a running container, the name goes and the image stays until the container does', async () => {
    await load('running:1');
    const id = (await naru.ok(['images', '-q', '--no-trunc', 'running:1'])).trim();
    await start('runs', 'running:1');
    expect(await naru.ok(['rmi', '-f', 'running:1'])).toBe('Untagged: running:1\n');
    expect(await naru.ok(['images', '-q', '--no-trunc', '--filter', 'dangling=true'])).toBe(`${id}\n`);
    expect(await naru.ok(['image', 'prune', '-f'])).not.toContain('deleted');
    expect((await naru.run(['exec', 'runs', 'echo', 'well'])).stdout).toBe('well\n');
    await naru.ok(['rm', '-f', 'runs']);
    expect(await naru.ok(['image', 'prune', '-f'])).toContain(`deleted: ${id}\n`);
    expect(unpacked()).not.toContain(id.slice(7));
  });

  test('forced off a stopped container, the image goes; the container starts from what is unpacked, which goes with it', async () => {
    await load('stopped:1');
    const id = (await naru.ok(['images', '-q', '--no-trunc', 'stopped:1'])).trim();
    await start('stops', 'stopped:1');
    await naru.ok(['stop', 'stops']);
    expect(await naru.ok(['rmi', '-f', 'stopped:1'])).toContain(`Deleted: ${id}\n`);
    expect(await naru.ok(['start', 'stops'])).toBe('stops\n');
    expect(unpacked()).toContain(id.slice(7));
    await naru.ok(['rm', '-f', 'stops']);
    expect(unpacked()).not.toContain(id.slice(7));
  });

  test('what killed processes left goes, and what others are at stays', async () => {
    const half = (owner: string) => `.unpacking-${Buffer.from(owner).toString('base64url')}.x`;
    const mine = half(currentOwner());
    const ended = half(currentOwner().replace(/[^/]*$/, '1'));
    const elsewhere = half('another boot/another space/1/1');
    const old = half('another boot/another space/2/2');
    for (const name of [mine, ended, elsewhere, old, '.removing-00', 'ab12']) mkdirSync(join(naru.root, 'rootfs', name, 'etc'), { recursive: true });
    utimesSync(join(naru.root, 'rootfs', old), 0, 0);
    await naru.ok(['image', 'prune', '-f']);
    expect(unpacked().sort()).toEqual([mine, elsewhere].sort());
    expect(await naru.ok(['run', '--rm', '--network', 'none', 'app:1', 'echo', 'again'])).toBe('again\n');
  });

  test('a new volume begins with what the image has there, inside the image even where a link leads out', async () => {
    await load('seed:1', async (root) => {
      await mkdir(join(root, 'data/below'), { recursive: true });
      await writeFile(join(root, 'data/below/file'), 'from the image\n');
      await chmod(join(root, 'data'), 0o700);
      await symlink('/etc', join(root, 'out'));
      await symlink('../../../../../../etc', join(root, 'up'));
    });
    const sh = (script: string, ...flags: string[]) => naru.ok(['run', '--rm', '--network', 'none', ...flags, 'seed:1', 'sh', '-c', script]);
    expect(await sh('cat /data/below/file; echo more > /data/below/file', '-v', 'seeded:/data')).toBe('from the image\n');
    expect(await sh('cat /data/below/file', '-v', 'seeded:/data')).toBe('more\n');
    expect(await sh('cat /mnt/passwd; ls /mnt/shadow 2>/dev/null || echo ours', '-v', 'linked:/out', '-v', 'linked:/mnt')).toEndWith('ours\n');
    expect(await sh('ls /mnt', '-v', 'climbed:/up', '-v', 'climbed:/mnt')).toBe('group\npasswd\n');
    expect(await naru.ok(['run', '--rm', '--network', 'none', '-v', '/data', 'seed:1', 'cat', '/data/below/file'])).toBe('from the image\n');
    expect(readdirSync(join(naru.root, 'volumes')).sort()).toEqual(['climbed', 'linked', 'seeded']);
    expect(existsSync(join(naru.root, 'volumes/seeded/below/file'))).toBe(true);
  });
});
