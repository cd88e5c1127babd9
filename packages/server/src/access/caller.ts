/**
 * Whoever a request comes from, once it is known. Routes ask the caller before any effect; what it
 * answers was decided by `policy.ts` on what the rows say now.
 */
import type { RepositoryName, Tag } from '@naru/oci/repository-name';
import type { Action } from './action.ts';
import type { Scope } from './policy.ts';
import type { Principal } from './principal.ts';

export type Caller = {
  readonly principal: Principal;
  /** As rows, events and logs name who did it. */
  readonly name: string;
  /** How it proved who it is, for the audit: never the secret itself. */
  readonly credential: Credential;
  readonly address: string;
  /** What its credential is for, when that is less than what the principal may do. */
  readonly scope?: Scope;
  may(action: Action, repository: RepositoryName, tag?: Tag): Promise<boolean>;
  /** May it know that the repository is there? A token for the catalog knows more than it may pull. */
  mayList(repository: RepositoryName): Promise<boolean>;
  /** With whatever registry token it could ask for: clients ask for as little as a request needs. */
  mayOtherwise(action: Action, repository: RepositoryName): Promise<boolean>;
  /** In all of a namespace: for its settings. '' is the whole server. */
  mayInNamespace(action: Action, namespace: string): Promise<boolean>;
};

export type Credential = {
  /** `none`: it showed nothing. `open`: nobody is asked for anything here. */
  readonly kind:
    | 'none'
    | 'open'
    | 'password'
    | 'token'
    | 'session'
    | 'passkey'
    | 'provider'
    | 'identity-token'
    | 'federated'
    | 'certificate'
    | 'scanner'
    | 'socket';
  readonly id?: string;
  /** Of a session: when it began, epoch ms. */
  readonly since?: number;
};
