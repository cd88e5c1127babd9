/** What a policy would do to the images that are there now, without doing it. */
import type { Digest } from '@naru/oci/digest';
import { parseRepositoryName, type RepositoryName, type Tag } from '@naru/oci/repository-name';
import { namespaceOf } from '../access/namespace.ts';
import type { MetadataStore } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { FactParts } from './image-facts.ts';
import { createJudging, type Judged, type Judging } from './judge-images.ts';
import type { GatePolicy, GateScope, Level } from './policy.ts';

export type TriedImage = { readonly repository: RepositoryName; readonly tags: readonly Tag[]; readonly digest: Digest; readonly judged: Judged };

/** `isWhole`: every tag of the level was looked at. */
export type DryRun = { readonly blocked: readonly TriedImage[]; readonly judged: number; readonly isWhole: boolean };

export type DryRunParts = FactParts & { readonly rows: Pick<MetadataStore, 'gate' | 'tags' | 'repositories'>; readonly clock: Clock };

/** Images that one dry run judges (I6). */
const imagesMax = 1000;
const perPage = 100;

/** Without `policy`: what holds now. */
export async function tryPolicy({ scope, policy }: { scope: GateScope; policy?: GatePolicy | undefined }, parts: DryRunParts): Promise<DryRun> {
  const blocked: TriedImage[] = [];
  let judged = 0;
  for await (const repository of listRepositories(scope, parts)) {
    const judging = await openTrial(repository, { scope, policy }, parts);
    for (const [digest, tags] of await listTagged(repository, imagesMax - judged, parts)) {
      const found = await judging.judge(digest);
      judged++;
      if (found?.state === 'blocked') blocked.push({ repository, tags, digest, judged: found });
    }
    if (judged >= imagesMax) return { blocked, judged, isWhole: false };
  }
  return { blocked, judged, isWhole: true };
}

async function openTrial(
  repository: RepositoryName,
  { scope, policy }: { scope: GateScope; policy: GatePolicy | undefined },
  parts: DryRunParts,
): Promise<Judging> {
  const { gate } = parts.rows;
  const stored = await gate.policies.listLevels(repository);
  const levels: Level[] = policy === undefined ? stored : [...stored.filter((level) => level.scope.kind !== scope.kind), { scope, policy }];
  return createJudging(repository, { levels, exceptions: await gate.exceptions.listFor(repository, parts.clock.now()) }, { ...parts, rows: gate });
}

async function* listRepositories(scope: GateScope, { rows }: DryRunParts): AsyncGenerator<RepositoryName> {
  if (scope.kind === 'repository') {
    yield parseRepositoryName(scope.name);
    return;
  }
  let after: string | undefined = scope.kind === 'namespace' ? `${scope.name}/` : undefined;
  do {
    const page: RepositoryName[] = await rows.repositories.list({ limit: perPage, ...(after !== undefined && { after }) });
    const mine = scope.kind === 'server' ? page : page.filter((name) => namespaceOf(name) === scope.name);
    yield* mine;
    after = mine.length < perPage ? undefined : mine.at(-1);
  } while (after !== undefined);
}

async function listTagged(repository: RepositoryName, limit: number, { rows }: DryRunParts): Promise<Map<Digest, Tag[]>> {
  const found = new Map<Digest, Tag[]>();
  let after: string | undefined;
  do {
    const page = await rows.tags.listRows(repository, { limit: perPage, ...(after !== undefined && { after }) });
    for (const { tag, digest } of page) {
      const known = found.get(digest);
      if (known !== undefined) known.push(tag);
      else if (found.size < limit) found.set(digest, [tag]);
    }
    after = page.length < perPage ? undefined : page.at(-1)?.tag;
  } while (after !== undefined && found.size < limit);
  return found;
}
