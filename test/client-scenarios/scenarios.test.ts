/**
 * The walk-throughs that people learn Docker from, typed once with docker and once with naru, in a
 * network where docker.io is ours. What is printed, and the exit codes, must be the same. Lines that
 * begin with `naru:` are naru's own, and left out.
 */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dockerArchive, dockerImage, type Entry } from '../client-store/support/archives.ts';
import { type DockerEngine, startDockerEngine } from '../clients/support/docker-engine.ts';
import { run, tryRun } from '../clients/support/run.ts';
import { makeAuthority } from '../support/client/certificates.ts';
import { dockerHubNames, type HermeticNetwork, openHermeticNetwork } from '../support/hermetic-network.ts';
import { needs, recordSkip } from '../support/needs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { steps } from './support/steps.ts';
import { fillHub, makePrivate, passwords, startHub } from './support/hub.ts';
import { normalized, type Said } from './support/normalized.ts';

setDefaultTimeout(600_000);

/** Where registry.local leads: a local address, but not loopback's block, which Docker trusts. */
const aliasAddress = '10.255.0.5';
const dockerBridge = 'scenarios';
const program = join(import.meta.dirname, '../../packages/naru/src/main.ts');

describe.if(
  needs('docker', 'dockerd', 'nginx', 'ip', 'nsenter', 'openssl', 'curl', 'runc', 'conmon', 'umoci', 'slirp4netns', 'docker-proxy', 'busybox', 'script'),
)('typed with docker and with naru', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let network: HermeticNetwork | undefined;
  const said: Record<'docker' | 'naru', Said[]> = { docker: [], naru: [] };

  beforeAll(async () => {
    folder = await temporaryFolder('naru-scenarios-');
    network = await openHermeticNetwork({
      folder: folder.path,
      addresses: [aliasAddress],
      bridge: { name: dockerBridge, address: '10.255.1.1/24' },
      hosts: { '127.0.0.1': ['localhost', 'loopback.local', ...dockerHubNames], [aliasAddress]: ['registry.local'] },
    });
    if (network === undefined) return recordSkip('no network namespace can be made here', 'scenarios.test.ts');
    const build = join(import.meta.dirname, '../../deploy/image/build.ts');
    await run([process.execPath, build, '--output', join(folder.path, 'registry.tar'), '--name', 'diamol/registry:latest']);
    said.docker = await typeAll(network, 'docker');
    said.naru = await typeAll(network, 'naru');
  });
  afterAll(async () => {
    await network?.[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  test.each(steps.map((step, at) => [step.id, step.line, at] as const))('%s: %s', (_, __, at) => {
    if (network === undefined) return;
    const step = steps[at];
    if (step?.differs === undefined) expect(said.naru[at]).toEqual(said.docker[at] as Said);
    else {
      expect(said.naru[at]).toEqual(step.differs.naru);
      expect(said.docker[at]).not.toEqual(step.differs.naru);
    }
    if (step?.expect !== undefined) expect(JSON.stringify(said.naru[at])).toMatch(step.expect);
  });

  /** Each with a hub of its own, filled alike. */
  async function typeAll({ enter }: HermeticNetwork, who: 'docker' | 'naru'): Promise<Said[]> {
    const own = join(folder.path, who);
    await mkdir(join(own, 'bin'), { recursive: true });
    const authority = makeAuthority(join(own, 'authority'));
    // In place of the machine's authorities: nothing else is to be trusted in there.
    const trusting = [...enter, 'env', '--unset=SSL_CERT_DIR', `SSL_CERT_FILE=${authority.ca}`];
    await using _hub = await startHub({ enter }, { folder: own, authority, aliasAddress });
    await fill(trusting, own);
    await writeFile(join(own, 'bin/naru'), `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
    await chmod(join(own, 'bin/naru'), 0o755);
    await using engine: DockerEngine | undefined =
      who === 'docker' ? await startDockerEngine('scenarios.test.ts', { prefix: trusting, bridge: dockerBridge }) : undefined;
    if (who === 'docker' && engine === undefined) throw new Error('dockerd does not run here');
    const environment: Record<string, string> = {
      ...engine?.environment,
      C: who,
      HOME: own,
      LANG: 'C',
      PATH: `${join(own, 'bin')}:${process.env['PATH'] ?? ''}`,
      BUILT: own,
      ...Object.fromEntries(Object.entries(passwords).map(([name, password]) => [`PW_${name.replaceAll('-', '_')}`, password])),
    };
    const results: Said[] = [];
    for (const step of steps) {
      if (step.allow !== undefined) await allow(step.allow, engine, environment);
      if (step.hides !== undefined) await makePrivate(trusting, { folder: own, repository: step.hides });
      results.push(normalized(await tryRun([...trusting, 'sh', '-c', step.line], { env: environment }), own, step));
    }
    return results;
  }

  async function allow(registry: string, engine: DockerEngine | undefined, environment: Readonly<Record<string, string>>): Promise<void> {
    if (engine === undefined) await run(['naru', 'config', 'add', 'insecure-registries', registry], { env: environment });
    else await engine.reload({ 'insecure-registries': [registry] });
  }

  /** What the hub has before anybody types: a base, an image of somebody's, and an official one. And the file that holds what one has built. */
  async function fill(prefix: readonly string[], own: string): Promise<void> {
    // Images of one family stand on each other's layers, as those that are built from one base do.
    const layered = (name: string, family: string, layers: number) => dockerImage({ seed: name, layerSeed: family, layers, tags: [name] });
    const serving = async (name: string, title: string) =>
      dockerImage({
        seed: name,
        layerSeed: name,
        layers: 3,
        moreLayers: [await webLayer(title)],
        command: ['/bin/busybox', 'httpd', '-f', '-h', '/www', '-p', '80'],
        tags: [name],
      });
    const inHub = [
      layered('diamol/base:latest', 'base', 2),
      layered('diamol/closing:latest', 'closing', 2),
      await serving('devwikirepo/simple-web:1.0', 'a simple web'),
      await serving('library/nginx:latest', 'Welcome to nginx!'),
      await serving('devwikirepo/secret:1', 'nothing for others'),
    ];
    await writeFile(join(own, 'hub.tar'), dockerArchive(inHub));
    await writeFile(join(own, 'gallery.tar'), dockerArchive([layered('image-gallery:latest', 'base', 6)]));
    await writeFile(join(own, 'closed.tar'), dockerArchive([layered('closed:latest', 'closing', 4)]));
    await writeFile(join(own, 'log.tar'), dockerArchive([layered('access-log:latest', 'base', 5)]));
    await writeFile(join(own, 'day.tar'), dockerArchive([layered('image-of-the-day:latest', 'base', 4)]));
    await fillHub(prefix, { folder: own, file: join(own, 'hub.tar'), names: inHub.map(({ tags }) => tags[0] ?? '') });
    await makePrivate(prefix, { folder: own, repository: 'devwikirepo/secret' });
    await fillHub(prefix, { folder: own, file: join(folder.path, 'registry.tar'), names: ['diamol/registry:latest'] });
  }
});

/** A page, and the program that serves it. */
async function webLayer(title: string): Promise<Entry[]> {
  return [
    { name: 'bin/busybox', mode: 0o755, content: await readFile('/bin/busybox') },
    { name: 'www/index.html', content: `<h1>${title}</h1>\n` },
  ];
}
