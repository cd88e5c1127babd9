/**
 * The tables of the gate, as Kysely knows them (`port.ts` says what they mean).
 *
 *     gate_policy · gate_exception · trusted_signer     by scope: `server` with the name '', a namespace, a repository
 *     repository_manifest ── gate_verdict
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { GateScope } from '../../gate/policy.ts';
import type { Judgement } from '../../gate/judge.ts';

export type GateTables = {
  /** `policy`: as JSON. */
  gate_policy: { scope_kind: GateScope['kind']; scope_name: string; policy: string; changed_at: number; changed_by: string };
  /** `target`: as JSON. */
  gate_exception: {
    id: string;
    scope_kind: GateScope['kind'];
    scope_name: string;
    target: string;
    reason: string;
    owner: string;
    ends_at: number;
    created_at: number;
    created_by: string;
  };
  /** `document`: as JSON. */
  trusted_signer: { scope_kind: GateScope['kind']; scope_name: string; name: string; document: string; created_at: number; created_by: string };
  /** `reasons`, `exceptions`: as JSON. */
  gate_verdict: {
    repository: RepositoryName;
    digest: Digest;
    state: Judgement['state'];
    reasons: string;
    reason_count: number;
    exceptions: string;
    judged_at: number;
    checked_at: number | null;
    review_at: number | null;
  };
};
