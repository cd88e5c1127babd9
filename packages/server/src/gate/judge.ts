/**
 * The verdict on one image: what its levels demand, held against what is known of it. Whoever calls brings the facts and
 * writes the verdict down; nothing else is read. Each finding is judged, and only the reasons that are told are kept:
 * whoever pushes an image decides how many there are.
 */
import type { Digest } from '@naru/oci/digest';
import { matchesText } from '../access/pattern.ts';
import type { Finding, FindingSummary } from './finding-summary.ts';
import { type AttachedKind, combineLevels, type FindingRule, type GateScope, countsFor, type Level, scopeText, severities } from './policy.ts';

export type ImageFacts = {
  readonly digest: Digest;
  readonly check: FindingSummary;
  /** The trusted signers that have a valid signature on it, or on an index that holds it. */
  readonly signers: readonly Signer[];
  readonly attached: readonly AttachedKind[];
};

/** `scope`: where it is trusted. A level that demands a signature believes nobody whom a narrower one has named, or that could name itself. */
export type Signer = { readonly name: string; readonly scope: GateScope };

export const reasonRules = ['quarantine', 'finding', 'signature', 'sbom', 'provenance', 'secret', 'licence', 'configuration', 'check-age', 'members'] as const;
export type ReasonRule = (typeof reasonRules)[number];

export type Reason = {
  readonly rule: ReasonRule;
  /** Who demands it, as `scopeText` says. */
  readonly by: string;
  /** For people: docker prints it. */
  readonly text: string;
  readonly finding?: string;
  readonly package?: string;
};

/** `exempt`: nothing that runs, such as a signature. `reviewAt`: time alone changes it then. */
export type Judgement = {
  readonly state: 'allowed' | 'blocked' | 'exempt';
  readonly reasons: readonly Reason[];
  /** More than `reasons` holds. */
  readonly reasonCount: number;
  /** Ids of the exceptions without which it would be blocked. */
  readonly exceptions: readonly string[];
  readonly reviewAt?: number;
};

/** What an exception lifts: all that are given must fit. */
export type ExceptionTarget = {
  readonly rule?: ReasonRule;
  /** Of an advisory. */
  readonly finding?: string;
  readonly package?: string;
  readonly digest?: Digest;
};

export type GateException = { readonly id: string; readonly scope: GateScope; readonly target: ExceptionTarget; readonly endsAt: number };

/** In a row and in an answer (I6). */
export const reasonsMax = 25;
const dayMs = 86_400e3;
const lookAgainMs = 5 * 60e3;
/** Until the files of an image are listed. */
const listedSoonMs = 60e3;

const missingTexts = {
  sbom: 'it comes without a list of its parts (SBOM)',
  'any-sbom': 'there is no list of its parts (SBOM)',
  provenance: 'it comes without provenance',
} as const;

type Objection = Reason & { readonly level: Level; readonly weight: number };

export async function judge(levels: readonly Level[], facts: ImageFacts, exceptions: readonly GateException[], now: number): Promise<Judgement> {
  const dates = createNextDate(now);
  const combined = combineLevels(levels);
  const used = new Set<string>();
  let worst: Objection[] = [];
  let count = 0;
  for await (const objection of objectionsTo(combined, facts, now, dates)) {
    const lifting = exceptions.find((one) => one.endsAt > now && countsFor(objection.level, one.scope) && fits(one.target, objection, facts.digest));
    if (lifting !== undefined) {
      used.add(lifting.id);
      dates.push(lifting.endsAt);
      continue;
    }
    count++;
    if (worst.push(objection) >= 4 * reasonsMax) worst = worstFirst(worst);
  }
  const reviewAt = dates.next();
  return {
    state: count > 0 ? 'blocked' : 'allowed',
    reasons: worstFirst(worst).map(({ level: _level, weight: _weight, ...reason }) => reason),
    reasonCount: count,
    exceptions: [...used],
    ...(reviewAt !== undefined && { reviewAt }),
  };
}

/** When time alone will change something: the first of these days that is still to come. */
type NextDate = { push(date: number): void; next(): number | undefined };

function createNextDate(now: number): NextDate {
  let first: number | undefined;
  return {
    push(date) {
      if (date > now && date < (first ?? Number.POSITIVE_INFINITY)) first = date;
    },
    next: () => first,
  };
}

