/**
 * The tables of deployments, as Kysely knows them (`port.ts` says what they mean).
 *
 *     repository ─< environment ─┬─< environment_instance ──wanted, running──> release
 *                                ├─< release
 *                                └─< target ─< target_report
 *
 * `release.is_kept`: its manifest stays although no tag may be on it: it runs, it may run soon, or one
 * may want to go back to it.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Generated } from 'kysely';
import type { ReleaseCause, ReleaseState, ReportState } from './port.ts';

export type DeploymentTables = {
  environment: {
    repository: RepositoryName;
    name: string;
    follows: string;
    per_tag: number;
    ttl_ms: number | null;
    after: string | null;
    needs_approval: number;
    requires: Generated<string>;
    is_paused: number;
    deployers: string;
    approvers: string;
    agents: string;
    created_at: number;
  };
  environment_instance: {
    repository: RepositoryName;
    environment: string;
    name: string;
    wanted: number | null;
    running: number | null;
    expires_at: number | null;
  };
  release: {
    id: Generated<number>;
    repository: RepositoryName;
    environment: string;
    instance: string;
    digest: Digest;
    tag: Tag | null;
    cause: ReleaseCause;
    source: string | null;
    event: number | null;
    state: ReleaseState;
    is_kept: number;
    message: string | null;
    requested_at: number;
    requested_by: string;
    decided_by: string | null;
    changed_at: number;
  };
  target: { repository: RepositoryName; environment: string; name: string; agent: string; version: string; lease_until: number; seen_at: number };
  target_report: {
    repository: RepositoryName;
    environment: string;
    target: string;
    instance: string;
    release: number;
    state: ReportState;
    message: string | null;
    url: string | null;
    at: number;
  };
};
