/** Names and what they leave out, as people meet them in courses: the four parts, and what is no name. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { type Naru, naruOn } from '../client-store/support/naru.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let naru: Naru;
beforeAll(async () => {
  folder = await temporaryFolder('naru-names-');
  naru = naruOn(join(folder.path, 'store'), { NARU_CLIENT_CONFIG: '', XDG_CONFIG_HOME: folder.path });
});
afterAll(() => folder[Symbol.asyncDispose]());

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('naru ref explain', () => {
  test.each([
    ['nginx', 'docker.io', 'library', 'nginx', 'latest', 'docker.io/library/nginx:latest'],
    ['nginx:alpine', 'docker.io', 'library', 'nginx', 'alpine', 'docker.io/library/nginx:alpine'],
    ['devwikirepo/tencounter', 'docker.io', 'devwikirepo', 'tencounter', 'latest', 'docker.io/devwikirepo/tencounter:latest'],
    ['devwiki.com/myproject/mynginx:2.1.0-alpine', 'devwiki.com', 'myproject', 'mynginx', '2.1.0-alpine', 'devwiki.com/myproject/mynginx:2.1.0-alpine'],
    ['diamol/golang', 'docker.io', 'diamol', 'golang', 'latest', 'docker.io/diamol/golang:latest'],
    ['zoozoousagi/nyapacchi:13', 'docker.io', 'zoozoousagi', 'nyapacchi', '13', 'docker.io/zoozoousagi/nyapacchi:13'],
    ['zoozoo.coomm/nyapacchi:13', 'zoozoo.coomm', '', 'nyapacchi', '13', 'zoozoo.coomm/nyapacchi:13'],
    ['localhost:5000/nyapacchi:13', 'localhost:5000', '', 'nyapacchi', '13', 'localhost:5000/nyapacchi:13'],
    ['localhost/x', 'localhost', '', 'x', 'latest', 'localhost/x:latest'],
    ['registry.local:5000/gallery/ui:v1', 'registry.local:5000', 'gallery', 'ui', 'v1', 'registry.local:5000/gallery/ui:v1'],
    ['index.docker.io/nginx', 'docker.io', 'library', 'nginx', 'latest', 'docker.io/library/nginx:latest'],
  ])('%s', async (name, registry, project, image, tag, canonical) => {
    expect(JSON.parse(await naru.ok(['ref', 'explain', '--json', name]))).toEqual({
      registry,
      ...(project !== '' && { project }),
      image,
      tag,
      canonical,
    });
  });

  test('by a digest', async () => {
    const explained = JSON.parse(await naru.ok(['ref', 'explain', '--json', `nginx@${digest}`])) as object;
    expect(explained).toMatchObject({ registry: 'docker.io', project: 'library', image: 'nginx', canonical: `docker.io/library/nginx@${digest}` });
  });

  test.each([
    ['/image-gallery:v1', 'invalid reference format'],
    ['docker.io/library/NGINX:latest', 'invalid reference format: repository name (library/NGINX) must be lowercase'],
    ['a/b:v 1', 'invalid reference format'],
    ['a/b:한글', 'invalid reference format'],
    [`a/b:${'t'.repeat(129)}`, 'invalid reference format'],
    ['f'.repeat(64), 'cannot specify 64-byte hexadecimal strings'],
  ])('%s is none', async (name, message) => {
    const ran = await naru.run(['ref', 'explain', name]);
    expect([ran.exitCode, ran.stdout]).toEqual([1, '']);
    expect(ran.stderr).toContain(message);
  });
});
