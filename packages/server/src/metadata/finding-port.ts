/**
 * The rows of what is vulnerable in images: part of `port.ts`, and all that is said there holds here.
 *
 * Findings belong to versions of packages, which many images share, so that a change of what is known is
 * matched once for each version, and no image is unpacked again. Those of an image are those of its packages.
 */
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import type { PackageType } from '../inventory/package.ts';
import type { InventoryState } from './inventory-port.ts';
import type { NewJob } from './job-port.ts';
import type { Change, Page } from './port.ts';
import type { PackageName, Severity } from './advisory-port.ts';

/** Of an installed package, as far as advisories look. */
export type MatchedPackage = {
  readonly distribution: string;
  readonly type: PackageType;
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly sourceName: string;
  readonly sourceVersion: string;
};

export type PackageRow = MatchedPackage & { readonly id: number };

/** `problem`: `version` is none of its ecosystem, so nobody can say what it is affected by. */
export type PackageMatch = PackageName & { readonly package: number; readonly problem: '' | 'version'; readonly findings: readonly MatchedFinding[] };

export type MatchedFinding = {
  readonly vulnerability: string;
  readonly advisory: number;
  readonly severity: Severity;
  readonly score?: number;
  /** '' when nobody has mended it. */
  readonly fixed: string;
};

/** `scanner`: whose word it is; absent for what was found here. */
export type ImageFinding = Omit<MatchedFinding, 'advisory'> & {
  /** As its source names it, where that differs from the vulnerability. */
  readonly advisory: string;
  readonly source: string;
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly url: string;
  readonly vector: string;
  readonly publishedAt?: number;
  readonly foundAt: number;
  readonly package: InstalledAs;
  readonly scanner?: string;
};

/** Found in a file of a layer; or, with an empty `path`, said by the attached SBOM `sbom`, or by a scanner, which may say no type. */
export type InstalledAs = Pick<MatchedPackage, 'distribution' | 'namespace' | 'name' | 'version'> & {
  readonly type: PackageType | '';
  readonly layer?: Digest;
  readonly path: string;
  readonly sbom?: Digest;
};

/** What is not known of an image: how many packages, and why. */
export type UnknownPart = { readonly reason: 'no-advisories' | 'version' | 'unmatched'; readonly ecosystem: string; readonly packages: number };

/** `matchedAt`: when its packages were matched last; absent when it has none that were. */
export type ImageMatch = { readonly packages: number; readonly matchedAt?: number; readonly unknown: readonly UnknownPart[] };

export type SeverityCounts = Record<Severity, { fixable: number; unfixable: number }>;

export type PackageHolder = {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly package: Pick<InstalledAs, 'type' | 'namespace' | 'name' | 'version' | 'distribution'>;
};

/** `place`: a path, or the digest of an SBOM. */
export type FindingPlace = LicencePlace & { readonly vulnerability: string };
export type LicencePlace = { readonly package: number; readonly place: string };
/** Without `next` there are no more. */
export type FindingPage = { readonly findings: readonly ImageFinding[]; readonly next?: FindingPlace };
export type LicencePage = { readonly licences: readonly PackageLicences[]; readonly next?: LicencePlace };
export type PackageLicences = { readonly package: string; readonly licences: readonly string[] };

export type PackageQuery = { readonly name: string; readonly namespace?: string; readonly version?: string; readonly type?: string };

/** Sets findings aside: of a vulnerability, where `package` is said only in that package. */
export type FindingRule = {
  readonly id: string;
  readonly scope: FindingScope;
  readonly vulnerability: string;
  readonly package: string;
  readonly status: FindingRuleStatus;
  readonly reason: string;
  readonly owner: string;
  readonly expiresAt?: number;
  readonly createdAt: number;
  readonly createdBy: string;
};
export type FindingScope =
  | { readonly kind: 'server' }
  | { readonly kind: 'namespace'; readonly name: string }
  | { readonly kind: 'repository'; readonly name: RepositoryName };
/** `not_affected` and `fixed` as in VEX. */
export const findingRuleStatuses = ['ignored', 'not_affected', 'fixed'] as const;
export type FindingRuleStatus = (typeof findingRuleStatuses)[number];

export interface FindingRows {
  /** Versions that nobody has matched, in the order of their ids. */
  listUnmatched(limit: number): Promise<PackageRow[]>;
  /** Versions that advisories know by these names, and were matched before. */
  listNamed(names: readonly PackageName[]): Promise<PackageRow[]>;
  /** Versions that have a finding of one of these. */
  listAffected(vulnerabilities: readonly string[]): Promise<PackageRow[]>;
  /** In the place of what was found in them before; returns those in which something else was found than before. */
  recordMatches(matches: readonly PackageMatch[], at: number): Promise<number[]>;
  /** Images that have one of these packages, or of which an SBOM says so, in the order of their digests. */
  listImagesWith(packages: readonly number[], page: { after?: Digest; limit: number }): Promise<Digest[]>;
  /** Undefined before anybody was asked to list its packages. */
  findInventoryState(image: Digest): Promise<{ readonly state: InventoryState; readonly problems: readonly string[] } | undefined>;
  findImageMatch(image: Digest): Promise<ImageMatch>;
  /** In the order of packages and their places, each in each of them. Some package may have more vulnerabilities than fit a page: `next` says where to go on. */
  listOfImage(image: Digest, page: Page<FindingPlace>): Promise<FindingPage>;
  /** Of packages that SBOMs name which are attached to the image in that repository, and that were not found in it; in the order of the SBOMs. */
  listSaid(said: { image: Digest; repository: RepositoryName } & Page<FindingPlace>): Promise<FindingPage>;
  /** Forgets what was found in versions that no image has any more; returns in how many, `limit` at most. */
  prune(limit: number): Promise<number>;
  /** What each package of an image says its licences are, in each place; packages without any are left out. */
  listLicences(image: Digest, page: Page<LicencePlace>): Promise<LicencePage>;
  /** What SBOMs that are attached to it in that repository say. */
  listSaidLicences(said: { image: Digest; repository: RepositoryName } & Page<LicencePlace>): Promise<LicencePage>;
  /** Images in repositories that hold a package of that name, or of which a scanner says so (then without a type), in order of repository and digest. */
  listHolders(query: PackageQuery & { after?: Pick<PackageHolder, 'repository' | 'digest'>; limit: number }): Promise<PackageHolder[]>;
}

/** Of one scope (I6). */
export const findingRulesMax = 10_000;

export interface FindingRuleRows {
  /** All of them or none, with what has to be judged again. Throws CONFLICT when a scope would have more than `findingRulesMax`. */
  record(rules: readonly FindingRule[], jobs: readonly NewJob[]): Promise<void>;
  find(id: string): Promise<FindingRule | undefined>;
  /** False: there is none. */
  remove(rule: { id: string; jobs: readonly NewJob[] } & Change): Promise<boolean>;
  list(scope: FindingScope, page: Page<string>): Promise<FindingRule[]>;
  /** Those of the repository, its namespace and the server that have not expired, the widest first; without a repository those of the server. */
  listFor(repository: RepositoryName | undefined, at: number): Promise<FindingRule[]>;
}
