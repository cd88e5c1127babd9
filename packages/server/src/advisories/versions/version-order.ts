/**
 * The order of versions, one for each ecosystem. Versions come from strangers: no order throws, each is
 * total over the versions it knows, and `isVersion` says which those are. What is no version for its
 * ecosystem cannot be judged, and is then said to be unknown.
 */
export type VersionOrder = {
  isVersion(text: string): boolean;
  /** Below, at or above 0, as for `sort`. Only of what `isVersion` holds true for. */
  compare(one: string, other: string): number;
};

/** Longer ones are no versions: nobody writes them, and comparing costs time. */
export const longestVersion = 256;
