/**
 * What an image lacks for a place that demands more than it takes to be pulled, such as an environment
 * where people are served. Judged anew each time: nothing is written down.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import { createJudging, type Judged, type JudgeParts } from './judge-images.ts';
import type { GatePolicy } from './policy.ts';

export type DemandParts = JudgeParts;

/** `isPending`: it is being checked, and may be what is demanded in a moment. */
export type Unmet = { readonly text: string; readonly isPending: boolean };

/** Of an index every image must be what is demanded: nobody knows which of them will run. */
export async function findUnmet(
  { repository, digest }: { readonly repository: RepositoryName; readonly digest: Digest },
  policy: GatePolicy,
  parts: DemandParts,
): Promise<Unmet | undefined> {
  const levels = [{ scope: { kind: 'repository', name: repository }, policy } as const];
  const judging = createJudging(repository, { levels, exceptions: await parts.rows.exceptions.listFor(repository, parts.clock.now()) }, parts);
  const own = await judging.judge(digest);
  const members = (await judging.find(digest))?.parsed.manifests ?? [];
  const judged = [own, ...(await Promise.all(members.map((member) => judging.judge(member.digest))))];
  const blocked = judged.find((one): one is Judged => one?.state === 'blocked');
  const [reason] = blocked?.reasons ?? [];
  return reason && { text: reason.text, isPending: reason.rule === 'quarantine' && blocked?.isPending === true };
}
