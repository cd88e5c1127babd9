import { expect } from 'bun:test';
import { parseRepositoryName, parseTag } from '@naru/oci/repository-name';
import { attachedSbomsMax, type NewAttachedSbom, type SaidPackage } from '../attached-port.ts';
import type { MetadataStore } from '../port.ts';
import { actor, type Contract, digestOf, makeManifest, other, pushManifest, repository } from './content.ts';

const said = (name: string, more: Partial<SaidPackage> = {}): SaidPackage => ({
  type: 'npm',
  namespace: '',
  name,
  version: '1',
  sourceName: '',
  sourceVersion: '',
  architecture: '',
  licences: ['MIT'],
  distribution: '',
  ...more,
});

async function attach(store: MetadataStore, name: string, more: Partial<NewAttachedSbom> = {}): Promise<NewAttachedSbom> {
  const image = await pushManifest(store, { name: 'image' }, { in: more.repository ?? repository });
  const { digest } = await pushManifest(store, { name, subject: image.digest }, { in: more.repository ?? repository });
  return { repository, subject: image.digest, digest, format: 'spdx', problem: '', unknown: 2, packages: [said('a'), said('b')], ...more };
}

export function attachedSbomContract(it: Contract): void {
  it('keeps what a document says by image and repository, and forgets it with the document', async (store) => {
    const one = await attach(store, 'one');
    const two = await attach(store, 'two', { packages: [said('a'), said('c', { type: 'deb', distribution: 'debian:12' })], unknown: 0 });
    const elsewhere = await attach(store, 'one', { repository: other });
    for (const document of [one, one, two]) expect(await store.attached.record(document, 7)).toBe('recorded');
    const described = { format: 'spdx' as const, problem: '', packages: 2, readAt: 7 };
    const inOrder = [
      { digest: one.digest, unknown: 2, ...described },
      { digest: two.digest, unknown: 0, ...described },
    ].toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
    expect(await store.attached.list(one)).toEqual(inOrder);
    expect(await store.attached.list(elsewhere)).toEqual([]);
    const listed = await store.attached.listPackages(one, { limit: 9 });
    expect(listed.map(({ name, sbom }) => `${name} ${sbom}`).toSorted()).toEqual(
      [`a ${one.digest}`, `b ${one.digest}`, `a ${two.digest}`, `c ${two.digest}`].toSorted(),
    );
    const [first] = listed;
    expect(await store.attached.listPackages(one, { limit: 9, ...(first && { after: { id: first.id, sbom: first.sbom } }) })).toEqual(listed.slice(1));
    expect(await store.attached.listPackages(one, { limit: 9, type: 'deb', name: 'c' })).toMatchObject([{ distribution: 'debian:12', licences: ['MIT'] }]);
    expect(await store.inventory.prune(9)).toBe(0);
    await store.manifests.remove({ repository, digest: two.digest, at: 8, actor });
    expect((await store.attached.list(one)).map(({ digest }) => digest)).toEqual([one.digest]);
    expect(await store.inventory.prune(9)).toBe(1);
    expect(await store.attached.record(two, 9)).toBe('gone');
  });

  it('what came by a tag is replaced by what the tag names now, and goes with it', async (store) => {
    const tag = parseTag(`sha256-${'a'.repeat(64)}.sbom`);
    const [one, two] = [await attach(store, 'one', { tag }), await attach(store, 'two', { tag })];
    for (const document of [one, two]) await store.attached.record(document, 7);
    expect((await store.attached.list(one)).map(({ digest }) => digest)).toEqual([two.digest]);
    expect(await store.attached.removeTagged({ repository, tag })).toEqual([one.subject]);
    expect(await store.attached.list(one)).toEqual([]);
  });

  it('takes so many of one image, and moves them with their repository', async (store) => {
    for (let index = 0; index < attachedSbomsMax; index++) {
      expect(await store.attached.record(await attach(store, `document ${index}`, { packages: [] }), 7)).toBe('recorded');
    }
    const more = await attach(store, 'one more');
    expect(await store.attached.record(more, 7)).toBe('full');
    await store.repositories.rename({ from: repository, to: parseRepositoryName('mina/moved'), aliasUntil: 9, at: 8, actor });
    expect(await store.attached.list({ ...more, repository: parseRepositoryName('mina/moved') })).toHaveLength(attachedSbomsMax);
    expect(await store.attached.list(more)).toEqual([]);
  });

  it('lists referrers of a type that nobody has read', async (store) => {
    const image = await pushManifest(store, { name: 'image' });
    const push = (name: string, artifactType: string, at = repository) => pushManifest(store, { name, subject: image.digest, artifactType }, { in: at });
    const [one, two] = [await push('one', 'a/sbom'), await push('two', 'b/sbom', other)];
    await push('signature', 'a/signature');
    await pushManifest(store, { name: 'of nothing', artifactType: 'a/sbom' });
    const made = makeManifest({ name: 'made', subject: image.digest, artifactType: 'a/sbom' });
    await store.manifests.record({ repository, manifest: made, tags: [], at: 3, actor, isGenerated: true });
    const artifactTypes = ['a/sbom', 'b/sbom'];
    const all = [
      { repository: other, digest: two.digest, subject: image.digest },
      { repository, digest: one.digest, subject: image.digest },
    ];
    expect(await store.attached.listUnread({ artifactTypes, limit: 9 })).toEqual(all);
    const [first] = await store.attached.listUnread({ artifactTypes, limit: 1 });
    expect(await store.attached.listUnread({ artifactTypes, limit: 9, ...(first && { after: first }) })).toEqual(all.slice(1));
    await store.attached.record({ repository: other, digest: two.digest, subject: image.digest, format: '', problem: 'x', unknown: 0, packages: [] }, 7);
    expect(await store.attached.listUnread({ artifactTypes, limit: 9 })).toEqual(all.slice(1));
  });

  it('what is known of a package that only a document names is found, where the document is', async (store) => {
    const document = await attach(store, 'one');
    await attach(store, 'one', { repository: other });
    await store.inventory.record(document.subject, { state: 'unsupported', problems: ['?'], packages: [], secrets: [] }, 6);
    await store.attached.record(document, 7);
    const known = await store.findings.listUnmatched(9);
    const advisory = await publish(store);
    const findings = [{ vulnerability: 'CVE-1', advisory, severity: 'high' as const, fixed: '' }];
    await store.findings.recordMatches(
      known.map(({ id, name }) => ({ package: id, ecosystem: 'npm', name, problem: '' as const, findings: name === 'a' ? findings : [] })),
      8,
    );
    const ids = known.filter(({ name }) => name === 'a').map(({ id }) => id);
    expect(await store.findings.listImagesWith(ids, { limit: 9 })).toEqual([document.subject]);
    const image = document.subject;
    const { findings: found, next } = await store.findings.listSaid({ image, repository, limit: 1 });
    expect(found).toMatchObject([{ vulnerability: 'CVE-1', package: { name: 'a', path: '', sbom: document.digest } }]);
    expect(await store.findings.listSaid({ image, repository, limit: 1, ...(next && { after: next }) })).toEqual({ findings: [] });
    expect(await store.findings.listOfImage(image, { limit: 9 })).toEqual({ findings: [] });
    expect((await store.findings.listSaid({ image, repository: parseRepositoryName('mina/none'), limit: 9 })).findings).toEqual([]);
    const licences = await store.findings.listSaidLicences({ image, repository, limit: 1 });
    const moreLicences = await store.findings.listSaidLicences({ image, repository, limit: 9, ...(licences.next && { after: licences.next }) });
    expect([...licences.licences, ...moreLicences.licences]).toContainEqual({ package: 'a', licences: ['MIT'] });
    expect(await store.findings.listLicences(image, { limit: 9 })).toEqual({ licences: [] });
    expect(await store.findings.listHolders({ name: 'a', limit: 9 })).toMatchObject([{ repository, digest: document.subject }]);
    // Where the layers say so themselves, that is the better word.
    const installed = { ...said('a'), path: 'a.json', layer: digestOf('layer') };
    await store.inventory.record(document.subject, { state: 'done', problems: [], packages: [installed], secrets: [] }, 9);
    expect((await store.findings.listOfImage(image, { limit: 9 })).findings).toMatchObject([{ package: { path: 'a.json', layer: digestOf('layer') } }]);
    expect(await store.findings.listSaid({ image, repository, limit: 9 })).toEqual({ findings: [] });
  });
}

/** The id of an advisory about the package `a`. */
async function publish({ advisories }: MetadataStore): Promise<number> {
  const edition = await advisories.beginEdition('osv');
  const affected = [{ ecosystem: 'npm', name: 'a', introduced: '', fixed: '', lastAffected: '', versions: [], severity: 'high' as const }];
  await advisories.stage(edition, [
    { name: 'CVE-1', vulnerability: 'CVE-1', aliases: [], severity: 'high' as const, vector: '', summary: '', url: '', affected },
  ]);
  await advisories.publish(edition, { mode: 'whole', dataAt: 1, file: 'f', at: 1 });
  return (await advisories.listRanges([{ ecosystem: 'npm', name: 'a' }]))[0]?.advisory ?? 0;
}
