/** Another default registry: what people type and read without a registry is there, for every verb alike. */
import { expect, test } from 'bun:test';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { dockerArchive, dockerImage } from './support/archives.ts';
import { naruOn } from './support/naru.ts';

test('tag, list, find, inspect, save and remove', async () => {
  await using folder = await temporaryFolder('naru-default-');
  await mkdir(join(folder.path, '.config/naru'), { recursive: true });
  await writeFile(join(folder.path, '.config/naru/client.yaml'), 'default-registry: hub.local\n');
  const naru = naruOn(join(folder.path, 'store'), { XDG_CONFIG_HOME: '' });
  const image = dockerImage({ seed: 'default', tags: ['app:1'] });

  // What an archive says is Docker's way of saying it.
  expect(await naru.ok(['load'], dockerArchive([image]))).toBe('Loaded image: docker.io/library/app:1\n');
  expect(await naru.ok(['tag', 'docker.io/library/app:1', 'team/app:2'])).toBe('');
  expect((await naru.run(['tag', 'app:1', 'x'])).stderr).toBe('Error response from daemon: No such image: app:1\n');
  const names = async (...args: string[]) => (await naru.ok(['images', '--format', '{{.Repository}}:{{.Tag}}', ...args])).trimEnd().split('\n');
  expect(await names()).toEqual(['docker.io/library/app:1', 'team/app:2']);
  expect(await names('--filter', 'reference=team/*')).toEqual(['team/app:2']);
  expect(await names('--filter', 'reference=hub.local/team/*')).toEqual(['team/app:2']);
  expect(await naru.ok(['inspect', '--format', '{{json .RepoTags}}', 'team/app:2'])).toBe('["docker.io/library/app:1","team/app:2"]\n');
  // An archive is for others, who know of no hub.local.
  expect((await naru.run(['save', 'team/app:2'])).bytes.toString('latin1')).toContain('"RepoTags":["hub.local/team/app:2"]');
  expect(await naru.ok(['rmi', 'team/app:2'])).toBe('Untagged: team/app:2\n');
});
