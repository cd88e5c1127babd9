/** What the audit gathers while the server runs, where there are accounts. */
import type { Config } from './config/config.ts';
import { createPullAudit, type PullAudit } from './identity/audit/pull-audit.ts';
import { createRefusalAudit, type RefusalAudit } from './identity/audit/refusal-audit.ts';
import { isRepositoryName, isTag } from '@naru/oci/repository-name';
import type { MetadataStore } from './metadata/port.ts';
import type { Clock } from './runtime/clock.ts';
import { every } from './runtime/every.ts';
import type { Log } from './runtime/log.ts';

export type OpenAudit = AsyncDisposable & {
  /** Absent: the operator does not want it. */
  readonly pulls?: PullAudit;
  readonly refusals: RefusalAudit;
  /** Writes what is gathered. */
  settle(): Promise<void>;
};

export type AuditOptions = { readonly rows: MetadataStore; readonly config: Config; readonly clock: Clock; readonly log: Log };

export function openAudit({ rows: store, config, clock, log }: AuditOptions): OpenAudit | undefined {
  if (config.profile === 'local') return undefined;
  const parts = { rows: store.identity.audit, clock, log };
  const pulls = config.audit.pulls ? createPullAudit({ ...parts, every }) : undefined;
  const refusals = createRefusalAudit({
    ...parts,
    every,
    async findDigest(repository, tag) {
      return isRepositoryName(repository) && isTag(tag) ? (await store.manifests.findByTag(repository, tag))?.digest : undefined;
    },
  });
  return {
    ...(pulls && { pulls }),
    refusals,
    async settle() {
      await pulls?.flush();
      await refusals.flush();
    },
    async [Symbol.asyncDispose]() {
      await pulls?.[Symbol.asyncDispose]();
      await refusals[Symbol.asyncDispose]();
    },
  };
}
