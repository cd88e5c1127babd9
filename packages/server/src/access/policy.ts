/**
 * May this principal do this to that repository? The only place that decides (I9); the routes name
 * their action and ask here before any effect.
 *
 * There is one principal yet, and the server that knows no accounts listens on loopback only: whoever
 * reaches it is whoever owns the machine.
 */
import type { RepositoryName } from '@naru/oci/repository-name';

export type Principal = { readonly kind: 'anonymous' };

export type Action = 'pull' | 'push' | 'delete';

export type Profile = 'local';

export function mayAct(profile: Profile, principal: Principal, _action: Action, _repository: RepositoryName): boolean {
  switch (profile) {
    case 'local':
      return principal.kind === 'anonymous';
  }
}

/** As rows and logs name who did it. */
export function principalName(principal: Principal): string {
  return principal.kind;
}
