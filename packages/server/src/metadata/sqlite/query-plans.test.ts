/** No query of a request reads a whole table or sorts in memory, whatever the tables hold. */
import { Database } from 'bun:sqlite';
import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { parseRepositoryName } from '@naru/oci/repository-name';
import { newUploadId } from '../../runtime/ids.ts';
import { actor, digestOf, latest, makeManifest, other, pushBlob, pushManifest, repository, stable, storageKeyOf } from '../contract/content.ts';
import { makeScratchFolder } from '../contract/scratch-folder.ts';
import type { InstalledPackage } from '../../inventory/package.ts';
import type { MetadataStore } from '../port.ts';
import { metadataStore } from '../store.ts';
import { sqliteConnection } from './connection.ts';
import { sqliteDatabase } from './database.ts';
import { sqliteInspection } from './inspection.ts';
import { migrate } from './migrate.ts';
import { setWriterPragmas } from './pragmas.ts';

const folder = makeScratchFolder();
const digest = digestOf('x');
const change = { at: 30, actor };

const kim = { kind: 'user', id: 'kim' } as const;
const owner = { kind: 'user', id: 'kim' } as const;

const identityCalls: ((store: MetadataStore) => Promise<unknown>)[] = [
  ({ identity }) => identity.users.create({ id: 'kim', name: 'kim', administrator: true, fullName: '', language: 'en', email: 'k@example.org', ...change }),
  ({ identity }) => identity.users.create({ id: 'lee', name: 'lee', administrator: false, fullName: '', language: 'en', ...change }),
  ({ identity }) => identity.organisations.create({ id: 'acme', name: 'acme', fullName: '', memberActions: ['pull'], ownerId: 'kim', ...change }),
  ({ identity }) => identity.organisations.setMember({ id: 'acme', userId: 'lee', role: 'member', ...change }),
  ({ identity }) => identity.organisations.listMembers('acme', { after: 'a', limit: 10 }),
  ({ identity }) => identity.teams.create({ id: 't', organisationId: 'acme', name: 'dev', description: '', ...change }),
  ({ identity }) => identity.teams.addMember({ id: 't', userId: 'kim', ...change }),
  ({ identity }) =>
    identity.grants.create({
      id: 'g',
      namespace: 'acme',
      subject: { kind: 'team', id: 't' },
      effect: 'allow',
      actions: ['pull'],
      pattern: 'acme/**',
      conditions: {},
      ...change,
    }),
  ({ identity }) => identity.grants.list('acme', { after: 'a', limit: 10 }),
  ({ identity }) => identity.access.facts(kim, repository),
  ({ identity }) => identity.access.facts({ ...kim, credentialId: 'c' }, other),
  ({ identity }) => identity.access.facts({ kind: 'robot', id: 'r' }, repository),
  ({ identity }) => identity.access.facts({ kind: 'ci', id: 'x' }, repository),
  ({ identity }) => identity.access.listCandidates({ subject: kim, everything: false, after: 'a', limit: 10 }),
  ({ identity }) => identity.access.findAlias(repository, 1),
  ({ identity }) => identity.users.findByEmail('k@example.org'),
  ({ identity }) => identity.externals.find({ issuer: 'i', subject: 's' }),
  ({ identity }) => identity.externals.listOf('kim'),
  ({ identity }) => identity.externals.listIssuers(['kim', 'lee']),
  ({ identity }) => identity.externals.listByIssuer('i', { after: 'a', limit: 10 }),
  ({ identity }) => identity.users.hasAdministrator(),
  ({ identity }) => identity.credentials.create({ id: 'c', kind: 'token', secretHash: 'h', owner, name: '', address: '', userAgent: '', ...change }),
  ({ identity }) => identity.credentials.findBySecret('h'),
  ({ identity }) => identity.credentials.list(owner, 'token', { after: 'a', limit: 10 }),
  ({ identity }) => identity.credentials.recordUse({ id: 'c', at: 1, address: '' }),
  ({ identity }) => identity.credentials.removeExpired(1, 10),
  ({ identity }) => identity.attempts.read(['a', 'b']),
  ({ identity }) => identity.attempts.removeExpired(1, 10),
  ({ identity }) => identity.mailLinks.removeExpired(1, 10),
  ({ identity }) => identity.trustedIssuers.listByIssuer('i', 10),
  ({ identity }) => identity.audit.list({ namespace: 'acme', limit: 10 }),
  ({ identity }) => identity.audit.list({ actor: 'kim', before: 5, limit: 10 }),
  ({ identity }) => identity.audit.list({ repository: 'acme/app', limit: 10 }),
  ({ identity }) => identity.audit.list({ digest: 'sha256:1', limit: 10 }),
  ({ identity }) => identity.audit.list({ address: '192.0.2.1', before: 5, limit: 10 }),
  ({ identity }) => identity.audit.prune(1, 10),
  ({ usageDays }) => usageDays.record(5, { after: 'a', limit: 10 }),
  ({ usageDays }) => usageDays.list('acme', { from: 1, to: 5 }),
  ({ usageDays }) => usageDays.prune(3, 10),
  ({ notifications }) =>
    notifications.tell({ userId: 'kim', kind: 'quota', sources: ['a', 'b'], notice: () => ({}), at: 1, mail: () => ({ kind: 'mail', payload: 1 }) }),
  ({ notifications }) => notifications.list('kim', { before: 9, unread: true, limit: 10 }),
  ({ notifications }) => notifications.list('kim', { unread: false, limit: 10 }),
  ({ notifications }) => notifications.summarize('kim'),
  ({ notifications }) => notifications.markRead('kim', { ids: [1, 2] }),
  ({ notifications }) => notifications.markRead('kim', { upTo: 9 }),
  ({ notifications }) => notifications.listSettings('kim'),
  ({ notifications }) => notifications.set('kim', { kind: 'quota', page: true, mail: true }),
  ({ notifications }) => notifications.prune(9, 10),
  ({ identity }) => identity.credentials.listExpiring({ from: 1, until: 9, after: { expiresAt: 2, id: 'a' }, limit: 10 }),
];

