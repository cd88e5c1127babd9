import { expect } from 'bun:test';
import { parseRepositoryName } from '@naru/oci/repository-name';
import type { Digest } from '@naru/oci/digest';
import type { GateScope } from '../../gate/policy.ts';
import type { Judgement, Reason } from '../../gate/judge.ts';
import type { MetadataStore } from '../port.ts';
import { actor, type Contract, eventsAfter, failureOf, lastEventId, pushBlob, pushManifest, repository } from './content.ts';

const here: GateScope = { kind: 'repository', name: repository };
const unsigned: Reason = { rule: 'signature', by: repository, text: 'no trusted signer has signed it' };
const allowed: Judgement = { state: 'allowed', reasons: [], reasonCount: 0, exceptions: [] };
const blocked: Judgement = { state: 'blocked', reasons: [unsigned], reasonCount: 1, exceptions: [] };
const job = { kind: 'judge-scope', payload: { scope: here } };

export function gateContract(it: Contract): void {
  it('keeps a policy for each level, and says which hold in a repository', async (store) => {
    expect(await failureOf(setPolicy(store, here))).toMatchObject({ code: 'NAME_UNKNOWN' });
    await pushBlob(store, 'layer');
    for (const scope of [here, { kind: 'server' }, { kind: 'namespace', name: 'mina' }, { kind: 'namespace', name: 'jun' }] as const)
      await setPolicy(store, scope);
    expect((await store.gate.policies.listLevels(repository)).map(({ scope }) => scope)).toEqual([
      { kind: 'server' },
      { kind: 'namespace', name: 'mina' },
      here,
    ]);
    const all = await store.gate.policies.list({ limit: 9 });
    expect(all.map(({ scope }) => ('name' in scope ? scope.name : scope.kind))).toEqual(['jun', 'mina', repository, 'server']);
    const [, second] = all;
    expect(await store.gate.policies.list({ limit: 1, ...(second && { after: second.scope }) })).toEqual(all.slice(2, 3));
    expect(await store.gate.policies.find(here)).toEqual({ policy: { signedBy: ['*'] }, changedAt: 3, changedBy: actor });
    expect(await store.jobInspection.count(job.kind, 'waiting')).toBe(4);
    const removed = () => store.gate.policies.remove({ scope: here, jobs: [], at: 4, actor });
    expect([await removed(), await removed(), await store.gate.policies.find(here)]).toEqual([true, false, undefined]);
  });

  it('keeps exceptions by level until they are taken away, and tells those that have not ended', async (store) => {
    await pushBlob(store, 'layer');
    const made = { reason: 'not reachable', owner: 'mina', jobs: [job], at: 3, actor };
    await store.gate.exceptions.create({ id: 'a', scope: here, target: { finding: 'CVE-1' }, endsAt: 10, ...made });
    await store.gate.exceptions.create({ id: 'b', scope: { kind: 'namespace', name: 'mina' }, target: { package: 'x' }, endsAt: 20, ...made });
    await store.gate.exceptions.create({ id: 'c', scope: { kind: 'namespace', name: 'jun' }, target: { package: 'x' }, endsAt: 20, ...made });
    const holding = async (now: number) => (await store.gate.exceptions.listFor(repository, now)).map(({ id }) => id);
    expect([await holding(9), await holding(10), await holding(20)]).toEqual([['b', 'a'], ['b'], []]);
    const { jobs: _jobs, at: createdAt, actor: createdBy, ...stored } = made;
    expect(await store.gate.exceptions.list(here, 9)).toEqual([
      { id: 'a', scope: here, target: { finding: 'CVE-1' }, endsAt: 10, createdAt, createdBy, ...stored },
    ]);
    const remove = (scope: GateScope) => store.gate.exceptions.remove({ scope, id: 'a', jobs: [], at: 5, actor });
    expect([await remove({ kind: 'server' }), await remove(here), await remove(here)]).toEqual([false, true, false]);
  });

  it('keeps trusted signers by level and name, the later in the place of the earlier', async (store) => {
    await pushBlob(store, 'layer');
    const set = (scope: GateScope, name: string, publicKey: string) =>
      store.gate.signers.set({ scope, name, document: { kind: 'key', publicKey }, jobs: [job], at: 3, actor });
    await set(here, 'release', 'one');
    await set(here, 'release', 'two');
    await set({ kind: 'server' }, 'release', 'three');
    await set({ kind: 'namespace', name: 'jun' }, 'release', 'four');
    const stored = { name: 'release', createdAt: 3, createdBy: actor };
    const [server, own] = [
      { ...stored, scope: { kind: 'server' as const }, document: { kind: 'key' as const, publicKey: 'three' } },
      { ...stored, scope: here, document: { kind: 'key' as const, publicKey: 'two' } },
    ];
    expect([await store.gate.signers.listFor(repository), await store.gate.signers.list(here)]).toEqual([[server, own], [own]]);
    const remove = () => store.gate.signers.remove({ scope: here, name: 'release', jobs: [], at: 4, actor });
    expect([await remove(), await remove(), await store.gate.signers.listFor(repository)]).toEqual([true, false, [server]]);
  });

  it('keeps the last verdict of an image, and tells what changed', async (store) => {
    const { digest } = await pushManifest(store, { name: 'one' });
    const before = await lastEventId(store);
    const record = (judged: Judgement, at: number, checkedAt?: number) =>
      store.gate.verdicts.record({ repository, digest, verdict: { ...judged, ...(checkedAt !== undefined && { checkedAt }) }, at, actor: 'gate' });
    await record(allowed, 3);
    await record(blocked, 4, 4);
    await record(blocked, 5, 4);
    await record({ ...allowed, reviewAt: 50 }, 6, 5);
    const event = { repository, digest, actor: 'gate' };
    expect(await eventsAfter(store, before)).toEqual([
      { kind: 'image.checked', ...event, at: 4, message: unsigned.text },
      { kind: 'image.blocked', ...event, at: 4, message: unsigned.text },
      { kind: 'image.checked', ...event, at: 6 },
      { kind: 'image.allowed', ...event, at: 6 },
    ]);
    expect(await store.gate.verdicts.find({ repository, digest })).toEqual({ ...allowed, judgedAt: 6, checkedAt: 5, reviewAt: 50 });
    expect([await store.gate.verdicts.listDue(49, 9), await store.gate.verdicts.listDue(50, 9)]).toEqual([[], [{ repository, digest }]]);
    expect([await store.gate.verdicts.listManifests(repository, { limit: 9 }), await store.gate.verdicts.listHolders(digest, { limit: 9 })]).toEqual([
      [digest],
      [repository],
    ]);
    await store.manifests.remove({ repository, digest, at: 7, actor });
    await record(blocked, 8);
    expect(await store.gate.verdicts.find({ repository, digest })).toBeUndefined();
  });

  it('knows the indexes of an image, and forgets verdicts when nothing is demanded', async (store) => {
    const child = await pushManifest(store, { name: 'child' });
    const index = await pushManifest(store, { name: 'index', children: [child.digest] });
    expect(await store.gate.verdicts.listIndexesOf({ repository, digest: child.digest }, 9)).toEqual([index.digest]);
    for (const { digest } of [child, index]) await store.gate.verdicts.record({ repository, digest, verdict: allowed, at: 3, actor });
    expect([
      await store.gate.verdicts.forget(repository, 1),
      await store.gate.verdicts.forget(repository, 9),
      await store.gate.verdicts.forget(repository, 9),
    ]).toEqual([1, 1, 0]);
  });

  it('refuses on the way of pulls what was judged so, at once, and nothing where nobody has a policy', async (store) => {
    const layer = await pushBlob(store, 'layer');
    const { digest } = await pushManifest(store, { name: 'one', layers: [layer] });
    const refusals = async (blob: Digest = layer) => [
      await store.gate.hot.findRefusal({ repository, digest }),
      await store.gate.hot.findBlobRefusal({ repository, digest: blob }),
    ];
    const verdict = (judged: Judgement, of = digest) => store.gate.verdicts.record({ repository, digest: of, verdict: judged, at: 3, actor });
    await verdict(blocked);
    expect(await refusals()).toEqual([undefined, undefined]);
    await setPolicy(store, here);
    expect(await refusals()).toMatchObject([{ reasons: [unsigned] }, { reasons: [unsigned] }]);
    await verdict(allowed);
    expect(await refusals()).toEqual([undefined, undefined]);
    await verdict(blocked);

    // Another image that may be pulled brings the same bytes; what only wraps them does not.
    const wrapper = await pushManifest(store, { name: 'wrapper', layers: [layer] });
    await verdict({ ...allowed, state: 'exempt' }, wrapper.digest);
    expect((await refusals())[1]).toBeDefined();
    const good = await pushManifest(store, { name: 'good', layers: [layer] });
    expect((await refusals())[1]).toBeUndefined();
    await verdict(blocked, good.digest);
    expect((await refusals())[1]).toBeDefined();
  });

  it('keeps in quarantine what was not judged, and blobs that no image has', async (store) => {
    const [layer, loose] = [await pushBlob(store, 'layer'), await pushBlob(store, 'loose')];
    const { digest } = await pushManifest(store, { name: 'one', layers: [layer] });
    const isRefused = async () => [
      (await store.gate.hot.findRefusal({ repository, digest })) !== undefined,
      (await store.gate.hot.findBlobRefusal({ repository, digest: layer })) !== undefined,
      (await store.gate.hot.findBlobRefusal({ repository, digest: loose })) !== undefined,
    ];
    await setPolicy(store, here);
    expect(await isRefused()).toEqual([false, false, false]);
    await store.gate.policies.set({ scope: { kind: 'namespace', name: 'mina' }, policy: { quarantine: true }, jobs: [], at: 4, actor });
    expect(await isRefused()).toEqual([true, true, true]);
    await store.gate.verdicts.record({ repository, digest, verdict: allowed, at: 5, actor });
    expect(await isRefused()).toEqual([false, false, true]);
  });

  it('goes along with a renamed repository', async (store) => {
    const { digest } = await pushManifest(store, { name: 'one' });
    await setPolicy(store, here);
    await store.gate.exceptions.create({ id: 'a', scope: here, target: { digest }, endsAt: 10, reason: 'r', owner: 'o', jobs: [], at: 3, actor });
    await store.gate.verdicts.record({ repository, digest, verdict: blocked, at: 3, actor });
    const to = parseRepositoryName('jun/new');
    await store.repositories.rename({ from: repository, to, aliasUntil: 1, at: 4, actor });
    expect((await store.gate.policies.listLevels(to)).map(({ scope }) => scope)).toEqual([{ kind: 'repository', name: to }]);
    expect((await store.gate.exceptions.listFor(to, 5)).map(({ id }) => id)).toEqual(['a']);
    expect(await store.gate.hot.findRefusal({ repository: to, digest })).toMatchObject({ reasons: [unsigned] });
    expect(await store.gate.policies.listLevels(repository)).toEqual([]);
  });
}

function setPolicy(store: MetadataStore, scope: GateScope): Promise<void> {
  return store.gate.policies.set({ scope, policy: { signedBy: ['*'] }, jobs: [{ ...job, payload: { scope } }], at: 3, actor });
}
