/** Containers that somebody sits in front of: input, terminals, signals. */
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Naru, naruOn } from '../client-store/support/naru.ts';
import { createFolder, type Folder } from '../clients/support/folder.ts';
import { needs, recordSkip } from '../support/needs.ts';
import { importBusybox } from './support/busybox-image.ts';
import { typeAt } from './support/typed.ts';

setDefaultTimeout(60_000);

const isRoot = process.getuid?.() === 0;
if (!isRoot) recordSkip('containers need root', 'foreground.test.ts');

const program = resolve(import.meta.dirname, '../../packages/naru/src/main.ts');
const launcher = resolve(import.meta.dirname, '../../packages/naru/bin/naru.mjs');

describe.if(isRoot && needs('runc', 'conmon', 'umoci', 'busybox', 'script'))('in the foreground', () => {
  let folder: Folder;
  let naru: Naru;
  let env: Record<string, string | undefined>;

  beforeAll(async () => {
    folder = await createFolder();
    naru = naruOn(join(folder.path, 'store'));
    env = { ...process.env, NARU_DATA_ROOT: naru.root, LANG: 'C', LC_ALL: '' };
    await importBusybox(naru, { folder: folder.path, name: 'app:1', config: { Cmd: ['sh'] } });
  });
  afterEach(async () => {
    for (const id of (await naru.ok(['ps', '-aq'])).split('\n').filter(Boolean)) await naru.ok(['rm', '-f', id]);
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const atTerminal = (...args: string[]) => typeAt(`${process.execPath} ${program} ${args.join(' ')}`, env);

  test('-i hands the input on to its end, and both streams and the exit code come back', async () => {
    const ran = await naru.run(['run', '-i', '--rm', '--network', 'none', 'app:1'], Buffer.from('echo out; echo err >&2; exit 5\n'));
    expect([ran.exitCode, ran.stdout, ran.stderr]).toEqual([5, 'out\n', 'err\n']);
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 256));
    const copied = await naru.run(['run', '-i', '--rm', '--network', 'none', 'app:1', 'cat'], bytes);
    expect(copied.bytes.equals(bytes)).toBe(true);
    expect((await naru.run(['run', '--rm', '--network', 'none', 'app:1', 'cat'], bytes)).stdout).toBe('');
  });

  test('-it is a terminal of the size of ours, and the keys are its own', async () => {
    await using typed = atTerminal('run', '-it', '--rm', '--network', 'none', 'app:1');
    await typed.sees('# ');
    typed.types('stty size; echo a$((1+1))b; tty\r');
    await typed.sees('33 77');
    await typed.sees('a2b');
    typed.types('echo sl$((1+1))ps; sleep 1000\r');
    await typed.sees('sl2ps');
    // Ctrl-C goes to what runs in there, and not to us.
    typed.types('\x03');
    typed.types('echo still $((40+2)); exit 7\r');
    await typed.sees('still 42');
    expect((await typed.ends()).exitCode).toBe(7);
    expect(await naru.ok(['ps', '-aq'])).toBe('');
  });

  test('the keys that detach leave it running, attach comes back, and its log has it all', async () => {
    await using typed = atTerminal('run', '-it', '--network', 'none', '--name', 'left', 'app:1');
    await typed.sees('# ');
    typed.types('X=before; while :; do echo ti$((0))k; sleep 0.2; done &\r');
    await typed.sees('ti0k');
    typed.types('\x10\x11');
    await typed.sees('read escape sequence');
    expect((await typed.ends()).exitCode).toBe(0);
    expect(await naru.ok(['ps', '--format', '{{.Names}} {{.State}}'])).toBe('left running\n');
    await using again = atTerminal('attach', 'left');
    await again.sees('ti0k'); // the keys are its own from here on
    again.types('echo $X and after; exit 3\r');
    await again.sees('before and after');
    expect((await again.ends()).exitCode).toBe(3);
    expect(await naru.ok(['logs', 'left'])).toContain('before and after');
    expect((await naru.run(['attach', 'left'])).stderr).toBe('You cannot attach to a stopped container, start it first\n');
    expect((await naru.run(['start', '-ai', 'left'], Buffer.from('exit 9\n'))).exitCode).toBe(9);
  });

  test('no terminal, no -it', async () => {
    const ran = await naru.run(['run', '-it', '--rm', '--network', 'none', 'app:1']);
    expect([ran.exitCode, ran.stdout, ran.stderr]).toEqual([1, '', 'the input device is not a TTY\n']);
    expect(await naru.ok(['ps', '-aq'])).toBe('');
  });

  test.each([
    ['SIGTERM', [], "trap 'echo caught; exit 3' TERM", 3, 'ready\ncaught\n'],
    ['SIGINT', [], "trap 'echo caught; exit 4' INT", 4, 'ready\ncaught\n'],
    ['SIGINT', ['--init'], ':', 130, 'ready\n'],
    ['SIGTERM', ['--init'], ':', 143, 'ready\n'],
    ['SIGHUP', ['--init', '-i'], ':', 129, 'ready\n'],
  ] as const)('%s %j is passed on', async (signal, flags, trap, exitCode, printed) => {
    const script = `${trap}; echo ready; while :; do sleep 0.05; done`;
    const child = spawn(process.execPath, [program, 'run', '--rm', '--network', 'none', ...flags, 'app:1', 'sh', '-c', script], { env, stdio: 'pipe' });
    const closed = once(child, 'close');
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out === 'ready\n') child.kill(signal);
    });
    await closed;
    expect([child.exitCode, out]).toEqual([exitCode, printed]);
    expect(await naru.ok(['ps', '-aq'])).toBe('');
  });

  test('a launcher that is late is no second signal, and what only it gets is passed on', async () => {
    const script = "n=0; trap 'n=$((n+1)); echo signals $n' INT; trap 'exit 6' TERM; echo ready; while :; do sleep 0.05; done";
    const words = ['run', '--rm', '--network', 'none', '--name', 'late', 'app:1', 'sh', '-c', script];
    const child = spawn(launcher, words, { env, stdio: 'pipe', detached: true });
    const closed = once(child, 'close');
    const pid = child.pid ?? 0;
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const sees = async (text: string) => {
      while (!out.includes(text)) await once(child.stdout, 'data');
    };
    await sees('ready');
    child.kill('SIGSTOP');
    process.kill(-pid, 'SIGINT');
    await sees('signals 1');
    await delay(200); // as late as a busy machine may make it
    child.kill('SIGCONT');
    while (isPending(pid, 2)) await delay(10);
    child.kill('SIGTERM');
    await closed;
    expect([child.exitCode, out]).toEqual([6, 'ready\nsignals 1\n']);
  });

  test('Ctrl-C at a terminal is one signal, also through the launcher', async () => {
    const script = "n=0; trap 'n=\\$((n+1)); echo signals \\$n' INT; trap 'exit 6' TERM; echo ready; while :; do sleep 0.05; done";
    await using typed = typeAt(`${launcher} run --rm --name once --network none app:1 sh -c "${script}"`, env);
    await typed.sees('ready');
    typed.types('\x03');
    await typed.sees('signals 1');
    await naru.ok(['kill', '-s', 'TERM', 'once']);
    const { exitCode, printed } = await typed.ends();
    expect(exitCode).toBe(6);
    expect(printed).not.toContain('signals 2');
  });
});

/** Of a signal that a process was sent and has not taken yet. */
function isPending(pid: number, signal: number): boolean {
  const pending = /^ShdPnd:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
  return (BigInt(`0x${pending}`) & (1n << BigInt(signal - 1))) !== 0n;
}
