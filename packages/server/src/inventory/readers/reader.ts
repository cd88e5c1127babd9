/** What every reader of installed packages is: it names the files that it wants, and reads one of them. */
import type { DistributionRelease, InstalledPackage } from '../package.ts';

/** `path`: of the file that says so; `layer` is known to whoever reads the layer. */
export type FoundPackage = Omit<InstalledPackage, 'layer' | 'path'>;

/** What one file says. `problem`: what of it was not looked into. */
export type Found = { readonly packages: readonly FoundPackage[]; readonly release?: DistributionRelease; readonly problem?: string };

export type PackageReader = {
  /** By the path below the root, without a slash in front, and whether it may be run: asked about every file of a layer. */
  wants(path: string, isExecutable: boolean): boolean;
  /** Of a larger file it is said that it was not read. */
  readonly maxBytes: number;
  /** Of its first 64 bytes, or as many as there are. Absent: every file that it wants. */
  isLike?(head: Buffer): boolean;
  /** For larger files: what it looks for is found as the bytes go by, none of which need to be kept. Of a file in which it finds nothing it is said that it was not read. */
  search?(): PackageSearch;
  /** Of the whole system: while it is not understood, nobody knows what is in the image. Other files say something of themselves alone. */
  readonly isDatabase?: true;
  /** Throws PackageProblem for what it cannot understand. */
  read(content: Buffer, path: string): Found | Promise<Found>;
};

export type PackageSearch = {
  take(chunk: Uint8Array): void;
  /** Throws PackageProblem. */
  end(): Found;
};

/** A file that says what is installed, and cannot be understood: the inventory goes on and names it. */
export class PackageProblem extends Error {
  override readonly name = 'PackageProblem';
}

export const noPackages: Found = { packages: [] };

export function found(type: FoundPackage['type'], name: string, version: string, more: Partial<FoundPackage> = {}): FoundPackage {
  return { type, namespace: '', name, version, sourceName: '', sourceVersion: '', architecture: '', licences: [], ...more };
}

/** Throws PackageProblem. */
export function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    throw new PackageProblem('it is not JSON');
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Names and versions of a reasonable length, since they stand in rows and in pages. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value.trim().slice(0, 512) : '';
}