const viewer = { subject: kim, everything: false };
const filters = { official: true, verified: false, namespace: 'acme', platform: 'linux/amd64', artifactType: 'x', updatedSince: 1 };

const searchCalls: ((store: MetadataStore) => Promise<unknown>)[] = [
  ({ repositories }) => repositories.describe({ name: parseRepositoryName('first'), description: 'one', ...change }),
  ({ hub }) => hub.search.find({ viewer, terms: [], where: 'anywhere', filters: {}, limit: 10 }),
  ({ hub }) => hub.search.find({ viewer, terms: [], where: 'anywhere', filters, limit: 10, below: 5 }),
  ({ hub }) => hub.search.find({ viewer, terms: ['first'], where: 'name', filters, limit: 10 }),
  ({ hub }) => hub.search.find({ viewer, terms: ['first', 'fi'], where: 'anywhere', filters, limit: 10 }),
  ({ hub }) => hub.search.findNamed([repository, other], { viewer, filters }),
  ({ hub }) => hub.search.load([repository, other]),
  ({ hub }) => hub.search.listWords('f', 10),
  ({ hub }) => hub.pulls.add([{ repository: parseRepositoryName('first'), tag: latest, pulls: 1, at: 1 }]),
  ({ hub }) => hub.pulls.listDays({ repository, from: 0, to: 1 }),
  ({ hub }) => hub.pulls.prune({ repositories: 1, tags: 1 }, 10),
  ({ files }) => files.recordLayer(digest, [{ parent: '', name: 'a', kind: 'file', sizeBytes: 1, mode: 1, target: '', content: '', position: 0 }], 1),
  ({ files }) => files.findLayers([digest]),
  ({ files }) => files.findNamed([digest], '', ['a', 'b']),
  ({ files }) => files.listFolder([digest], '', 10),
  ({ files }) => files.listLayer(digest, { limit: 10, after: { parent: '', name: 'a' } }),
  ({ files }) => files.prune(10),
  ({ hub }) => hub.pages.findReadme(repository),
  ({ hub }) => hub.pages.editReadme({ repository: parseRepositoryName('first'), text: 'x', ...change }),
  ({ hub }) => hub.badges.apply({ id: 'b', badge: 'official', subject: 'first', note: '', ...change }),
  ({ hub }) => hub.badges.decide({ id: 'b', state: 'granted', reason: '', ...change }),
  ({ hub }) => hub.badges.list({ state: 'granted', after: 'a', limit: 10 }),
  ({ hub }) => hub.badges.listOf({ badge: 'official', subject: 'first', after: 'a', limit: 10 }),
  ({ hub }) => hub.stars.has('kim', repository),
  ({ hub }) => hub.stars.list('kim', { after: 'a', limit: 10 }),
  ({ hub }) => hub.stars.remove({ userId: 'kim', repository }),
];

