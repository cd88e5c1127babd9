/**
 * What may be pulled: the rules of a server, a namespace and a repository, and how they hold together.
 *
 * Each level says what it demands; all demands hold. A narrower level can only add, unless the wider one
 * says `mayLoosen`: then what the narrower one says of a field takes the place of what the wider one
 * said, and exceptions of the narrower one hold against it. Pure: no rows, no clock.
 */
export const severities = ['unknown', 'negligible', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

export const attachedKinds = ['sbom', 'any-sbom', 'provenance'] as const;
/** What comes beside an image: a list of what is in it (`any-sbom`: one that this server has made of it will do), and how it was built. */
export type AttachedKind = (typeof attachedKinds)[number];

/** A field that is absent says nothing; an empty list, false or 0 says that nothing is demanded. */
export type GatePolicy = {
  /** Nothing is pulled before it was checked. */
  readonly quarantine?: boolean;
  /** Nothing is pulled before these scanners of others have reported, by their names; `*` is all that the server has. */
  readonly scannedBy?: readonly string[];
  /** A finding that meets any of these blocks. */
  readonly block?: readonly FindingRule[];
  /** A valid signature of one of these trusted signers, by their names; `*` is any of them. */
  readonly signedBy?: readonly string[];
  readonly require?: readonly AttachedKind[];
  readonly forbidSecrets?: boolean;
  /** SPDX names, `*` for any run of characters. */
  readonly forbidLicences?: readonly string[];
  /** Remarks on how it was built, by their names (`lint/lint-image.ts`), that keep it from being pulled. */
  readonly forbidConfiguration?: readonly string[];
  /** The last check may be this old. */
  readonly checkedWithinDays?: number;
  readonly mayLoosen?: boolean;
};

/** All that is given must be met. */
export type FindingRule = {
  /** This bad or worse. */
  readonly severity?: Severity;
  /** There is a version that mends it. */
  readonly fixable?: boolean;
  /** It is known for this long: a grace time. */
  readonly olderThanDays?: number;
  /** The probability that it will be exploited in the next 30 days (EPSS), 0 to 1. */
  readonly epss?: number;
  /** It is exploited already (CISA's list). */
  readonly exploited?: boolean;
};

export type GateScope = { readonly kind: 'server' } | { readonly kind: 'namespace' | 'repository'; readonly name: string };

/** What one level demands once the levels are combined. */
export type Level = { readonly scope: GateScope; readonly policy: GatePolicy };

const width = { server: 0, namespace: 1, repository: 2 } as const;
const fields = [
  'quarantine',
  'scannedBy',
  'block',
  'signedBy',
  'require',
  'forbidSecrets',
  'forbidLicences',
  'forbidConfiguration',
  'checkedWithinDays',
] as const;

/** In any order in; widest first out. */
export function combineLevels(levels: readonly Level[]): Level[] {
  const ordered = levels.toSorted((one, other) => width[one.scope.kind] - width[other.scope.kind]);
  return ordered.map(({ scope, policy }, at) => {
    if (policy.mayLoosen !== true) return { scope, policy };
    const said = ordered.slice(at + 1);
    const kept = fields.filter((field) => !said.some((narrower) => narrower.policy[field] !== undefined));
    return { scope, policy: { ...Object.fromEntries(kept.map((field) => [field, policy[field]])), mayLoosen: true } };
  });
}

/** Does what was said in `from`, an exception or a trusted signer, count for what `level` demands? */
export function countsFor(level: Level, from: GateScope): boolean {
  return width[from.kind] <= width[level.scope.kind] || level.policy.mayLoosen === true;
}

export function isQuarantined(levels: readonly Level[]): boolean {
  return combineLevels(levels).some(({ policy: { quarantine, scannedBy = [] } }) => quarantine === true || scannedBy.length > 0);
}

/** How the reasons of a refusal name who demands it. */
export function scopeText(scope: GateScope): string {
  return scope.kind === 'server' ? 'this server' : scope.name;
}
