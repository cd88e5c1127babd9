/** Commands on containers, killed at any moment: what was acknowledged is there, nothing is left of what was taken away, and the next command heals. */
import { describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { naruOn } from '../client-store/support/naru.ts';
import { createFolder } from '../clients/support/folder.ts';
import { createRandom } from '../crash/random.ts';
import { needs, recordSkip } from '../support/needs.ts';
import { importBusybox } from './support/busybox-image.ts';

const seed = Number(process.env['NARU_TEST_SEED'] ?? Math.trunc(Math.random() * 1e9));
const rounds = Number(process.env['NARU_TEST_KILLS'] ?? 20);
const atOnce = 3;

const isRoot = process.getuid?.() === 0;
if (!isRoot) recordSkip('containers need root', 'kill.test.ts');

describe.if(isRoot && needs('runc', 'conmon', 'umoci', 'slirp4netns', 'busybox'))('kill -9', () => {
  test(`at any moment (NARU_TEST_SEED=${seed})`, async () => {
    await using folder = await createFolder();
    const naru = naruOn(join(folder.path, 'store'));
    const random = createRandom(seed);
    const any = <Value>(values: readonly Value[]) => values[random.between(0, values.length - 1)] as Value; // never empty
    for (const name of ['app:1', 'app:2']) await importBusybox(naru, { folder: folder.path, name, config: { Cmd: ['sleep', '1000'], Labels: { name } } });

    let made = 0;
    const names: string[] = [];
    const newName = () => {
      const name = `c${(made += 1)}`;
      names.push(name);
      return name;
    };
    const network = () => ['--network', any(['none', 'default'])];
    const actions = [
      () => ['run', '-d', ...network(), '--stop-timeout', '0', '--name', newName(), any(['app:1', 'app:2'])],
      () => ['run', '-d', ...network(), '--restart', 'always', '--stop-timeout', '0', '--name', newName(), 'app:1', 'sleep', '0.2'],
      () => ['run', '--rm', ...network(), 'app:2', 'true'],
      () => ['create', ...network(), '--name', newName(), 'app:1'],
      () => ['start', any([...names, 'none'])],
      () => ['stop', any([...names, 'none'])],
      () => ['rm', '-f', any([...names, 'none'])],
      () => ['image', 'prune', '-f'],
    ];
    const acknowledged = new Set<string>();
    const unwanted = new Set<string>();
    let killed = 0;
    for (let round = 0; round < rounds; round++) {
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          const args = any(actions)();
          // Taken away, or perhaps taken away, maybe while it is still being made: nothing is promised of it.
          if (args[0] === 'rm') unwanted.add(args[2] ?? '');
          const child = naru.start(args);
          const ended = once(child, 'exit');
          // The moment of the kill is what is being tried; nothing waits for it to be the right one.
          await Promise.race([ended, delay(100 + random.between(0, 1400))]);
          if (child.exitCode === null) killed += Number(child.kill('SIGKILL'));
          await ended;
          const name = args[args.indexOf('--name') + 1];
          if (child.exitCode === 0 && args.includes('--name') && name !== undefined) acknowledged.add(name);
        }),
      );
    }
    expect(killed).toBeGreaterThan(0);

    const listed = async () => (await naru.ok(['ps', '-a', '--format', '{{.Names}}'])).split('\n').filter(Boolean);
    expect(await listed()).toEqual(expect.arrayContaining([...acknowledged.difference(unwanted)]));
    for (const name of await listed()) await naru.ok(['rm', '-f', name]);
    await naru.ok(['image', 'prune', '-f']);
    expect(await listed()).toEqual([]);
    // What a supervisor still had to say is said within a moment.
    for (let tries = 0; tries < 100 && processesBelow(folder.path).length > 0; tries++) await delay(100);
    expect(processesBelow(folder.path)).toEqual([]);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(folder.path);
    const left = readdirSync(join(naru.root, 'containers'), { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => !name.startsWith('containers.db'))).toEqual([]);
    expect(existsSync(join(naru.root, 'rootfs')) ? readdirSync(join(naru.root, 'rootfs')) : []).toEqual([]);
    expect((await naru.run(['run', '--rm', '--network', 'none', 'app:1', 'echo', 'well'])).stdout).toBe('well\n');
  }, 300_000);
});

/** Those that work in the folder, or on it. */
function processesBelow(path: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(path) || words.includes(path) ? [words] : [];
      } catch {
        return []; // gone
      }
    });
}