const level = { kind: 'namespace', name: 'mina' } as const;
const verdict = { state: 'blocked', reasons: [], reasonCount: 0, exceptions: [] } as const;

const gateCalls: ((store: MetadataStore) => Promise<unknown>)[] = [
  ({ gate }) => gate.policies.set({ scope: level, policy: { quarantine: true }, jobs: [], ...change }),
  ({ gate }) => gate.policies.listLevels(repository),
  ({ gate }) => gate.exceptions.create({ id: 'x', scope: level, target: { digest }, endsAt: 9, reason: 'r', owner: 'o', jobs: [], ...change }),
  ({ gate }) => gate.exceptions.listFor(repository, 1),
  ({ gate }) => gate.signers.set({ scope: level, name: 's', document: { kind: 'key', publicKey: 'x' }, jobs: [], ...change }),
  ({ gate }) => gate.signers.listFor(repository),
  ({ gate }) => gate.signers.remove({ scope: level, name: 's', jobs: [], ...change }),
  ({ gate }) => gate.exceptions.remove({ scope: level, id: 'x', jobs: [], ...change }),
  async (store) => {
    const one = await pushManifest(store, { name: 'judged' });
    await store.gate.verdicts.record({ repository, digest: one.digest, verdict, ...change });
  },
  ({ gate }) => gate.verdicts.find({ repository, digest }),
  ({ gate }) => gate.verdicts.listDue(1, 10),
  ({ gate }) => gate.verdicts.listManifests(repository, { after: digest, limit: 10 }),
  ({ gate }) => gate.verdicts.listHolders(digest, { after: repository, limit: 10 }),
  ({ gate }) => gate.verdicts.listIndexesOf({ repository, digest }, 10),
  ({ gate }) => gate.hot.findRefusal({ repository, digest }),
  ({ gate }) => gate.hot.findBlobRefusal({ repository, digest }),
  ({ gate }) => gate.verdicts.forget(repository, 10),
  ({ gate }) => gate.policies.remove({ scope: level, jobs: [], ...change }),
];

const hook = { id: 'w', scope: { kind: 'server', name: '' }, url: 'https://a.example', format: 'standard', secret: 's', allowPrivateAddress: false } as const;
const delivery = { webhookId: 'w', messageId: 'm', event: { id: 1, kind: 'tag.moved', repository, at: 1, actor } } as const;

const webhookCalls: ((store: MetadataStore) => Promise<unknown>)[] = [
  ({ webhooks }) => webhooks.create({ ...hook, filter: { events: [] }, ...change }),
  ({ webhooks }) => webhooks.list(hook.scope),
  ({ webhooks }) => webhooks.listFor(repository),
  ({ webhooks }) => webhooks.change({ id: 'w', url: 'https://a/', format: 'standard', filter: { events: [] }, allowPrivateAddress: false, ...change }),
  ({ webhooks }) => webhooks.setDisabled({ id: 'w', disabled: false, ...change }),
  ({ deliveries }) => deliveries.postpone(delivery, { kind: 'scan', payload: 1 }, 1),
  ({ deliveries }) => deliveries.recordAttempt({ ...delivery, state: 'delivered', body: '', attempt: { at: 1, durationMs: 1, requestHeaders: {} } }),
  ({ deliveries }) => deliveries.find(delivery),
  ({ deliveries }) => deliveries.get('w', 1),
  ({ deliveries }) => deliveries.list('w', { before: 9, limit: 10 }),
  ({ deliveries }) => deliveries.listAttempts(1),
  ({ deliveries }) => deliveries.recordCallback(delivery, { state: 'success' }, 2),
  ({ deliveries }) => deliveries.prune(1, 10),
  ({ webhooks }) => webhooks.remove({ id: 'w', ...change }),
];

