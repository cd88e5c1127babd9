/** What was refused, as those who refuse say it: nobody waits for whoever is told. */

export type RefusedRequest = {
  /** Absent: it was not even found out. */
  readonly caller?: { readonly actor: string; readonly credential?: string | undefined };
  readonly address: string;
  readonly action: 'pull' | 'push' | 'delete';
  readonly repository: string;
  /** Of an image. */
  readonly digest?: string;
  readonly tag?: string;
  /** The digest of a blob, where the request was about one. */
  readonly blob?: string;
  /** Of the error that was answered. */
  readonly code: string;
  /** It was only told to come with a token for this. */
  readonly isChallenge: boolean;
};

export type RefusedSignIn = {
  /** The name of an account of ours. What else was typed as a name may be a password, and is kept nowhere. */
  readonly account?: string | undefined;
  readonly address: string;
  readonly by: 'password' | 'token' | 'identity-token' | 'federated' | 'passkey' | 'provider';
  readonly reason: string;
};

export type NoteRefusedSignIn = (refused: RefusedSignIn) => void;
