/**
 * Every text of the client's commands that is ours and for people. What Docker prints stays as Docker
 * prints it, in every language, and so does the line that names a failure (docs/decisions, "Two
 * languages"). One object for each language has this type: a text that is missing in one does not compile.
 */
import type { SigningKeyError } from '../signing/cosign-key.ts';
import type { StoreErrorKind } from '../layout/store-error.ts';
import type { Remedy } from '../remote/remedy.ts';
import type { RemoteErrorKind } from '../remote/remote-error.ts';
import type { Warning } from '../remote/warning.ts';

export type ClientTexts = {
  readonly remedies: { readonly [Kind in Remedy['kind']]: (remedy: Extract<Remedy, { readonly kind: Kind }>) => string };
  /** Where a failure brings no remedy of its own. Empty: there is nothing to say. */
  readonly remoteErrors: Readonly<Record<RemoteErrorKind, string>>;
  readonly storeErrors: Readonly<Record<StoreErrorKind, string>>;
  readonly warnings: { readonly [Kind in Warning['kind']]: (warning: Extract<Warning, { readonly kind: Kind }>) => string };
  readonly settingsFile: string;
  readonly credentialsFile: string;
  readonly copy: Readonly<Record<'exists' | 'mounted' | 'copied', string>> & { readonly targetIsTag: string };
  readonly index: { readonly added: string; readonly byTag: string; readonly platformForOne: string };
  readonly remove: { readonly sayWhat: (repository: string) => string };
  readonly signing: {
    readonly needsKey: string;
    readonly password: string;
    readonly newPassword: string;
    readonly sayPassword: string;
    readonly exists: (prefix: string) => string;
    readonly signed: (image: string) => string;
    readonly keyErrors: Readonly<Record<SigningKeyError['kind'], string>>;
    /** `results`: what is wrong with the signatures that are there. */
    readonly notVerified: (image: string, results: readonly string[]) => string;
  };
  readonly artifactTypeIsMediaType: string;
  readonly noSettingsFile: string;
  readonly settings: {
    readonly oneValue: (key: string) => string;
    readonly noList: (key: string) => string;
    readonly notInList: (value: string, key: string) => string;
  };
};

export function remedyText<Kind extends Remedy['kind']>(texts: ClientTexts, remedy: Extract<Remedy, { readonly kind: Kind }>): string {
  return texts.remedies[remedy.kind](remedy);
}

export function warningText<Kind extends Warning['kind']>(texts: ClientTexts, warning: Extract<Warning, { readonly kind: Kind }>): string {
  return texts.warnings[warning.kind](warning);
}

/** Only what is spoken is loaded. */
export async function loadClientTexts(language: 'en' | 'ko'): Promise<ClientTexts> {
  return language === 'ko' ? (await import('./korean.ts')).korean : (await import('./english.ts')).english;
}
