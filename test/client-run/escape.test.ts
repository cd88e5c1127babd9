/**
 * Images that try to write, link or delete outside of themselves. Each is imported and run; whether it
 * is refused or made harmless, what lies beside it on the machine is as it was.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Entry, tarOf } from '../client-store/support/archives.ts';
import { type Naru, naruOn } from '../client-store/support/naru.ts';
import { createFolder, type Folder } from '../clients/support/folder.ts';
import { needs, recordSkip } from '../support/needs.ts';
import { importBusybox } from './support/busybox-image.ts';

setDefaultTimeout(60_000);

const isRoot = process.getuid?.() === 0;
if (!isRoot) recordSkip('containers need root', 'escape.test.ts');

const climbing = '../'.repeat(30);
const file = (name: string): Entry => ({ name, content: 'pwned' });
const folderAt = (name: string): Entry => ({ name, type: '5' });
const link = (name: string, target: string): Entry => ({ name, type: '2', target });
const hardLink = (name: string, target: string): Entry => ({ name, type: '1', target });

/** The layers above busybox; `outside` is a folder of the machine with a file `victim` in it. */
const attacks: Readonly<Record<string, (outside: string) => Entry[][]>> = {
  'an absolute path': (outside) => [[file(`${outside}/pwned`)]],
  'a path that climbs': (outside) => [[file(`${climbing}${outside.slice(1)}/pwned`)]],
  'a path that climbs from a folder': (outside) => [[folderAt('a'), file(`a/../${climbing}${outside.slice(1)}/pwned`)]],
  'a link and a file through it': (outside) => [[link('out', outside), file('out/pwned')]],
  'a link in one layer, a file through it in the next': (outside) => [[link('out', outside)], [file('out/pwned')]],
  'a link that climbs': (outside) => [[link('up', `${climbing}${outside.slice(1)}`)], [file('up/pwned')]],
  'links that climb by turns': (outside) => [[folderAt('a'), link('a/b', '..'), link('c', `a/b/${climbing}${outside.slice(1)}`)], [file('c/pwned')]],
  'a link in place of the root': (outside) => [[link('.', outside)], [file('pwned')]],
  'a link in place of the root, written otherwise': (outside) => [[link('/.', outside), file('./pwned')], [file('pwned')]],
  'a folder that becomes a link': (outside) => [[folderAt('d')], [link('d', outside)], [file('d/pwned')]],
  'the same within a layer': (outside) => [[folderAt('d'), link('d', outside), file('d/pwned')]],
  'a hard link to a file outside, and then written': (outside) => [[hardLink('mine', `${outside}/victim`)], [file('mine')]],
  'a hard link that climbs': (outside) => [[hardLink('mine', `${climbing}${outside.slice(1)}/victim`)], [file('mine')]],
  'a hard link through a link': (outside) => [[link('out', outside), hardLink('mine', 'out/victim')], [file('mine')]],
  'a hard link to a link, and a file through it': (outside) => [[link('out', outside), hardLink('two', 'out')], [file('two/pwned')]],
  'a whiteout through a link': (outside) => [[link('out', outside)], [file('out/.wh.victim')]],
  'a whiteout of everything through a link': (outside) => [[link('out', outside)], [file('out/.wh..wh..opq')]],
  'a whiteout of the folder above': () => [[folderAt('d')], [file('d/.wh...')]],
  'a whiteout of the folder itself': () => [[folderAt('d')], [file('d/.wh..')], [file('.wh..')]],
  'a whiteout that climbs': (outside) => [[file(`.wh.${climbing}${outside.slice(1)}/victim`)]],
  'a whiteout without a name': () => [[folderAt('d'), file('d/.wh.')]],
  'whiteouts of nothing': () => [[file('.wh.nosuch'), file('no/such/.wh.file'), file('.wh..wh..opq/x')]],
  'a name of a megabyte': () => [[{ name: '././@LongLink', type: 'L', content: `${'n'.repeat(1024 * 1024)}\0` }, file('n')]],
  'a hundred thousand levels': () => [[{ name: '././@LongLink', type: 'L', content: `${'d/'.repeat(100_000)}\0` }, file('d')]],
  'a type that nobody knows': () => [[{ name: 'odd', type: 'Z' }]],
  'a file that says it is huge': () => [[{ name: 'huge', content: '', size: 8 ** 10 }]],
};

