/** What is looked for, as it stands in the address: results can be bookmarked and sent on. */
export type Wanted = {
  readonly q?: string;
  readonly official?: boolean;
  readonly verified?: boolean;
  readonly organisation?: string;
  readonly platform?: string;
  /** Of artifacts, such as `application/vnd.cncf.helm.config.v1+json`. */
  readonly artifactType?: string;
  /** Within so many days. */
  readonly updated?: number;
};

export const updatedDays = [1, 7, 30, 365] as const;
export const dayMs = 86_400_000;
export const platforms = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/386', 'linux/ppc64le', 'linux/riscv64', 'linux/s390x', 'windows/amd64'] as const;

/** What is often looked for; others can be typed. */
export const artifactTypes = [
  'application/vnd.cncf.helm.config.v1+json',
  'application/vnd.dev.cosign.artifact.sig.v1+json',
  'application/vnd.wasm.config.v0+json',
  'application/spdx+json',
  'application/vnd.cyclonedx+json',
  'application/vnd.in-toto+json',
] as const;

/** Whatever else an address holds is left out. */
export function readWanted(search: Readonly<Record<string, unknown>>): Wanted {
  const { q, official, verified, organisation, platform, artifactType, updated } = search;
  return {
    // The router reads what looks like a number as one, and `3000` may be looked for.
    ...((typeof q === 'string' || typeof q === 'number') && { q: String(q).slice(0, textMax) }),
    ...(official === true && { official }),
    ...(verified === true && { verified }),
    ...(typeof organisation === 'string' && { organisation: organisation.slice(0, textMax) }),
    ...(typeof platform === 'string' && { platform: platform.slice(0, textMax) }),
    ...(typeof artifactType === 'string' && { artifactType: artifactType.slice(0, textMax) }),
    ...(typeof updated === 'number' && { updated }),
  };
}

const textMax = 100;
