/** Containers for real: crun or runc, conmon, umoci and slirp4netns, on images with busybox in them. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Naru, naruOn } from '../client-store/support/naru.ts';
import { createFolder, type Folder } from '../clients/support/folder.ts';
import { run } from '../clients/support/run.ts';
import { needs, recordSkip } from '../support/needs.ts';
import { importBusybox } from './support/busybox-image.ts';

setDefaultTimeout(60_000);

const isRoot = process.getuid?.() === 0;
if (!isRoot) recordSkip('containers need root', 'run.test.ts');

describe.if(isRoot && needs('runc', 'conmon', 'umoci', 'slirp4netns', 'busybox'))('naru run', () => {
  let folder: Folder;
  let naru: Naru;

  beforeAll(async () => {
    folder = await createFolder();
    naru = naruOn(join(folder.path, 'store'));
    await load('app:1', { Cmd: ['sh', '-c', 'echo by default'], Env: ['COLOUR=blue'], WorkingDir: '/srv' });
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const load = (name: string, config: object, prepare?: (root: string) => Promise<unknown>) =>
    importBusybox(naru, { folder: folder.path, name, config, ...(prepare && { prepare }) });

  const sh = (script: string, ...flags: string[]) => naru.run(['run', '--rm', '--network', 'none', ...flags, 'app:1', 'sh', '-c', script]);

  test('both streams, the exit code, and nothing left', async () => {
    const ran = await sh('echo out; echo err >&2; exit 7');
    expect([ran.exitCode, ran.stdout, ran.stderr]).toEqual([7, 'out\n', 'err\n']);
    expect(await naru.ok(['ps', '-aq'])).toBe('');
    expect(await naru.ok(['run', '--rm', '--network', 'none', 'app:1'])).toBe('by default\n');
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(folder.path);
  });

  test.each([
    [['-u', 'www'], 'id', 'uid=33(www) gid=34(www) groups=44(more)\n'],
    [['-u', '5:6'], 'id', 'uid=5 gid=6\n'],
    [['-e', 'COLOUR=red', '-e', 'SIZE=a=b'], 'echo $COLOUR $SIZE $HOME $PWD', 'red a=b /root /srv\n'],
    [['-w', '/etc'], 'echo $PWD', '/etc\n'],
    [['--hostname', 'box'], 'cat /etc/hostname', 'box\n'],
    [['--read-only'], 'touch /srv/x 2>/dev/null || echo refused', 'refused\n'],
  ])('%j', async (flags, script, expected) => {
    const ran = await sh(script, ...flags);
    expect([ran.stdout.replaceAll(/ groups=44\(more\)(?=\n)/g, ' groups=44(more)'), ran.stderr, ran.exitCode]).toEqual([expected, '', 0]);
  });

  test.each([
    [['run', 'app:1', 'nosuch'], 127, 'executable file not found in $PATH'],
    [['run', 'app:1', '/etc/passwd'], 126, 'permission denied'],
    [['run', '-w', '/proc/self/fd/7', 'app:1'], 125, 'is below /proc'],
    [['run', '-u', 'nobody', 'app:1'], 125, 'unable to find user nobody: no matching entries in passwd file'],
    [['run', '--name', 'x', 'app:1'], 125, 'Invalid container name (x), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed'],
    [['run', '-v', '../up:/x', 'app:1'], 125, 'includes invalid characters for a local volume name'],
    [['run', '-p', '80-81:80', 'app:1'], 125, 'invalid ranges specified for container and host Ports'],
    [['run', '--rm', '--restart', 'always', 'app:1'], 125, 'conflicting options: cannot specify both --restart and --rm'],
    [['run', '--runtime', 'nosuch', 'app:1'], 125, 'unknown or invalid runtime name: nosuch'],
    [['run', '127.0.0.1:1/no/such'], 125, "Unable to find image '127.0.0.1:1/no/such:latest' locally"],
    [['logs', 'nosuch'], 1, 'Error response from daemon: No such container: nosuch'],
  ])('%j', async (args, exitCode, message) => {
    const ran = await naru.run(args);
    expect([ran.exitCode, ran.stdout]).toEqual([exitCode, '']);
    expect(ran.stderr).toContain(message);
    for (const id of (await naru.ok(['ps', '-aq'])).split('\n').filter(Boolean)) await naru.ok(['rm', id]);
  });

  test("an image's accounts that are a link or a FIFO are not followed and not waited for", async () => {
    await load('link:1', {}, async (root) => run(['sh', '-c', `rm ${root}/etc/passwd; ln -s /proc/1/environ ${root}/etc/passwd`]));
    await load('fifo:1', {}, async (root) => run(['sh', '-c', `rm ${root}/etc/passwd; mkfifo ${root}/etc/passwd`]));
    for (const image of ['link:1', 'fifo:1']) {
      const ran = await naru.run(['run', '--rm', '--network', 'none', image, 'sh', '-c', 'echo ok']);
      expect([ran.exitCode, ran.stdout]).toEqual([125, '']);
      expect(ran.stderr).toContain('/etc/passwd of the image is no regular file');
    }
  });

  test('a port leads to it, the name is its own, and stop and rm end it', async () => {
    const port = await freePort();
    const id = (await naru.ok(['run', '-d', '-p', `127.0.0.1:${port}:80`, '--name', 'web', 'app:1', 'httpd', '-f', '-h', '/etc', '-p', '80'])).trim();
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(await answerOf(`http://127.0.0.1:${port}/passwd`)).toStartWith('root:');
    expect(await naru.ok(['ps', '--format', '{{.Names}} {{.State}} {{.Ports}}'])).toBe(`web running 127.0.0.1:${port}->80/tcp\n`);
    expect(await naru.ok(['port', 'web'])).toBe(`80/tcp -> 127.0.0.1:${port}\n`);

    const other = await naru.run(['run', '-d', '--network', 'none', '--name', 'web', 'app:1', 'sleep', '9']);
    expect(other.stderr).toContain(`Conflict. The container name "/web" is already in use by container "${id}".`);
    expect(other.exitCode).toBe(125);
    const taken = await naru.run(['run', '-d', '--rm', '-p', `127.0.0.1:${port}:80`, 'app:1', 'sleep', '9']);
    expect(taken.stderr).toContain('bind: address already in use');

    const inside = await naru.run(['exec', '-e', 'X=y', '-u', 'www', 'web', 'sh', '-c', 'id -u; echo $X; exit 5']);
    expect([inside.exitCode, inside.stdout]).toEqual([5, '33\ny\n']);
    expect((await naru.run(['rm', 'web'])).stderr).toContain(`You cannot remove a running container ${id}`);
    expect(await naru.ok(['stop', '-t', '1', 'web'])).toBe('web\n');
    expect(await naru.ok(['ps', '-a', '--format', '{{.State}}'])).toBe('exited\n');
    expect(await naru.ok(['start', 'web'])).toBe('web\n');
    expect(await answerOf(`http://127.0.0.1:${port}/passwd`)).toStartWith('root:');
    expect(await naru.ok(['rm', '-f', 'web'])).toBe('web\n');
    expect(await naru.ok(['ps', '-aq'])).toBe('');
  });

  test('two of one image at once share its files and not what they write; volumes are kept', async () => {
    const scripts = ['one', 'two'].map((word) =>
      naru.run([
        'run',
        '--rm',
        '--network',
        'none',
        '-v',
        'kept:/data',
        'app:1',
        'sh',
        '-c',
        `echo ${word} > /srv/own; echo ${word} > /data/${word}; cat /srv/own`,
      ]),
    );
    expect((await Promise.all(scripts)).map(({ stdout }) => stdout)).toEqual(['one\n', 'two\n']);
    expect((await sh('cat /data/one /data/two', '-v', 'kept:/data:ro')).stdout).toBe('one\ntwo\n');
    expect((await sh('ls /srv', '-v', '/etc:/host:ro')).exitCode).toBe(0);
  });

  test('restarted as often as the policy says, and what it printed is in the log', async () => {
    await naru.ok(['run', '-d', '--network', 'none', '--restart', 'on-failure:2', '--name', 'again', 'app:1', 'sh', '-c', 'echo try; exit 3']);
    expect(await naru.ok(['logs', '-f', 'again'])).toBe('try\ntry\ntry\n');
    expect(await naru.ok(['wait', 'again'])).toBe('3\n');
    expect(await naru.ok(['rm', 'again'])).toBe('again\n');
  });

  test('kill -9 of what watches over it, and of all that is in it, is found out', async () => {
    const id = (await naru.ok(['run', '-d', '--network', 'none', '--name', 'lost', 'app:1', 'sleep', '1000'])).trim();
    const pid = Number(await readFile(join(naru.root, 'containers', id, 'pid'), 'utf8'));
    const supervisor = Number(/^PPid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
    process.kill(supervisor, 'SIGKILL');
    expect(await naru.ok(['ps', '--format', '{{.State}}'])).toBe('running\n');
    process.kill(pid, 'SIGKILL');
    expect(await naru.ok(['wait', 'lost'])).toBe('137\n');
    expect(await naru.ok(['start', 'lost'])).toBe('lost\n');
    expect(await naru.ok(['rm', '-f', 'lost'])).toBe('lost\n');

    const again = (await naru.ok(['run', '-d', '--network', 'none', '--restart', 'always', '--name', 'again', 'app:1', 'sleep', '1000'])).trim();
    const first = Number(await readFile(join(naru.root, 'containers', again, 'pid'), 'utf8'));
    process.kill(Number(/^PPid:\s+(\d+)/m.exec(await readFile(`/proc/${first}/status`, 'utf8'))?.[1]), 'SIGKILL');
    process.kill(first, 'SIGKILL');
    // Whoever looks finds it out, and it is started again as its policy says.
    let facts = '';
    for (let tries = 0; tries < 200 && facts !== 'running 1\n'; tries++) {
      await naru.ok(['ps']);
      facts = await naru.ok(['inspect', '-f', '{{.State.Status}} {{.RestartCount}}', 'again']);
    }
    expect(facts).toBe('running 1\n');
    expect(await naru.ok(['rm', '-f', 'again'])).toBe('again\n');
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(folder.path);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** It may not listen yet when the command returns. */
async function answerOf(url: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    try {
      return await (await fetch(url)).text();
    } catch (error) {
      if (tries > 200) throw error;
      await delay(50);
    }
  }
}
