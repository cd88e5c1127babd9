/** What was found installed in an image. Names and versions are as the ecosystem writes them, never normalised. */
import type { Digest } from '@naru/oci/digest';

/** The types of package URLs (https://github.com/package-url/purl-spec) that are read. */
export const packageTypes = ['deb', 'apk', 'rpm', 'npm', 'pypi', 'golang', 'cargo', 'maven', 'nuget', 'gem', 'composer'] as const;
export type PackageType = (typeof packageTypes)[number];

const distributionTypes: ReadonlySet<string> = new Set<PackageType>(['deb', 'apk', 'rpm']);

/** Packages of a distribution belong to its release, and are built from sources of their own names; all others to a language. */
export function isOfDistribution(type: string): boolean {
  return distributionTypes.has(type);
}

export type InstalledPackage = {
  readonly type: PackageType;
  /** Of the package URL: the distribution (`debian`), the group of Maven, the scope of npm with its `@`, Composer's vendor; else ''. */
  readonly namespace: string;
  readonly name: string;
  /** With epoch and revision, as in `1:2.36-9+deb12u4`. */
  readonly version: string;
  /** What distributions build packages from, and what their advisories speak of; '' where there is none. */
  readonly sourceName: string;
  readonly sourceVersion: string;
  /** '' where it is for any or not said. */
  readonly architecture: string;
  /** As the package says them, SPDX or not. */
  readonly licences: readonly string[];
  /** The file inside the image that says so. */
  readonly path: string;
  /** The layer that brought it: the digest of its blob. */
  readonly layer: Digest;
};

/** A password or a key that was left in an image. What it says is not kept, only a masked piece of it. */
export type ImageSecret = {
  /** A path of the layer, or `environment NAME`, `label NAME`, `history 3` of the configuration. */
  readonly place: string;
  /** Absent: it is in the configuration. */
  readonly layer?: Digest;
  /** From 1, in a file. */
  readonly line?: number;
  readonly rule: string;
  /** For people: `private key`. */
  readonly title: string;
  readonly masked: string;
  /** `checked`: a checksum inside it is right. */
  readonly certainty: 'likely' | 'checked';
};

/** Of /etc/os-release. */
export type DistributionRelease = {
  /** `ID`, for example `debian`, `alpine`, `rocky`. */
  readonly id: string;
  /** `VERSION_ID`, for example `12`, `3.20.3`; '' where there is none, as in Debian's sid. */
  readonly version: string;
  readonly name: string;
};
