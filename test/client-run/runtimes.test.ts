/** Which runtime isolates when one is missing, and what files of layers keep: the machine's programs are hidden in a mount namespace. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { tarOf } from '../client-store/support/archives.ts';
import { type Naru, naruOn } from '../client-store/support/naru.ts';
import { createFolder, type Folder } from '../clients/support/folder.ts';
import { run, tryRun } from '../clients/support/run.ts';
import { needs, recordSkip } from '../support/needs.ts';
import { importBusybox } from './support/busybox-image.ts';

setDefaultTimeout(60_000);

const program = resolve(import.meta.dirname, '../../packages/naru/src/main.ts');
const isRoot = process.getuid?.() === 0;
if (!isRoot) recordSkip('containers need root', 'runtimes.test.ts');

describe.if(isRoot && needs('runc', 'crun', 'conmon', 'umoci', 'busybox', 'unshare'))('a machine on which programs are missing', () => {
  let folder: Folder;
  let naru: Naru;
  beforeAll(async () => {
    folder = await createFolder();
    naru = naruOn(join(folder.path, 'store'));
    await importBusybox(naru, { folder: folder.path, name: 'app:1', config: {} });
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  /** `naru` where these are no programs. */
  async function without(names: readonly string[], ...args: string[]) {
    const paths = await Promise.all(names.map(async (name) => (await run(['sh', '-c', `readlink -f "$(command -v ${name})"`])).trim()));
    // crun refuses a machine with both kinds of cgroups: there it gets to see one.
    const script = `umount /sys/fs/cgroup/unified 2>/dev/null; ${paths.map((path) => `mount --bind /dev/null ${path}`).join(' && ')} && exec "$@"`;
    return tryRun(['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', process.execPath, program, ...args], {
      env: { NARU_DATA_ROOT: naru.root, HOME: folder.path, LANG: 'C' },
    });
  }
  const container = ['run', '--rm', '--network', 'none', 'app:1', 'echo', 'isolated'];

  test.each([
    ['runc', 'crun'],
    ['crun', 'runc'],
  ])('without %s, %s isolates', async (missing, other) => {
    expect(await without([missing], ...container)).toMatchObject({ exitCode: 0, stdout: 'isolated\n' });
    const id = (await without([missing], 'create', '--network', 'none', 'app:1', 'true')).stdout.trim();
    expect(await naru.ok(['inspect', '-f', '{{.HostConfig.Runtime}}', id])).toEndWith(`/${other}\n`);
    await naru.ok(['rm', id]);
    const named = await without([missing], 'run', '--runtime', missing, '--rm', '--network', 'none', 'app:1', 'true');
    expect([named.exitCode, named.stderr]).toEqual([125, expect.stringContaining(`unknown or invalid runtime name: ${missing}`)]);
  });

  test.each([
    [['runc', 'crun'], 'running containers needs crun or runc: apt install crun'],
    [['conmon'], 'running containers needs conmon: apt install conmon'],
    [['conmon', 'umoci'], 'running containers needs conmon, umoci: apt install conmon umoci'],
  ])('without %j it says which packages bring what is missing, and leaves nothing', async (missing, message) => {
    const ran = await without(missing, ...container);
    expect([ran.exitCode, ran.stdout]).toEqual([125, '']);
    expect(ran.stderr).toContain(message);
    expect(await naru.ok(['ps', '-aq'])).toBe('');
  });

  test('the capabilities that a file of a layer has count, also after save and load', async () => {
    const busybox = await readFile('/bin/busybox');
    const capable = tarOf([
      { name: 'PaxHeaders/busybox', type: 'x', content: paxRecord('SCHILY.xattr.security.capability', mayChangeOwners) },
      { name: 'opt/busybox', mode: 0o755, content: busybox },
      { name: 'opt/plain/busybox', mode: 0o755, content: busybox },
    ]);
    await importBusybox(naru, { folder: folder.path, name: 'capable:1', config: {}, more: [capable] });
    const other = naruOn(join(folder.path, 'other'));
    await other.ok(['load'], (await naru.run(['save', 'capable:1'])).bytes);
    for (const each of [naru, other]) {
      const change = (path: string) =>
        each.run(['run', '--rm', '--network', 'none', '-u', 'www', 'capable:1', 'sh', '-c', `${path} chown www /etc/group && ls -l /etc/group`]);
      expect(await change('/opt/busybox')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/ (?:33|www) /) as unknown });
      expect((await change('/opt/plain/busybox')).stderr).toContain('Operation not permitted');
    }
  });
});

/** CAP_CHOWN, permitted and effective: see capabilities(7) and linux/capability.h. */
const mayChangeOwners = Buffer.from('0100000201000000000000000000000000000000', 'hex');

/** One record of pax(1): its length counts itself. */
function paxRecord(key: string, value: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  const digits = [1, 2, 3, 4].find((count) => String(body.length + count).length === count) ?? 0;
  return Buffer.concat([Buffer.from(String(body.length + digits)), body]);
}
