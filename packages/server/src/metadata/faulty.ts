/**
 * A MetadataStore whose nth call fails, for loops that fail at call 1, 2, 3 … until nothing fails.
 * `before`: the call had no effect. `after`: it took effect and the answer was lost, as when a
 * connection breaks behind a commit.
 */
import type { MetadataStore } from './port.ts';

export type Fault = { readonly failAt: number; readonly when?: 'before' | 'after' };

export class InjectedFault extends Error {
  override readonly name = 'InjectedFault';
}

export type FaultyMetadata = MetadataStore & {
  /** How many calls were made so far: fewer than `failAt` means that nothing has failed. */
  readonly calls: () => number;
};

export function faultyMetadata(store: MetadataStore, { failAt, when = 'before' }: Fault): FaultyMetadata {
  let calls = 0;

  async function call(name: string, method: () => Promise<unknown>): Promise<unknown> {
    calls++;
    const fails = calls === failAt;
    if (fails && when === 'before') throw new InjectedFault(`call ${calls}, ${name}: failed before it began`);
    const result = await method();
    if (fails) throw new InjectedFault(`call ${calls}, ${name}: done, and the answer lost`);
    return result;
  }

  function faulty<Rows extends object>(subject: string, rows: Rows): Rows {
    const methods = Object.entries(rows).map(([name, method]: [string, Method]) => [
      name,
      (...parameters: unknown[]) => call(`${subject}.${name}`, () => method.apply(rows, parameters)),
    ]);
    return Object.fromEntries(methods) as Rows; // the same names, each with its own method inside
  }

  function faultyGroup<Group extends object>(subject: string, group: Group): Group {
    return Object.fromEntries(Object.entries(group).map(([name, rows]: [string, object]) => [name, faulty(`${subject}.${name}`, rows)])) as Group; // the same names
  }

  return {
    repositories: faulty('repositories', store.repositories),
    uploads: faulty('uploads', store.uploads),
    blobs: faulty('blobs', store.blobs),
    manifests: faulty('manifests', store.manifests),
    tags: faulty('tags', store.tags),
    events: faulty('events', store.events),
    collection: faulty('collection', store.collection),
    integrity: faulty('integrity', store.integrity),
    identity: faultyGroup('identity', store.identity),
    deployments: faultyGroup('deployments', store.deployments),
    jobs: faulty('jobs', store.jobs),
    jobInspection: faulty('jobInspection', store.jobInspection),
    hub: faultyGroup('hub', store.hub),
    retention: faulty('retention', store.retention),
    trash: faulty('trash', store.trash),
    usage: faulty('usage', store.usage),
    usageDays: faulty('usageDays', store.usageDays),
    tagPolicies: faulty('tagPolicies', store.tagPolicies),
    webhooks: faulty('webhooks', store.webhooks),
    deliveries: faulty('deliveries', store.deliveries),
    notifications: faulty('notifications', store.notifications),
    files: faulty('files', store.files),
    lineage: faulty('lineage', store.lineage),
    advisories: faulty('advisories', store.advisories),
    gate: faultyGroup('gate', store.gate),
    inventory: faulty('inventory', store.inventory),
    attached: faulty('attached', store.attached),
    scans: faulty('scans', store.scans),
    reviews: { ...faulty('reviews', store.reviews), hot: faulty('reviews.hot', store.reviews.hot) },
    golden: faulty('golden', store.golden),
    goldenPolicies: faulty('goldenPolicies', store.goldenPolicies),
    outdated: faulty('outdated', store.outdated),
    findings: faulty('findings', store.findings),
    findingRules: faulty('findingRules', store.findingRules),
    tallies: faulty('tallies', store.tallies),
    namespaceTallies: faulty('namespaceTallies', store.namespaceTallies),
    newerBases: faulty('newerBases', store.newerBases),
    commits: store.commits,
    close: () => store.close(),
    calls: () => calls,
  };
}

type Method = (...parameters: unknown[]) => Promise<unknown>;