const environment = { repository, name: 'test' };
const deploymentCalls: ((store: MetadataStore) => Promise<unknown>)[] = [
  ({ deployments }) =>
    deployments.environments.put({
      ...environment,
      follows: { kind: 'nothing' },
      perTag: false,
      needsApproval: false,
      isPaused: false,
      deployers: [],
      approvers: [],
      agents: [],
      ...change,
    }),
  ({ deployments }) => deployments.environments.find(environment),
  ({ deployments }) => deployments.environments.list(repository),
  ({ deployments }) => deployments.environments.listOf('mina', { limit: 10 }),
  ({ deployments }) => deployments.environments.listOf('mina', { after: environment, limit: 10 }),
  ({ deployments }) => deployments.environments.listInstances(environment),
  ({ deployments }) => deployments.environments.listRunning(repository),
  ({ deployments }) => deployments.environments.listExpired(1, 10),
  async (store) => {
    const { digest: image } = await pushManifest(store, { name: 'release' });
    await store.deployments.releases.request({
      ...environment,
      instance: '',
      digest: image,
      cause: 'push',
      event: 1,
      state: 'pending',
      expiresAt: 1,
      ...change,
    });
  },
  ({ deployments }) => deployments.releases.find(environment, 1),
  ({ deployments }) => deployments.releases.list(environment, { before: 5, limit: 10 }),
  ({ deployments }) => deployments.releases.hasRun(environment, digest),
  ({ deployments }) => deployments.releases.findBefore({ ...environment, instance: '' }, 5),
  ({ deployments }) => deployments.targets.claim({ ...environment, target: 't', agent: 'a', version: '', leaseUntil: 99, seenAt: 1 }),
  ({ deployments }) => deployments.releases.report({ ...environment, instance: '', target: 't', release: 1, state: 'running', ...change }),
  ({ deployments }) => deployments.targets.list(environment),
  ({ deployments }) => deployments.environments.endInstance({ ...environment, instance: '', ...change }),
  ({ deployments }) => deployments.environments.remove({ ...environment, ...change }),
];

/** Everything that a request or the collector may ask, with and without what is optional. */
const installed: InstalledPackage = {
  type: 'deb',
  namespace: 'debian',
  name: 'a',
  version: '1',
  sourceName: 'b',
  sourceVersion: '1',
  architecture: 'amd64',
  licences: [],
  path: 'var/lib/dpkg/status',
  layer: digestOf('layer'),
};

