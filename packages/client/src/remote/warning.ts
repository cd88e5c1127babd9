/** What is worth a line, but is no failure. Facts; `language/` has the texts. */
export type Warning =
  | { readonly kind: 'mirror-failed'; readonly host: string; readonly why: string }
  | { readonly kind: 'mirror-distrusted'; readonly host: string }
  /** Everything goes over the network in the clear. */
  | { readonly kind: 'plain-http'; readonly host: string }
  /** In the registry's own words. */
  | { readonly kind: 'registry-says'; readonly host: string; readonly text: string }
  | { readonly kind: 'helper-failed'; readonly helper: string; readonly usedInstead: string; readonly why: string };
