/**
 * Judges images and writes their verdicts down. An image, the indexes that hold it, and what it is the
 * subject of hang together: whoever judges one judges the others again.
 *
 * Judging reads everything anew and writes one row at a time, so it may stop anywhere and begin again;
 * until then the verdict before it holds.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { GateRows, StoredException } from '../metadata/gate/port.ts';
import type { Actor } from '../metadata/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { type FactParts, findManifest, type FoundManifest, gatherFacts, readBeginning } from './image-facts.ts';
import { type GateException, judge, type Judgement } from './judge.ts';
import type { Level } from './policy.ts';
import { isRunnable } from './runnable.ts';

export type JudgeParts = FactParts & { readonly rows: GateRows; readonly clock: Clock };

/** `isPending`: a check is under way, so what was found is not all there is. */
export type Judged = Judgement & { readonly checkedAt?: number; readonly isPending?: true };

/** As events and the audit name who it was. */
const server: Actor = { actor: 'gate' };
/** Manifests that hang together and are judged at once (I6). */
const relatedMax = 2000;
const indexesMax = 100;

const exempt: Judged = { state: 'exempt', reasons: [], reasonCount: 0, exceptions: [] };

/** An image and all that hangs together with it. Nothing is written down where nothing is demanded. */
export async function judgeRelated(repository: RepositoryName, digest: Digest, parts: JudgeParts, signal: AbortSignal): Promise<void> {
  const judging = await openJudging(repository, parts);
  if (judging !== undefined) await judgeEach(repository, await listRelated(repository, digest, judging, parts), judging, parts, signal);
}

export async function judgeEach(repository: RepositoryName, digests: readonly Digest[], judging: Judging, { rows, clock }: JudgeParts, signal: AbortSignal) {
  for (const digest of digests) {
    signal.throwIfAborted();
    const judged = await judging.judge(digest);
    if (judged === undefined) continue;
    const { isPending, ...verdict } = judged;
    // The check that is under way brings its own: until then the verdict of the last one holds.
    if (isPending === true && (await rows.verdicts.find({ repository, digest }))?.checkedAt !== undefined) continue;
    await rows.verdicts.record({ repository, digest, verdict, at: clock.now(), ...server });
  }
}

/**
 * A check has ended: its image is judged, and whoever watches is told, also where nothing is demanded. A verdict tells
 * of the check by its date; where nothing is installed there is none.
 */
export async function judgeChecked(repository: RepositoryName, digest: Digest, parts: JudgeParts, signal: AbortSignal): Promise<void> {
  const { rows, checks, clock } = parts;
  await judgeRelated(repository, digest, parts, signal);
  const { state, checkedAt } = await checks.findingSummary(repository, digest);
  const isTold = checkedAt !== undefined && (await rows.policies.listLevels(repository)).length > 0;
  if (state !== 'pending' && !isTold) await rows.verdicts.tellChecked({ repository, digest, at: clock.now(), ...server });
}

/** Undefined where nothing is demanded. */
export async function openJudging(repository: RepositoryName, parts: JudgeParts): Promise<Judging | undefined> {
  const levels = await parts.rows.policies.listLevels(repository);
  if (levels.length === 0) return undefined;
  return createJudging(repository, { levels, exceptions: await parts.rows.exceptions.listFor(repository, parts.clock.now()) }, parts);
}

export type Judging = {
  /** Undefined: the repository does not hold it. */
  judge(digest: Digest): Promise<Judged | undefined>;
  find(digest: Digest): Promise<FoundManifest | undefined>;
};

