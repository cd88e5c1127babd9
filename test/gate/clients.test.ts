/** What people read whose image a policy blocks: docker, podman and skopeo, by tag and by digest. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test';
import { createContainersTools, type ContainersTools } from '../clients/support/containers-tools.ts';
import { type DockerEngine, startDockerEngine } from '../clients/support/docker-engine.ts';
import { makeImage } from '../support/image.ts';
import { needs } from '../support/needs.ts';
import { createRegistryClient } from '../support/registry-client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { askAt, until, verdictOf } from './fixture.ts';

setDefaultTimeout(120_000);

let server: TestServer;
let host = '';
let digest = '';
const reason = 'denied: image blocked: it comes without a list of its parts (SBOM) (rule of team/app)';

beforeAll(async () => {
  server = await startServer();
  ({ host } = new URL(server.url));
  const image = makeImage({ seed: 'blocked for clients' });
  ({ digest } = image.manifest);
  await createRegistryClient(server.url).pushImage('team/app', image, 'v1');
  await askAt(server.url)('PUT', '/repositories/team/app/-/policy', { require: ['sbom'] });
  await until(
    () => verdictOf(askAt(server.url), 'team/app', 'v1'),
    ({ state }) => state === 'blocked',
  );
});
afterAll(() => server[Symbol.asyncDispose]());

/** By digest whoever may push has the manifest, and is refused the content. */
const references = () => [`${host}/team/app:v1`, `${host}/team/app@${digest}`];

const engine = needs('dockerd', 'docker') ? await startDockerEngine('gate/clients.test.ts') : undefined;

describe.skipIf(engine === undefined)('docker', () => {
  afterAll(() => engine?.[Symbol.asyncDispose]());

  test('pull says why, and gives up at once', async () => {
    const { tryDocker } = engine as DockerEngine; // else this is skipped
    for (const reference of references()) {
      const asked = server.output.stderr.length;
      const pulled = await tryDocker(['pull', reference]);
      expect([pulled.exitCode, pulled.stderr]).toEqual([1, expect.stringContaining(reason)]);
      expect(refusals(server.output.stderr.slice(asked))).toBeLessThan(3);
    }
  });
});

describe.skipIf(!needs('skopeo', 'podman'))('skopeo and podman', () => {
  let tools: ContainersTools;
  beforeAll(async () => {
    tools = await createContainersTools(host);
  });
  afterAll(() => tools[Symbol.asyncDispose]());

  test('copy and pull say why', async () => {
    const [tagged = '', pinned = ''] = references();
    const copied = await tools.tryRun('skopeo', ['copy', `docker://${tagged}`, `dir:${tools.folder}/copied`]);
    expect([copied.exitCode === 0, copied.stderr]).toEqual([false, expect.stringContaining(reason)]);
    const pulled = await tools.tryRun('podman', ['pull', tagged]);
    expect([pulled.exitCode === 0, pulled.stderr]).toEqual([false, expect.stringContaining(reason)]);
    // What a registry says of a blob, these versions do not print.
    expect((await tools.tryRun('podman', ['pull', pinned])).stderr).toContain('403 (Forbidden)');
  });
});

/** In the server's log of requests. */
function refusals(log: string): number {
  return log.split('\n').filter((line) => line.includes('"status":403')).length;
}