const calls: ((store: MetadataStore) => Promise<unknown>)[] = [
  (store) => store.repositories.has(repository),
  (store) => store.repositories.list({ limit: 10 }),
  (store) => store.repositories.list({ after: 'a', limit: 10 }),
  (store) => store.uploads.record({ id: newUploadId(), repository, algorithm: 'sha256', startedAt: 1, touchedAt: 1 }),
  (store) => store.uploads.find(repository, newUploadId()),
  (store) => store.uploads.touch(newUploadId(), 5),
  (store) => store.uploads.remove(newUploadId()),
  (store) => store.uploads.list({ after: newUploadId(), limit: 10 }),
  (store) => store.uploads.listUnknown([newUploadId(), newUploadId()]),
  (store) => store.uploads.listTouchedBefore(10, 10),
  (store) => pushBlob(store, 'layer'),
  (store) => pushBlob(store, 'layer'),
  (store) => store.blobs.find(repository, digest),
  (store) => store.blobs.recordMounted({ repository: other, from: repository, digest: digestOf('layer'), ...change }),
  (store) => store.blobs.touch(repository, digest, 5),
  (store) => store.blobs.listHolders(digest, { after: 'a', limit: 10 }),
  (store) => pushManifest(store, { name: 'image', layers: [digestOf('layer')] }, { tags: [latest, stable] }),
  (store) => pushManifest(store, { name: 'index', children: [makeManifest({ name: 'image', layers: [digestOf('layer')] }).digest], subject: digest }),
  (store) => store.manifests.find(repository, digest),
  (store) => store.manifests.findByTag(repository, latest),
  (store) => store.manifests.listReferrers({ repository, subject: digest, limit: 10 }),
  (store) => store.manifests.listReferrers({ repository, subject: digest, artifactType: 'a/b', after: digest, limit: 10 }),
  ({ lineage }) => lineage.record(makeManifest({ name: 'image', layers: [digestOf('layer')] }).digest, { layers: [digestOf('layer')] }),
  ({ golden }) => golden.approve({ id: 'g', namespace: 'acme', repository, tags: '*', reason: '', ...change }),
  ({ golden }) => golden.find('acme', 'g'),
  ({ golden }) => golden.list('acme'),
  ({ golden }) => golden.listIn(repository),
  ({ golden }) => golden.listVersions('g', { tag: latest, limit: 10 }),
  ({ golden }) => golden.listVersions('g', { limit: 10 }),
  ({ golden }) => golden.listUnder(makeManifest({ name: 'image', layers: [digestOf('layer')] }).digest, 10),
  ({ golden }) => golden.refresh('g', 1),
  ({ outdated, golden }) =>
    golden.listVersions('g', { limit: 1 }).then((versions) => Promise.all(versions.map((version) => outdated.list(version, { after: 1, limit: 10 })))),
  ({ outdated }) =>
    outdated.tell({
      version: { golden: 'g', tag: latest, image: digest, pointed: digest, since: 1 },
      image: digest,
      repository,
      tags: [latest],
      base: other,
      what: { kind: 'deleted' },
      ...change,
    }),
  ({ goldenPolicies }) =>
    goldenPolicies.set({ scope: { kind: 'repository', name: repository }, policy: { mode: 'report', from: ['acme'], former: false }, ...change }),
  ({ goldenPolicies }) => goldenPolicies.findFor(repository),
  ({ goldenPolicies }) => goldenPolicies.judge(repository, digest, { mode: 'report', from: ['acme'], former: false }, 1),
  ({ goldenPolicies }) => goldenPolicies.remove({ scope: { kind: 'repository', name: repository }, ...change }),
  ({ lineage }) => lineage.find(digest),
  ({ lineage }) => lineage.listBases(digest, 10),
  ({ lineage }) => lineage.listBases(makeManifest({ name: 'image', layers: [digestOf('layer')] }).digest, 10),
  ({ lineage }) => lineage.listDependants(makeManifest({ name: 'image', layers: [digestOf('layer')] }).digest, { after: 1, limit: 10 }),
  ({ lineage }) => lineage.listClaiming([digest], 10),
  ({ lineage }) => lineage.standsOn(digest, digest),
  ({ lineage }) => lineage.listMembers(digest, 10),
  ({ lineage }) => lineage.listIndexes(makeManifest({ name: 'image', layers: [digestOf('layer')] }).digest, 10),
  ({ lineage }) => lineage.listHolders(digest, 10),
  ({ lineage }) => lineage.listTags(repository, digest, 10),
  ({ inventory }) =>
    inventory.record(
      makeManifest({ name: 'image', layers: [digestOf('layer')] }).digest,
      { state: 'done', problems: [], packages: [installed], secrets: [] },
      3,
    ),
  ({ inventory }) => inventory.find(makeManifest({ name: 'image', layers: [digestOf('layer')] }).digest),
  ({ inventory }) =>
    inventory.listPackages(makeManifest({ name: 'image', layers: [digestOf('layer')] }).digest, {
      after: { id: 1, path: 'a' },
      limit: 10,
      type: 'deb',
      name: 'a',
    }),
  ({ inventory }) => inventory.countPackages(makeManifest({ name: 'image', layers: [digestOf('layer')] }).digest),
  ({ inventory }) => inventory.listSecrets(makeManifest({ name: 'image', layers: [digestOf('layer')] }).digest, { after: 1, limit: 10 }),
  ({ inventory }) => inventory.listVersions({ after: 1, limit: 10 }),
  ({ inventory }) => inventory.findVersions('a', { after: 1, limit: 10 }),
  ({ inventory }) => inventory.listImages(1, { after: 1, limit: 10 }),
  (store) => store.tags.list(repository, { limit: 10 }),
  (store) => store.tags.list(repository, { after: 'a', limit: 10 }),
  (store) => store.tags.listHistory(repository, latest, 10),
  (store) => store.tags.listRows(repository, { after: 'a', limit: 10 }),
  (store) => store.tags.find(repository, latest),
  (store) => store.tags.listOn(repository, digest, 10),
  async (store) => store.tags.place({ repository, tags: await store.tags.removeAll({ repository, tags: [latest], ...change }), ...change }),
  (store) => store.repositories.findFacts(repository),
  (store) => store.tags.remove({ repository, tag: stable, ...change }),
  (store) => store.events.list({ after: 1, limit: 10 }),
  (store) => store.events.findNewestId(),
  (store) => store.events.startConsumer('scan', 1),
  (store) => store.events.advanceConsumers({ from: 1, to: 2, consumers: [{ name: 'scan', jobs: [] }], at: 2 }),
  (store) => store.events.prune(0, 10),
  (store) => store.collection.listUntagged({ before: 20, limit: 10 }),
  async (store) => store.collection.removeUntagged(await store.collection.listUntagged({ before: 20, limit: 10 }), { before: 20, ...change }),
  (store) => store.manifests.remove({ repository, digest: makeManifest({ name: 'image', layers: [digestOf('layer')] }).digest, ...change }),
  (store) => store.collection.listUnreferencedLinks({ before: 20, limit: 10, after: { repository, digest } }),
  async (store) => store.collection.unlinkUnreferenced(await store.collection.listUnreferencedLinks({ before: 20, limit: 10 }), { before: 20, ...change }),
  (store) => store.blobs.unlink({ repository: other, digest: digestOf('layer'), ...change }),
  (store) => store.collection.listUnlinkedBlobs({ before: 20, limit: 10 }),
  (store) => store.collection.condemn([digestOf('layer')], { before: 20, ...change }),
  (store) => store.collection.listCondemned(10),
  (store) => store.collection.forgetCondemned(digest),
  (store) => store.integrity.listBlobRows({ limit: 10 }),
  (store) => store.integrity.findBlobRow(digest),
  (store) => store.integrity.listManifestRows({ limit: 10, after: { repository, digest } }),
  (store) => store.integrity.listUnchecked({ before: 10, limit: 10 }),
  (store) => store.integrity.recordChecked(digest, 10),
  (store) => store.integrity.quarantine(digest),
  (store) => store.integrity.listUnknownKeys([storageKeyOf(digest)]),
  (store) =>
    store.jobs.enqueue(
      [1, 2, 3].map((payload) => ({ kind: 'scan', payload, ordering: 'o', ...(payload > 1 && { key: 'k' }) })),
      1,
    ),
  (store) => store.jobs.hasLive('scan', 'o'),
  (store) => store.jobs.findNextDue('scan'),
  (store) => store.jobs.claim({ kind: 'scan', limit: 1, lease: 'a', leaseUntil: 10, at: 5 }),
  (store) => store.jobs.extend({ id: 1, lease: 'a' }, 20),
  (store) => store.jobs.settle({ id: 1, lease: 'a' }, { kind: 'again', runAt: 6, error: '' }, 5),
  (store) => store.jobs.claim({ kind: 'scan', limit: 1, lease: 'a', leaseUntil: 10, at: 6 }),
  (store) => store.jobs.settle({ id: 1, lease: 'a' }, { kind: 'dead', error: '' }, 6),
  (store) => store.jobInspection.retry(1, 7),
  (store) => store.jobInspection.remove(2),
  (store) => store.jobInspection.pruneDead(9, 10),
  (store) => store.jobInspection.find(1),
  (store) => store.jobInspection.list({ state: 'dead', limit: 10 }),
  (store) => store.jobInspection.count('scan', 'waiting'),
  ...searchCalls,
  (store) => store.tagPolicies.edit({ repository, edit: () => ({ aliases: ['latest'] }), ...change }),
  (store) => store.tagPolicies.findHot(repository),
  (store) => store.retention.set({ repository, policy: { keep: {} }, ...change }),
  (store) => store.retention.list({ after: 'a', limit: 10 }),
  (store) => store.retention.find(repository),
  (store) => store.retention.remove({ repository, ...change }),
  (store) => store.tags.findAt(repository, latest, 5),
  (store) => store.tags.listDeleted(repository, 10),
  (store) => store.tagPolicies.remove({ repository, ...change }),
  ...webhookCalls,
  ...gateCalls,
  ...identityCalls,
  ...deploymentCalls,
];

