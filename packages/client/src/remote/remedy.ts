/**
 * What to do about a failure, as facts. Whoever prints it says it in the language of the person in front
 * of the terminal (`language/`); nothing in here is a text.
 */
export type Remedy =
  | { readonly kind: 'log-in'; readonly host: string }
  /** Logged in or not: `repository` is somebody's. */
  | { readonly kind: 'log-in-or-ask'; readonly host: string; readonly repository: string }
  | { readonly kind: 'allow-plain-http'; readonly host: string }
  | { readonly kind: 'token-service-needs-tls' }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'choose-another-tag' }
  | { readonly kind: 'say-platform' }
  | { readonly kind: 'delete-by-digest'; readonly name: string };
