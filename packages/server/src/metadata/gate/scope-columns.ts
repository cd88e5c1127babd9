import type { RepositoryName } from '@naru/oci/repository-name';
import { namespaceOf } from '../../access/namespace.ts';
import type { GateScope } from '../../gate/policy.ts';
import type { AuditEntry } from '../identity/port.ts';

/** How rows name a scope. */
export type ScopeColumns = { readonly scope_kind: GateScope['kind']; readonly scope_name: string };

export function toColumns(scope: GateScope): ScopeColumns {
  return { scope_kind: scope.kind, scope_name: scope.kind === 'server' ? '' : scope.name };
}

export function toScope({ scope_kind: kind, scope_name: name }: ScopeColumns): GateScope {
  return kind === 'server' ? { kind } : { kind, name };
}

/** Of the levels that hold in a repository. */
export function scopesOf(repository: RepositoryName): GateScope[] {
  const namespace = namespaceOf(repository);
  return [{ kind: 'server' }, ...(namespace === '' ? [] : [{ kind: 'namespace', name: namespace } as const]), { kind: 'repository', name: repository }];
}

/** Where the audit files a change of this scope. */
export function auditPlace(scope: GateScope): Pick<AuditEntry, 'namespace' | 'repository'> {
  switch (scope.kind) {
    case 'server':
      return {};
    case 'namespace':
      return { namespace: scope.name };
    case 'repository':
      return { namespace: namespaceOf(scope.name), repository: scope.name };
  }
}
