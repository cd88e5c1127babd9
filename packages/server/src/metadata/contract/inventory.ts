import { expect } from 'bun:test';
import type { Digest } from '@naru/oci/digest';
import type { InstalledPackage } from '../../inventory/package.ts';
import type { MetadataStore } from '../port.ts';
import { actor, type Contract, digestOf, makeManifest, pushBlob, pushManifest, repository } from './content.ts';

const layer = digestOf('layer');
const release = { id: 'debian', version: '12', name: 'Debian GNU/Linux 12 (bookworm)' };

function installed(name: string, version: string, more: Partial<InstalledPackage> = {}): InstalledPackage {
  const none = { namespace: '', sourceName: '', sourceVersion: '', architecture: '', licences: [] };
  return { ...none, type: 'deb', name, version, path: 'var/lib/dpkg/status', layer, ...more };
}

const openssl = installed('libssl3', '3.0.11-1', { sourceName: 'openssl', sourceVersion: '3.0.11-1', architecture: 'amd64', licences: ['Apache-2.0'] });
const bash = installed('bash', '5.2', { namespace: 'debian' });
const left = installed('left-pad', '1.3.0', { type: 'npm', path: 'app/node_modules/left-pad/package.json' });

export function inventoryContract(it: Contract): void {
  it('keeps where passwords and keys were left, and forgets it with the image', async (store) => {
    const image = await pushImage(store, 'one');
    const key = { place: 'root/.ssh/id_rsa', layer, line: 1, rule: 'private-key', title: 'private key', masked: '…', certainty: 'likely' as const };
    const word = { place: 'environment TOKEN', rule: 'github', title: 'token of GitHub', masked: 'ghp_…', certainty: 'checked' as const };
    await store.inventory.record(image, { state: 'done', problems: [], packages: [], secrets: [key, word] }, 5);
    const [first, ...rest] = await store.inventory.listSecrets(image, { limit: 9 });
    expect([first, ...rest].map((secret) => ({ ...secret, id: 0 }))).toEqual([
      { ...key, id: 0 },
      { ...word, id: 0 },
    ]);
    expect(await store.inventory.listSecrets(image, { after: first?.id ?? 0, limit: 9 })).toEqual(rest);
    await store.manifests.remove({ repository, digest: image, at: 8, actor });
    expect(await store.inventory.listSecrets(image, { limit: 9 })).toEqual([]);
  });

  it('keeps what is installed in an image, and each version of a package once for all of them', async (store) => {
    const [one, two] = [await pushImage(store, 'one'), await pushImage(store, 'two')];
    expect(await store.inventory.find(one)).toBeUndefined();
    expect((await store.inventory.listUnread({ limit: 9 })).map(({ digest }) => digest).toSorted()).toEqual([one, two].toSorted());
    expect(await store.inventory.record(one, { state: 'done', release, problems: ['x: broken'], secrets: [], packages: [openssl, bash, left] }, 5)).toBe(true);
    await store.inventory.record(
      two,
      { state: 'done', release, problems: [], secrets: [], packages: [bash, { ...left, path: 'other/package.json' }, left] },
      6,
    );
    expect(await store.inventory.listUnread({ limit: 9 })).toEqual([]);
    expect(await store.inventory.find(one)).toEqual({ state: 'done', release, problems: ['x: broken'], readAt: 5 });
    const listed = await store.inventory.listPackages(one, { limit: 9 });
    expect(listed.map(({ id: _id, distribution, ...rest }) => ({ distribution, ...rest }))).toEqual([
      { distribution: 'debian:12', ...openssl },
      { distribution: 'debian:12', ...bash },
      { distribution: '', ...left },
    ]);
    const versions = await store.inventory.listVersions({ limit: 9 });
    expect(versions.map(({ name }) => name)).toEqual(['libssl3', 'bash', 'left-pad']);
    const [ssl, shell, pad] = versions.map(({ id }) => id);
    expect((await store.inventory.listVersions({ after: ssl ?? 0, limit: 1 })).map(({ id }) => id)).toEqual([shell ?? 0]);
    const images = async (id = 0, after = 0) => store.inventory.listImages(id, { after, limit: 9 });
    expect((await images(ssl)).map(({ digest }) => digest)).toEqual([one]);
    const [first, ...rest] = await images(pad);
    expect([first?.digest, ...rest.map(({ digest }) => digest)]).toEqual([one, two]);
    expect(await images(pad, first?.number)).toEqual(rest);
    expect([await store.inventory.countPackages(one), await store.inventory.countPackages(two)]).toEqual([3, 3]);
  });

  it('lists packages by pages, by type, by name and by the name of the source', async (store) => {
    const image = await pushImage(store, 'one');
    await store.inventory.record(image, { state: 'done', release, problems: [], secrets: [], packages: [openssl, bash, left] }, 5);
    const names = async (page: Partial<Parameters<typeof store.inventory.listPackages>[1]>) =>
      (await store.inventory.listPackages(image, { limit: 9, ...page })).map(({ name }) => name);
    const [first] = await store.inventory.listPackages(image, { limit: 1 });
    expect([await names({ limit: 1 }), await names({ after: first ?? { id: 0, path: '' } })]).toEqual([['libssl3'], ['bash', 'left-pad']]);
    expect([await names({ type: 'npm' }), await names({ name: 'openssl' }), await names({ name: 'bash', type: 'npm' })]).toEqual([
      ['left-pad'],
      ['libssl3'],
      [],
    ]);
    const found = async (name: string) => (await store.inventory.findVersions(name, { limit: 9 })).map(({ version }) => version);
    expect([await found('openssl'), await found('bash'), await found('x')]).toEqual([['3.0.11-1'], ['5.2'], []]);
  });

  it('takes a new inventory in the place of the old one, and forgets both with the image', async (store) => {
    const image = await pushImage(store, 'one');
    await store.inventory.record(image, { state: 'done', release, problems: [], secrets: [], packages: [openssl, bash] }, 5);
    await store.inventory.record(image, { state: 'unsupported', problems: ['the layer is encrypted'], secrets: [], packages: [] }, 6);
    expect(await store.inventory.find(image)).toEqual({ state: 'unsupported', problems: ['the layer is encrypted'], readAt: 6 });
    expect(await store.inventory.listPackages(image, { limit: 9 })).toEqual([]);
    expect([await store.inventory.prune(1), await store.inventory.prune(9), await store.inventory.prune(9)]).toEqual([1, 1, 0]);
    await store.inventory.record(image, { state: 'done', problems: [], secrets: [], packages: [left] }, 7);
    await store.manifests.remove({ repository, digest: image, at: 8, actor });
    expect([await store.inventory.find(image), await store.inventory.record(image, { state: 'done', problems: [], secrets: [], packages: [left] }, 9)]).toEqual(
      [undefined, false],
    );
    expect([await store.inventory.prune(9), await store.inventory.listVersions({ limit: 9 })]).toEqual([1, []]);
  });
}

async function pushImage(store: MetadataStore, name: string): Promise<Digest> {
  await pushBlob(store, 'layer');
  const { digest } = await pushManifest(store, { ...makeManifest({ name, layers: [layer] }), image: { layers: [layer] } });
  return digest;
}