test('every query finds its rows by an index, in the order of that index', async () => {
  expect(await findSlowPlans(join(folder, 'plans.db'), calls)).toEqual([]);
});

test('a scan and a sort would be noticed', async () => {
  const db = new Database(':memory:');
  db.run('create table pet (name text primary key, age integer)');
  expect(slowSteps(db, 'select name from pet where age > ?')).toHaveLength(1);
  expect(slowSteps(db, 'select name from pet where name > ? order by age')).toHaveLength(1);
  expect(slowSteps(db, 'select name from pet where name > ? order by name')).toEqual([]);
  db.close();
});

async function findSlowPlans(path: string, asked: typeof calls): Promise<string[]> {
  const texts = new Set<string>();
  function open(options: { readonly?: true; create?: true; readwrite?: true }) {
    const handle = new Database(path, options);
    return sqliteConnection({
      prepare(text) {
        texts.add(text);
        return handle.prepare(text);
      },
      get inTransaction() {
        return handle.inTransaction;
      },
      close: () => handle.close(),
    });
  }
  const writing = open({ create: true, readwrite: true });
  setWriterPragmas(writing);
  await migrate(writing, path);
  texts.clear();
  const store = metadataStore(sqliteDatabase({ writing, reading: open({ readonly: true }), hot: open({ readonly: true }) }, sqliteInspection(path)));
  await pushBlob(store, 'first', { in: parseRepositoryName('first') });
  for (const call of asked) await call(store);

  const handle = new Database(path, { readonly: true });
  const queries = [...texts].filter((text) => /^(select|insert|update|delete)/.test(text));
  expect(queries.length).toBeGreaterThan(50);
  const slow = queries.flatMap((text) => slowSteps(handle, text).map((step) => `${step}: ${text}`));
  handle.close();
  await store.close();
  return slow;
}

/** An ordered walk through an index that stops at its limit is as good as a search. */
const allowed =
  /^SCAN condemned_blob USING (COVERING )?INDEX condemned_blob_by_condemned$|^SCAN repository USING (COVERING )?INDEX repository_by_search_id$|^SCAN layer_index USING COVERING INDEX sqlite_autoindex_layer_index_1$|^SCAN (audit_entry|event_consumer)$|^SCAN repository_(letters|words) VIRTUAL TABLE INDEX \d+:=?M\d$|^SCAN word VIRTUAL TABLE INDEX [1-9]/;

function slowSteps(db: Database, text: string): string[] {
  const plan = db.prepare<{ detail: string }, (string | null)[]>(`explain query plan ${text}`);
  const rows = plan.all(...Array.from({ length: plan.paramsCount }, () => null));
  plan.finalize();
  return rows
    .map(({ detail }) => detail)
    .filter(
      (detail) =>
        /SCAN|TEMP B-TREE/.test(detail) &&
        !allowed.test(detail) &&
        detail !== 'SCAN CONSTANT ROW' &&
        !/^SCAN \d+(?: CONSTANT ROWS?|-ROW VALUES CLAUSE)$/.test(detail),
    );
}
