/** What starts again when the machine does: everything of the containers is killed at once, as a reboot does it. */
import { Database } from 'bun:sqlite';
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Naru, naruOn } from '../client-store/support/naru.ts';
import { createFolder } from '../clients/support/folder.ts';
import { tryRun } from '../clients/support/run.ts';
import { needs, recordSkip } from '../support/needs.ts';
import { importBusybox } from './support/busybox-image.ts';

setDefaultTimeout(120_000);

const isRoot = process.getuid?.() === 0;
if (!isRoot) recordSkip('containers need root', 'boot.test.ts');

describe.if(isRoot && needs('runc', 'conmon', 'umoci', 'busybox'))('naru container boot', () => {
  test('starts what its policy wants to run, and nothing else; a second time it has nothing to do', async () => {
    await using folder = await createFolder();
    const naru = naruOn(join(folder.path, 'store'));
    await importBusybox(naru, { folder: folder.path, name: 'app:1', config: {} });
    const make = (name: string, restart: string, ...command: string[]) =>
      naru.ok(['run', '-d', '--network', 'none', '--stop-timeout', '0', '--restart', restart, '--name', name, 'app:1', ...command]);
    const policies = ['no', 'always', 'unless-stopped', 'on-failure', 'on-failure:1'];
    for (const policy of policies) await make(`${policy.replace(':', '-')}.runs`, policy, 'sleep', '1000');
    for (const policy of ['always', 'unless-stopped', 'on-failure']) {
      await make(`${policy}.stopped`, policy, 'sleep', '1000');
      await naru.ok(['stop', `${policy}.stopped`]);
    }
    // Stopped and started again: the last word counts.
    await make('unless-stopped.started', 'unless-stopped', 'sleep', '1000');
    await naru.ok(['restart', 'unless-stopped.started']);
    await make('on-failure.done', 'on-failure', 'sh', '-c', 'exit 0');
    await naru.ok(['wait', 'on-failure.done']);
    await make('on-failure-1.exhausted', 'on-failure:1', 'sh', '-c', 'exit 3');
    await naru.ok(['wait', 'on-failure-1.exhausted']);
    await naru.ok(['create', '--network', 'none', '--restart', 'always', '--name', 'always.never-started', 'app:1', 'sleep', '1000']);
    const facts = await factsOf(naru);

    expect(await naru.ok(['container', 'boot'])).toBe('always.stopped\n');
    expect(await factsOf(naru)).toEqual({ ...facts, 'always.stopped': 'running' });
    await naru.ok(['stop', 'always.stopped']);

    await killAllBelow(folder.path);
    const started = (await naru.ok(['container', 'boot'])).trimEnd().split('\n');
    const mustRun = ['always.runs', 'always.stopped', 'on-failure-1.runs', 'on-failure.runs', 'unless-stopped.runs', 'unless-stopped.started'];
    expect(started.sort()).toEqual(mustRun);
    expect(await factsOf(naru)).toEqual({
      ...Object.fromEntries(mustRun.map((name) => [name, 'running'])),
      'no.runs': 'exited',
      'unless-stopped.stopped': 'exited',
      'on-failure.stopped': 'exited',
      'on-failure.done': 'exited',
      'on-failure-1.exhausted': 'exited',
      'always.never-started': 'created',
    });
    expect(await naru.ok(['container', 'boot'])).toBe('');
    const listed = JSON.parse(await naru.ok(['ps', '--json', '--filter', 'name=always.runs'])) as unknown;
    expect(listed).toMatchObject([{ name: 'always.runs', image: 'app:1', command: ['sleep', '1000'], status: 'running', restart: 'always', restartCount: 0 }]);
    for (const name of Object.keys(await factsOf(naru))) await naru.ok(['rm', '-f', name]);
  });

  test('what cannot be started is named, and the rest is started', async () => {
    await using folder = await createFolder();
    const naru = naruOn(join(folder.path, 'store'));
    await importBusybox(naru, { folder: folder.path, name: 'app:1', config: {} });
    const profile = join(folder.path, 'seccomp.json');
    await writeFile(profile, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW' }));
    for (const [name, ...flags] of [['broken', '--security-opt', `seccomp=${profile}`], ['well']] as const)
      await naru.ok(['run', '-d', '--network', 'none', '--restart', 'always', ...flags, '--name', name, 'app:1', 'sleep', '1000']);
    await killAllBelow(folder.path);
    await writeFile(profile, 'no JSON');
    const booted = await naru.run(['container', 'boot']);
    expect([booted.exitCode, booted.stdout]).toEqual([1, 'well\n']);
    expect(booted.stderr).toStartWith('Error response from daemon: broken: ');
    for (const name of ['broken', 'well']) await naru.ok(['rm', '-f', name]);
  });

  test('the back-off doubles with each end that came soon, and begins anew after a time that was good', async () => {
    await using folder = await createFolder();
    const naru = naruOn(join(folder.path, 'store'));
    await importBusybox(naru, { folder: folder.path, name: 'app:1', config: {} });
    await naru.ok(['run', '-d', '--network', 'none', '--restart', 'on-failure:3', '--name', 'again', 'app:1', 'sh', '-c', 'exit 1']);
    expect(await naru.ok(['wait', 'again'])).toBe('1\n');
    expect(stateOf(naru, 'again')).toMatchObject({ status: 'exited', restartCount: 3, backOffMs: 800 });
    await naru.ok(['rm', 'again']);

    await naru.ok(['run', '-d', '--network', 'none', '--restart', 'unless-stopped', '--name', 'good', 'app:1', 'sleep', '1000']);
    const { startedAt, ...state } = stateOf(naru, 'good');
    setState(naru, 'good', { ...state, startedAt: startedAt - 60_000, backOffMs: 6400 });
    process.kill(Number(await naru.ok(['inspect', '-f', '{{.State.Pid}}', 'good'])), 'SIGKILL');
    for (let tries = 0; tries < 500 && stateOf(naru, 'good').restartCount === 0; tries++) await delay(20);
    expect(stateOf(naru, 'good')).toMatchObject({ status: 'running', restartCount: 1, backOffMs: 100 });
    await naru.ok(['rm', '-f', 'good']);
  });
});

describe.if(needs('systemd-analyze'))('its unit', () => {
  test.each(['store', 'a folder with 100% of "$HOME" in it'])('is one that systemd takes: %s', async (name) => {
    await using folder = await createFolder();
    const naru = naruOn(join(folder.path, name));
    const path = join(folder.path, 'naru-containers.service');
    const unit = await naru.ok(['container', 'boot', '--print-unit']);
    await writeFile(path, unit);
    expect(unit).toContain('container boot --data-root ');
    const verified = await tryRun(['systemd-analyze', 'verify', '--man=no', path]);
    expect([verified.exitCode, verified.stderr.split('\n').filter((line) => line.includes('naru-containers'))]).toEqual([0, []]);
  });
});

/** Name to status of all. */
async function factsOf(naru: Naru): Promise<Record<string, string>> {
  const lines = (await naru.ok(['ps', '-a', '--format', '{{.Names}} {{.State}}'])).trimEnd().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(' ') as [string, string])); // as the template says
}