async function* objectionsTo(levels: readonly Level[], facts: ImageFacts, now: number, dates: NextDate): AsyncGenerator<Objection> {
  for (const level of levels) yield* objectionsOf(level, facts, now, dates);
  const blocking = levels.filter(({ policy: { block = [] } }) => block.length > 0);
  if (blocking.length > 0) for await (const finding of facts.check.findings) for (const level of blocking) yield* findingObjection(finding, level, now, dates);
  const licensing = levels.filter(({ policy: { forbidLicences = [] } }) => forbidLicences.length > 0);
  if (licensing.length === 0) return;
  const seen = new Set<string>();
  for await (const { package: name, licence } of facts.check.licences) {
    const objecting = licensing.filter(({ policy }) =>
      (policy.forbidLicences ?? []).some((pattern) => matchesText(pattern.toLowerCase(), licence.toLowerCase())),
    );
    // Each package once, in however many places it lies.
    if (objecting.length === 0 || seen.has(`${name}\0${licence}`)) continue;
    seen.add(`${name}\0${licence}`);
    for (const level of objecting) yield licenceObjection(name, licence, level);
  }
}

function* findingObjection(finding: Finding, level: Level, now: number, dates: NextDate): Generator<Objection> {
  if (!(level.policy.block ?? []).some((rule) => meets(finding, rule, now, dates)) || isSetAside(finding, level, now, dates)) return;
  const { id, package: name, severity } = finding;
  yield { rule: 'finding', by: scopeText(level.scope), text: findingText(finding), finding: id, package: name, level, weight: severities.indexOf(severity) };
}

function licenceObjection(name: string, licence: string, level: Level): Objection {
  return { rule: 'licence', by: scopeText(level.scope), text: `${name} has the licence ${licence}`, package: name, level, weight: 0 };
}

/** One line for whoever is refused. */
export function refusalText({ reasons, reasonCount }: Pick<Judgement, 'reasons' | 'reasonCount'>): string {
  const [first] = reasons;
  if (first === undefined) return 'image blocked';
  const more = reasonCount - 1;
  return `image blocked: ${first.text} (rule of ${first.by})${more > 0 ? `, and ${more} more ${more === 1 ? 'reason' : 'reasons'}` : ''}`;
}

/** All but findings and licences. */
function objectionsOf(level: Level, { check, signers, attached }: ImageFacts, now: number, dates: NextDate): Objection[] {
  const { policy } = level;
  const by = scopeText(level.scope);
  const found: Objection[] = [];
  const object = (rule: ReasonRule, text: string, more: Partial<Objection> = {}) => void found.push({ rule, by, text, level, weight: 0, ...more });

  // Whoever checks tells; what was not told, such as that there are advisories now, is found by looking again.
  if (policy.quarantine === true && !isChecked(check)) dates.push(now + lookAgainMs);
  if (policy.quarantine === true && !isChecked(check)) object('quarantine', waitingText(check));
  for (const text of lackingScans(policy.scannedBy ?? [], check)) {
    // Whoever scans tells when it has ended.
    dates.push(now + lookAgainMs);
    object('quarantine', text);
  }
  if (policy.checkedWithinDays !== undefined && policy.checkedWithinDays > 0) {
    const validUntil = (check.checkedAt ?? Number.NEGATIVE_INFINITY) + policy.checkedWithinDays * dayMs;
    if (!isChecked(check)) object('check-age', waitingText(check));
    else if (check.checkedAt !== undefined && validUntil <= now) object('check-age', `it was last checked more than ${policy.checkedWithinDays} days ago`);
    else if (check.checkedAt !== undefined) dates.push(validUntil);
  }
  if (lacksSigner(level, signers)) object('signature', signatureText(policy.signedBy ?? []));
  for (const kind of policy.require ?? []) if (!attached.includes(kind)) object(kind === 'provenance' ? kind : 'sbom', missingTexts[kind]);
  if (policy.forbidSecrets === true) {
    for (const { what, path, layer } of check.secrets)
      object('secret', `${what} in ${path}${layer === undefined ? '' : ` of layer ${layer.slice(0, 19)}`}`, { weight: 9 });
  }
  const { forbidConfiguration = [] } = policy;
  if (forbidConfiguration.length > 0 && check.configuration?.isWhole === false) dates.push(now + listedSoonMs);
  for (const { rule, text, layer } of check.configuration?.found ?? []) {
    const where = layer === undefined ? '' : ` (layer ${layer.slice(0, 19)})`;
    if (forbidConfiguration.includes(rule)) object('configuration', `${rule}: ${text}${where}`, { finding: rule });
  }
  return found;
}

