/** Whom the images of a level are believed to be signed by. `signatures/trusted-signer.ts` says what the documents mean. */
import type { RepositoryName } from '@naru/oci/repository-name';
import type { GateScope } from '../../gate/policy.ts';
import type { SignerDocument } from '../../signatures/trusted-signer.ts';
import type { NewJob } from '../job-port.ts';
import type { Change } from '../port.ts';

export type NamedSigner = { readonly name: string; readonly scope: GateScope; readonly document: SignerDocument };

export type StoredSigner = NamedSigner & { readonly createdAt: number; readonly createdBy: string };

/** Of one level (I6). */
export const signersMax = 100;

export interface SignerRows {
  /** Of this level alone, by name. */
  list(scope: GateScope): Promise<StoredSigner[]>;
  /** Of all levels of a repository, the widest first. */
  listFor(repository: RepositoryName): Promise<StoredSigner[]>;
  /** Makes it or takes its place. Throws NAME_UNKNOWN, and CONFLICT when there are too many. */
  set(signer: NamedSigner & { jobs: readonly NewJob[] } & Change): Promise<void>;
  /** False: there is none. */
  remove(signer: { scope: GateScope; name: string; jobs: readonly NewJob[] } & Change): Promise<boolean>;
}