type State = { readonly status: string; readonly restartCount: number; readonly backOffMs: number; readonly startedAt: number };

function stateOf(naru: Naru, name: string): State {
  using rows = openRows(naru);
  return JSON.parse(rows.query<{ state: string }, [string]>('select state from container where name = ?').get(name)?.state ?? '{}') as State; // as naru writes it
}

function setState(naru: Naru, name: string, state: State): void {
  using rows = openRows(naru);
  rows.run('update container set state = ? where name = ?', [JSON.stringify(state), name]);
}

function openRows(naru: Naru): Database {
  const rows = new Database(join(naru.root, 'containers/containers.db'));
  rows.run('pragma busy_timeout = 5000');
  return rows;
}

/** Supervisors, networks and what is in the containers, and then whatever they called at their end. */
async function killAllBelow(path: string): Promise<void> {
  for (let quiet = 0; quiet < 5; quiet++) {
    const found = pidsBelow(path);
    for (const pid of found) tryKill(pid);
    if (found.length > 0) quiet = 0;
    await delay(20);
  }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone by itself
  }
}

/** Those that work in the folder, or on it, or whose files lie there. */
function pidsBelow(path: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8');
        return words !== '' && (readlinkSync(`/proc/${pid}/cwd`).startsWith(path) || words.includes(path) || mounts.includes(path));
      } catch {
        return false; // gone
      }
    });
}
