/** What the flags of `run` do to a container, and what the other verbs say about it. */
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Naru, naruOn } from '../client-store/support/naru.ts';
import { createFolder, type Folder } from '../clients/support/folder.ts';
import { needs, recordSkip } from '../support/needs.ts';
import { importBusybox } from './support/busybox-image.ts';

setDefaultTimeout(60_000);

const isRoot = process.getuid?.() === 0;
if (!isRoot) recordSkip('containers need root', 'flags.test.ts');
const hasProfile = existsSync('/usr/share/containers/seccomp.json') || existsSync('/etc/containers/seccomp.json');
if (!hasProfile) recordSkip('the package golang-github-containers-common is not here', 'flags.test.ts');

describe.if(isRoot && needs('runc', 'conmon', 'umoci', 'slirp4netns', 'busybox'))('flags of run', () => {
  let folder: Folder;
  let naru: Naru;

  beforeAll(async () => {
    folder = await createFolder();
    naru = naruOn(join(folder.path, 'store'), { FROM_HERE: 'mine' });
    const config = { Cmd: ['sh'], ExposedPorts: { '80/tcp': {}, '53/udp': {} }, Labels: { family: 'app' }, Volumes: { '/srv/data': {} } };
    await importBusybox(naru, { folder: folder.path, name: 'app:1', config });
    await mkdir(join(folder.path, 'env'), { recursive: true });
    await writeFile(join(folder.path, 'env/file'), '# a comment\nFIRST=1\nFROM_HERE\nSECOND=two words\n');
  });
  afterEach(async () => {
    for (const id of (await naru.ok(['ps', '-aq'])).split('\n').filter(Boolean)) await naru.ok(['rm', '-fv', id]);
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const sh = async (script: string, ...flags: string[]) => {
    const ran = await naru.run(['run', '--rm', '--network', 'none', ...flags, 'app:1', 'sh', '-c', script]);
    return ran.exitCode === 0 ? ran.stdout : `${ran.exitCode}: ${ran.stdout}${ran.stderr}`;
  };
  const status = (name: string) => `grep ${name}: /proc/self/status`;

  test.each([
    ['the capabilities of Docker', [], status('CapEff'), 'CapEff:\t00000000a80425fb\n'],
    ['one less', ['--cap-drop', 'mknod'], status('CapEff'), 'CapEff:\t00000000a00425fb\n'],
    ['none but one', ['--cap-drop', 'ALL', '--cap-add', 'CAP_CHOWN'], status('CapEff'), 'CapEff:\t0000000000000001\n'],
    ['privileges as they are', [], status('NoNewPrivs'), 'NoNewPrivs:\t0\n'],
    ['no new privileges', ['--security-opt', 'no-new-privileges'], status('NoNewPrivs'), 'NoNewPrivs:\t1\n'],
    ['no filter', ['--security-opt', 'seccomp=unconfined'], status('Seccomp'), 'Seccomp:\t0\n'],
    ['a small first process', ['--init'], 'cat /proc/1/cmdline | grep -c docker-ini[t]', '1\n'],
    ['none', [], 'cat /proc/1/cmdline | grep -c docker-ini[t] || :', '0\n'],
    ['variables from here and of a file', ['-e', 'FROM_HERE', '-e', 'NOT_HERE', '-e', 'SECOND=2'], 'echo $FROM_HERE $NOT_HERE $SECOND', 'mine 2\n'],
    ['masked paths', [], 'cat /proc/kcore | head -c 1; echo x > /proc/sysrq-trigger || echo refused', 'refused\n'],
  ])('%s', async (_, flags, script, expected) => {
    expect((await sh(`${script} 2>/dev/null`, ...flags)).replaceAll(/^sh: .*\n/gm, '')).toBe(expected);
  });

  test.if(hasProfile)("the machine's seccomp profile filters, and another file may", async () => {
    expect(await sh(status('Seccomp'))).toBe('Seccomp:\t2\n');
    const strict = join(folder.path, 'strict.json');
    const rule = { names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 1 };
    await writeFile(strict, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [rule] }));
    expect(await sh('mkdir /srv/x 2>/dev/null || echo refused', '--security-opt', `seccomp=${strict}`)).toBe('refused\n');
    expect(await sh('mkdir /srv/x && echo made', '--security-opt', 'seccomp=unconfined')).toBe('made\n');
  });

  test('a file of variables', async () => {
    expect(await sh('echo $FIRST $SECOND $FROM_HERE', '--env-file', join(folder.path, 'env/file'))).toBe('1 two words mine\n');
  });

  test.each([
    [['-m', '1m'], 'Minimum memory limit allowed is 6MB'],
    [['-m', 'much'], 'invalid argument "much" for "-m, --memory" flag: invalid size: \'much\''],
    [['--cpus', 'x'], 'failed to parse x as a rational number'],
    [['--cap-add', 'NOSUCH'], 'invalid capability: "CAP_NOSUCH"'],
    [['--security-opt', 'x=y'], 'invalid --security-opt "x=y"'],
    [['--security-opt', 'seccomp=/no/such'], 'opening seccomp profile (/no/such) failed'],
    [['--security-opt', 'seccomp=/etc/hostname'], 'Decoding seccomp profile failed: /etc/hostname is no profile'],
    [['--stop-timeout', 'x'], 'invalid argument "x" for "--stop-timeout" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    [['--pull', 'sometimes'], 'invalid pull option: \'sometimes\': must be one of "always", "missing" or "never"'],
    [['--env-file', '/no/such'], 'open /no/such: no such file or directory'],
    [['--network', 'nosuch'], 'network nosuch not found'],
  ])('%j is refused', async (flags, message) => {
    const ran = await naru.run(['run', '--rm', '--network', 'none', ...flags, 'app:1', 'true']);
    expect([ran.exitCode, ran.stdout]).toEqual([125, '']);
    expect(ran.stderr).toContain(message);
    expect(await naru.ok(['ps', '-aq'])).toBe('');
  });

  test('--pull never asks nobody, --pull always does', async () => {
    const never = await naru.run(['run', '--pull', 'never', '127.0.0.1:1/no/such']);
    expect([never.exitCode, never.stderr]).toEqual([125, expect.stringContaining('No such image: 127.0.0.1:1/no/such:latest')]);
    await naru.ok(['tag', 'app:1', '127.0.0.1:1/app:1']);
    expect((await naru.run(['run', '--rm', '--network', 'none', '127.0.0.1:1/app:1', 'echo', 'here'])).stdout).toBe('here\n');
    const always = await naru.run(['run', '--rm', '--pull', 'always', '127.0.0.1:1/app:1', 'echo', 'here']);
    expect([always.exitCode, always.stdout]).toEqual([125, '']);
    await naru.ok(['rmi', '127.0.0.1:1/app:1']);
  });

  test('free ports of the machine, one by one and all', async () => {
    await naru.ok(['run', '-d', '-P', '-p', '127.0.0.1::8080', '--name', 'open', 'app:1', 'httpd', '-f', '-p', '80', '-h', '/etc']);
    const ports = (await naru.ok(['port', 'open'])).split('\n').filter(Boolean).sort();
    expect(ports.map((line) => line.replace(/:[1-9]\d+$/, ':N'))).toEqual(['53/udp -> 0.0.0.0:N', '80/tcp -> 0.0.0.0:N', '8080/tcp -> 127.0.0.1:N']);
    const one = (await naru.ok(['port', 'open', '80'])).trim();
    expect(one).toMatch(/^0\.0\.0\.0:\d+$/);
    expect(await naru.ok(['ps', '--format', '{{.Ports}}'])).toContain(`${one}->80/tcp`);
    expect(await naru.ok(['inspect', '-f', '{{(index (index .NetworkSettings.Ports "80/tcp") 0).HostPort}}', 'open'])).toBe(`${one.split(':')[1]}\n`);
    expect((await naru.run(['port', 'open', '99'])).stderr).toBe("Error response from daemon: No public port '99/tcp' published for open\n");
  });

  test('made, filtered, inspected, pruned', async () => {
    const id = (await naru.ok(['create', '--network', 'none', '--name', 'made', '-l', 'kind=x', '-e', 'A=b', 'app:1', 'sh', '-c', 'echo out; exit 3'])).trim();
    await naru.ok(['container', 'run', '-d', '--network', 'none', '--name', 'runs', '--stop-timeout', '0', 'app:1', 'sleep', '1000']);
    const names = async (...flags: string[]) => (await naru.ok(['ps', '--format', '{{.Names}}', ...flags])).split('\n').filter(Boolean).sort();
    expect(await names()).toEqual(['runs']);
    expect(await names('-a')).toEqual(['made', 'runs']);
    expect(await names('-f', 'status=created')).toEqual(['made']);
    expect((await naru.run(['start', '-a', 'made'])).exitCode).toBe(3);
    expect(await names('-f', 'exited=3')).toEqual(['made']);
    expect(await names('-a', '-f', 'label=kind=x')).toEqual(['made']);
    expect(await names('-a', '-f', 'label=family')).toEqual(['made', 'runs']);
    expect(await names('-a', '-f', 'ancestor=app:1', '-f', 'name=ma')).toEqual(['made']);
    expect(await names('-a', '-f', 'since=made')).toEqual(['runs']);
    expect(await names('-l')).toEqual(['runs']);
    expect((await naru.run(['ps', '-f', 'status=x'])).stderr).toContain("invalid filter 'status=x'");
    const facts = '{{.State.Status}} {{.State.ExitCode}} {{.Config.Cmd}} {{.HostConfig.RestartPolicy.Name}} {{.Name}} {{.Path}}';
    expect(await naru.ok(['inspect', '-f', facts, 'made'])).toBe('exited 3 [sh -c echo out; exit 3] no /made sh\n');
    expect(JSON.parse(await naru.ok(['container', 'inspect', id.slice(0, 9)]))).toMatchObject([{ Id: id, Config: { Labels: { kind: 'x', family: 'app' } } }]);
    expect(await naru.ok(['inspect', '-f', '{{.Architecture}}', 'app:1'])).toBe('amd64\n');
    const missing = await naru.run(['inspect', 'nosuch']);
    expect([missing.exitCode, missing.stdout, missing.stderr]).toEqual([1, '[]\n', 'Error: No such object: nosuch\n']);
    expect((await naru.run(['container', 'prune'], Buffer.from('n\n'))).exitCode).toBe(1);
    expect(await naru.ok(['container', 'prune', '-f'])).toStartWith(`Deleted Containers:\n${id}\n\nTotal reclaimed space: `);
    expect(await naru.ok(['container', 'stop', 'runs'])).toBe('runs\n');
  });

  test('logs: the last, since, until, with their times', async () => {
    await naru.ok(['run', '-d', '--network', 'none', '--name', 'says', 'app:1', 'sh', '-c', 'echo one; echo two; echo three']);
    await naru.ok(['wait', 'says']);
    expect(await naru.ok(['logs', '-n', '1', 'says'])).toBe('three\n');
    expect(await naru.ok(['logs', '--tail', '0', 'says'])).toBe('');
    expect(await naru.ok(['logs', '--since', '1h', 'says'])).toBe('one\ntwo\nthree\n');
    expect(await naru.ok(['logs', '--until', '1h', 'says'])).toBe('');
    expect(await naru.ok(['logs', '-t', '-n', '1', 'says'])).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z three\n$/);
    expect((await naru.run(['logs', '-n', 'x', 'says'])).stderr).toContain('invalid tail parameter: x');
  });

  test('volumes: made, listed, inspected, kept while somebody has them, pruned', async () => {
    await naru.ok(['volume', 'prune', '-f']);
    expect(await naru.ok(['volume', 'create', 'kept'])).toBe('kept\n');
    expect((await naru.run(['volume', 'create', '../x'])).stderr).toContain('includes invalid characters for a local volume name');
    await naru.ok(['run', '--network', 'none', '--name', 'has', '-v', 'kept:/kept', 'app:1', 'touch', '/kept/file', '/srv/data/own']);
    const [own = ''] = (await naru.ok(['volume', 'ls', '-q'])).split('\n').filter((name) => /^[0-9a-f]{64}$/.test(name));
    expect(await naru.ok(['volume', 'ls'])).toBe(
      `DRIVER    VOLUME NAME\n${[own, 'kept']
        .sort()
        .map((name) => `local     ${name}\n`)
        .join('')}`,
    );
    expect(await naru.ok(['volume', 'ls', '-q', '-f', 'dangling=true'])).toBe('');
    expect((await naru.run(['volume', 'rm', 'kept'])).stderr).toMatch(/^Error response from daemon: remove kept: volume is in use - \[[0-9a-f]{64}\]\n$/);
    expect(await naru.ok(['volume', 'inspect', '-f', '{{.Name}} {{.Driver}} {{.Mountpoint}}', 'kept'])).toBe(`kept local ${naru.root}/volumes/kept\n`);
    await naru.ok(['rm', 'has']);
    expect(await naru.ok(['volume', 'prune', '-f'])).toStartWith(`Deleted Volumes:\n${own}\n\nTotal reclaimed space: `);
    expect(await naru.ok(['volume', 'rm', 'kept'])).toBe('kept\n');
    const gone = await naru.run(['volume', 'rm', 'kept']);
    expect([gone.exitCode, gone.stderr]).toEqual([1, 'Error response from daemon: get kept: no such volume\n']);
    expect((await naru.run(['volume', 'inspect', 'kept'])).stdout).toBe('[]\n');
  });
});