describe.if(isRoot && needs('runc', 'conmon', 'umoci', 'busybox'))('an image with', () => {
  let folder: Folder;
  let naru: Naru;
  let outside: string;

  beforeAll(async () => {
    folder = await createFolder();
    naru = naruOn(join(folder.path, 'store'));
    outside = join(folder.path, 'o');
  });
  beforeEach(async () => {
    rmSync(outside, { recursive: true, force: true });
    await mkdir(outside);
    await writeFile(join(outside, 'victim'), 'untouched');
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const importImage = (layers: Entry[][]) =>
    importBusybox(naru, { folder: folder.path, name: 'evil:1', config: { Cmd: ['true'] }, more: layers.map((layer) => tarOf(layer)) });

  function expectUntouched(): void {
    expect(readdirSync(outside)).toEqual(['victim']);
    expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('untouched');
    expect(existsSync('/pwned')).toBe(false);
    expect(readdirSync(naru.root).filter((name) => !/^(blobs|containers|index\.json|ingest|naru\.db.*|oci-layout|rootfs|volumes)$/.test(name))).toEqual([]);
    for (const name of ['rootfs', 'containers']) {
      if (existsSync(join(naru.root, name)))
        expect(readdirSync(join(naru.root, name)).filter((each) => !/^([0-9a-f]{64}|containers\.db.*)$/.test(each))).toEqual([]);
    }
  }

  test.each(Object.entries(attacks))('%s leaves the machine alone', async (_, layersOf) => {
    const isImported = await importImage(layersOf(outside)).then(
      () => true,
      () => false,
    );
    expectUntouched();
    if (!isImported) return;
    const ran = await naru.run(['run', '--rm', '--network', 'none', 'evil:1', 'sh', '-c', 'echo still inside']);
    expect([0, 125, 126, 127]).toContain(ran.exitCode ?? -1);
    expectUntouched();
    // Taking it away follows no link either.
    await naru.ok(['rmi', '-f', 'evil:1']);
    await naru.ok(['image', 'prune', '-f']);
    expectUntouched();
  });

  test('devices in it cannot be opened', async () => {
    await importImage([
      [{ name: 'memory', type: '3', device: [1, 1] }, { name: 'disk', type: '4', device: [8, 0] }, { name: 'pipe', type: '6' }, file('safe')],
    ]);
    const ran = await naru.run(['run', '--rm', '--network', 'none', 'evil:1', 'sh', '-c', 'cat /memory | head -c 1; cat /disk | head -c 1; cat /safe']);
    expect([ran.exitCode, ran.stdout]).toEqual([0, 'pwned']);
    expect(ran.stderr).toMatch(/memory.*(not permitted|No such)[^]*disk.*(not permitted|No such)/i);
    await naru.ok(['rmi', '-f', 'evil:1']);
  });

  test('whiteouts hide just what they say', async () => {
    await importImage([
      [folderAt('d'), file('d/one'), file('d/two'), folderAt('e'), file('e/one'), file('gone')],
      [file('d/.wh.one'), file('e/.wh..wh..opq'), file('e/three'), file('.wh.gone')],
    ]);
    expect((await naru.run(['run', '--rm', '--network', 'none', 'evil:1', 'sh', '-c', 'ls /d /e; ls /gone 2>/dev/null || echo gone'])).stdout).toBe(
      '/d:\ntwo\n\n/e:\nthree\ngone\n',
    );
    await naru.ok(['rmi', '-f', 'evil:1']);
  });
});