/** While another check runs, the one before it counts. Where nothing is installed, there is nothing to have a date. */
function isChecked({ state, checkedAt }: FindingSummary): boolean {
  return state === 'checked' || (state === 'pending' && checkedAt !== undefined);
}

/** Why, of each scanner that has to report and has not. While it scans again, the report before counts. */
function lackingScans(scannedBy: readonly string[], { scans }: FindingSummary): string[] {
  const named = scannedBy.includes('*') ? [...scannedBy, ...scans.map(({ scanner }) => scanner)] : scannedBy;
  return [...new Set(named)]
    .filter((name) => name !== '*')
    .flatMap((name) => {
      const scan = scans.find(({ scanner }) => scanner === name);
      if (scan === undefined) return [`the scanner ${name} has to check it, and there is none of this name`];
      if (scan.reportedAt !== undefined) return [];
      return [scan.problem === undefined ? `the scanner ${name} has not reported yet` : `the scanner ${name} has not checked it: ${scan.problem}`];
    });
}

/** A repository does not set aside what its namespace or the server blocks, unless that lets it. */
function isSetAside({ setAside }: Finding, level: Level, now: number, dates: NextDate): boolean {
  if (setAside === undefined || !countsFor(level, setAside.scope)) return false;
  const { endsAt = Number.POSITIVE_INFINITY } = setAside;
  if (Number.isFinite(endsAt)) dates.push(endsAt);
  return endsAt > now;
}

function lacksSigner(level: Level, signers: readonly Signer[]): boolean {
  const { signedBy = [] } = level.policy;
  return signedBy.length > 0 && !signers.some(({ name, scope }) => countsFor(level, scope) && (signedBy.includes(name) || signedBy.includes('*')));
}

function meets({ severity, fixedVersion, knownSince, epss, exploited }: Finding, rule: FindingRule, now: number, dates: NextDate): boolean {
  if (rule.severity !== undefined && severities.indexOf(severity) < severities.indexOf(rule.severity)) return false;
  if (rule.fixable === true && fixedVersion === undefined) return false;
  if (rule.epss !== undefined && (epss ?? 0) < rule.epss) return false;
  if (rule.exploited === true && !exploited) return false;
  if (rule.olderThanDays === undefined || knownSince === undefined) return true;
  const since = knownSince + rule.olderThanDays * dayMs;
  if (since > now) dates.push(since);
  return since <= now;
}

function fits({ rule, finding, package: name, digest }: ExceptionTarget, objection: Objection, image: Digest): boolean {
  if (digest !== undefined && digest !== image) return false;
  if (rule !== undefined && rule !== objection.rule) return false;
  if (finding !== undefined && finding !== objection.finding) return false;
  return name === undefined || name === objection.package;
}

/** As many as are told. */
function worstFirst(objections: readonly Objection[]): Objection[] {
  return objections.toSorted((one, other) => other.weight - one.weight).slice(0, reasonsMax);
}

function waitingText({ state, problem }: FindingSummary): string {
  switch (state) {
    case 'failed':
      return `its check failed${problem === undefined ? '' : `: ${problem}`}`;
    case 'unsupported':
      return `it could not be checked: ${problem ?? 'nobody knows what is in it'}`;
    case 'pending':
    case 'checked':
      return 'it has not been checked yet';
  }
}

function findingText({ id, severity, package: name, version, fixedVersion }: Finding): string {
  return `${id} (${severity}) in ${name} ${version}${fixedVersion === undefined ? '' : `, fixed in ${fixedVersion}`}`;
}

function signatureText(signedBy: readonly string[]): string {
  return signedBy.includes('*') ? 'no trusted signer has signed it' : `it is not signed by ${signedBy.join(' or ')}`;
}