/** Each manifest is read and judged once. */
export function createJudging(
  repository: RepositoryName,
  { levels, exceptions }: { levels: readonly Level[]; exceptions: readonly (GateException | StoredException)[] },
  parts: JudgeParts,
): Judging {
  const found = new Map<Digest, FoundManifest | undefined>();
  const judgements = new Map<Digest, Judged | undefined>();
  return { judge: judgeOne, find };

  async function find(digest: Digest): Promise<FoundManifest | undefined> {
    if (!found.has(digest)) found.set(digest, await findManifest(repository, digest, parts));
    return found.get(digest);
  }

  async function judgeOne(digest: Digest): Promise<Judged | undefined> {
    if (judgements.has(digest)) return judgements.get(digest);
    // An index cannot hold itself, since its digest would have to be in its bytes; what is asked for twice on the way is no image.
    judgements.set(digest, undefined);
    const judged = await judgeAnew(digest);
    judgements.set(digest, judged);
    return judged;
  }

  async function judgeAnew(digest: Digest): Promise<Judged | undefined> {
    const manifest = await find(digest);
    if (manifest === undefined) return undefined;
    if (manifest.parsed.kind === 'index') return judgeIndex(digest, manifest);
    if (!(await isRunnable(manifest.parsed, (blob, sizeBytes) => readBeginning(repository, blob, sizeBytes, parts)))) return exempt;
    return judgeBy(levels, digest);
  }

  /** An index answers for its signature, which is about all that it names. What is in its images is theirs to answer for, and when none may be pulled, it may not. */
  async function judgeIndex(digest: Digest, { parsed }: FoundManifest): Promise<Judged> {
    const members: Judged[] = [];
    for (const member of parsed.manifests.slice(0, relatedMax)) {
      const judged = await judgeOne(member.digest);
      if (judged !== undefined && judged.state !== 'exempt') members.push(judged);
    }
    if (members.length === 0) return exempt;
    const own = await judgeBy(
      levels.map(({ scope, policy: { signedBy, mayLoosen } }) => ({
        scope,
        policy: { ...(signedBy && { signedBy }), ...(mayLoosen !== undefined && { mayLoosen }) },
      })),
      digest,
    );
    const checkedAt = members.every((member) => member.checkedAt !== undefined) ? Math.min(...members.map((member) => member.checkedAt ?? 0)) : undefined;
    const { checkedAt: _own, ...judgement } = own;
    const dated = { ...judgement, ...(checkedAt !== undefined && { checkedAt }) };
    const [first] = members;
    if (own.state === 'blocked' || first === undefined || members.some(({ state }) => state === 'allowed')) return dated;
    return { ...dated, state: 'blocked', reasons: first.reasons, reasonCount: first.reasonCount };
  }

  async function judgeBy(demanded: readonly Level[], digest: Digest): Promise<Judged> {
    const configuration = demanded.some(({ policy }) => (policy.forbidConfiguration ?? []).length > 0);
    const facts = await gatherFacts({ repository, digest, indexes: await listIndexes(digest), configuration }, parts);
    const { checkedAt, state } = facts.check;
    return {
      ...(await judge(demanded, facts, exceptions, parts.clock.now())),
      ...(checkedAt !== undefined && state !== 'pending' && { checkedAt }),
      ...(state === 'pending' && { isPending: true as const }),
    };
  }

  /** All above it, however deep. */
  async function listIndexes(digest: Digest): Promise<(FoundManifest & { digest: Digest })[]> {
    const above = new Map<Digest, FoundManifest & { digest: Digest }>();
    const open = [digest];
    for (let at = open.pop(); at !== undefined && above.size < indexesMax; at = open.pop()) {
      for (const index of await parts.rows.verdicts.listIndexesOf({ repository, digest: at }, indexesMax)) {
        const manifest = above.has(index) ? undefined : await find(index);
        if (manifest === undefined) continue;
        above.set(index, { ...manifest, digest: index });
        open.push(index);
      }
    }
    return [...above.values()];
  }
}

/** Itself, what it is said of, the indexes above them, and all that these hold. */
async function listRelated(repository: RepositoryName, digest: Digest, { find }: Judging, { rows }: JudgeParts): Promise<Digest[]> {
  const related = new Set<Digest>();
  const open = [digest];
  for (let at = open.pop(); at !== undefined && related.size < relatedMax; at = open.pop()) {
    if (related.has(at)) continue;
    const manifest = await find(at);
    if (manifest === undefined) continue;
    related.add(at);
    const { subject, manifests } = manifest.parsed;
    if (subject !== undefined) open.push(subject.digest);
    open.push(...manifests.map((member) => member.digest), ...(await rows.verdicts.listIndexesOf({ repository, digest: at }, indexesMax)));
  }
  return [...related];
}
