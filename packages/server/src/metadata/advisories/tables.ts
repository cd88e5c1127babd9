/** The tables of what is known to be vulnerable, as Kysely knows them. */
import type { Generated } from 'kysely';
import type { Severity } from '../advisory-port.ts';

export type AdvisoryTables = {
  /** `edition`: the one that holds; 0 before the first. `matched_to`: the one that findings are made of. */
  advisory_source: {
    id: Generated<number>;
    name: string;
    edition: number;
    matched_to: number;
    data_at: number;
    imported_at: number;
    entries: number;
    file: string;
  };
  advisory_ecosystem: { source: number; ecosystem: string };
  /** Holds in the editions from `since`, before `until`. `details`: aliases, vector, summary, address and times, as JSON. */
  advisory: {
    id: Generated<number>;
    source: number;
    name: string;
    vulnerability: string;
    since: number;
    until: number | null;
    /** The edition that said it last. */
    seen: number;
    hash: string;
    severity: Severity;
    score: number | null;
    details: string;
    modified_at: number | null;
  };
  /** `versions`: as JSON, '' for none. */
  advisory_range: {
    ecosystem: string;
    name: string;
    advisory: number;
    place: number;
    introduced: string;
    fixed: string;
    last_affected: string;
    versions: string;
    severity: Severity;
  };
  cve_signal: { cve: string; source: number; edition: number; epss: number | null; percentile: number | null; exploited_since: string | null };
  /** Whose advisories a package has, and what stood in the way: '' for nothing. */
  package_match: { package: number; ecosystem: string; name: string; problem: '' | 'version'; matched_at: number };
  finding: { package: number; vulnerability: string; advisory: number; severity: Severity; score: number | null; fixed: string; found_at: number };
  finding_rule: {
    id: string;
    scope: 'server' | 'namespace' | 'repository';
    scope_name: string;
    vulnerability: string;
    package: string;
    status: 'ignored' | 'not_affected' | 'fixed';
    reason: string;
    owner: string;
    expires_at: number | null;
    created_at: number;
    created_by: string;
  };
};
