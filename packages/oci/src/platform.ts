/**
 * Platforms (image-spec "Image Index", `platform`): how people write them, and which image of an
 * index runs on which machine. Spellings and preferences are those of containerd, which docker and
 * Kubernetes use.
 *
 *     platform := os "/" architecture [ "/" variant ]        each of [A-Za-z0-9_.-]+
 */
export type Platform = {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
};

export class PlatformError extends Error {
  override readonly name = 'PlatformError';
}

const partPattern = /^[A-Za-z0-9_.-]{1,64}$/;
const arm64Pattern = /^v([89])(?:\.(\d))?$/;

/** Normalised. Throws PlatformError. */
export function parsePlatform(text: string): Platform {
  const [os = '', architecture = '', variant, ...more] = text.split('/', 4);
  if (more.length > 0 || ![os, architecture, variant ?? 'none'].every((part) => partPattern.test(part))) {
    throw new PlatformError(`invalid platform ${JSON.stringify(text.slice(0, 256))}: write os/architecture or os/architecture/variant, such as linux/arm64`);
  }
  return normalizePlatform({ os, architecture, ...(variant !== undefined && { variant }) });
}

/** One spelling for each machine: the variant that an architecture has anyway is left out, except that 32-bit ARM always says its own. */
export function normalizePlatform(platform: Platform): Platform {
  const { variant: _, ...rest } = platform;
  const os = platform.os.toLowerCase();
  const { architecture, variant } = normalizeArchitecture(platform.architecture.toLowerCase(), platform.variant?.toLowerCase() ?? '');
  return { ...rest, os: os === 'macos' ? 'darwin' : os, architecture, ...(variant !== '' && { variant }) };
}

export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = normalizePlatform(platform);
  return [os === '' ? 'unknown' : os, architecture, variant].filter(Boolean).join('/');
}

/**
 * The candidate that runs best on `wanted`, the first of equals; undefined when none runs. One
 * without a platform says nothing, and `unknown/unknown` marks what is not to be run (attestations).
 */
export function matchPlatform<Candidate extends { readonly platform?: Platform }>(wanted: Platform, candidates: readonly Candidate[]): Candidate | undefined {
  const preferences = listCompatible(wanted).map(formatPlatform);
  let best: Candidate | undefined;
  let bestRank = preferences.length;
  for (const candidate of candidates) {
    const rank = candidate.platform === undefined ? -1 : preferences.indexOf(formatPlatform(candidate.platform));
    if (rank < 0 || rank >= bestRank) continue;
    best = candidate;
    bestRank = rank;
  }
  return best;
}

/** What a machine runs, the best first: itself, its older variants, its 32-bit ancestor. A variant we do not know runs itself only. */
export function listCompatible(platform: Platform): Platform[] {
  const { os, architecture, variant } = normalizePlatform(platform);
  if (os === 'unknown' || architecture === 'unknown') return [];
  const of = (other: string, variants: readonly string[]): Platform[] =>
    variants.map((each) => ({ os, architecture: other, ...(each !== '' && { variant: each }) }));

  switch (architecture) {
    case 'amd64':
      return [...of('amd64', amd64Variants(variant ?? '')), ...of('386', [''])];
    case 'arm':
      return of('arm', armVariants(variant ?? ''));
    case 'arm64':
      return variant === undefined || arm64Pattern.test(variant)
        ? [...of('arm64', arm64Variants(variant ?? '')), ...of('arm', armVariants('v8'))]
        : of('arm64', [variant ?? '']);
    default:
      return of(architecture, [variant ?? '']);
  }
}

function normalizeArchitecture(architecture: string, variant: string): { architecture: string; variant: string } {
  switch (architecture) {
    case 'i386':
      return { architecture: '386', variant: '' };
    case 'x86_64':
    case 'x86-64':
    case 'amd64':
      return { architecture: 'amd64', variant: variant === 'v1' ? '' : variant };
    case 'aarch64':
    case 'arm64':
      return { architecture: 'arm64', variant: normalizeArm64Variant(variant) };
    case 'armhf':
      return { architecture: 'arm', variant: 'v7' };
    case 'armel':
      return { architecture: 'arm', variant: 'v6' };
    case 'arm':
      return { architecture: 'arm', variant: variant === '' ? 'v7' : withV(variant) };
    default:
      return { architecture, variant };
  }
}

function normalizeArm64Variant(variant: string): string {
  const written = withV(variant).replace(/\.0$/, '');
  return written === 'v8' ? '' : written;
}

function withV(variant: string): string {
  return /^\d/.test(variant) ? `v${variant}` : variant;
}

/** v4 runs v3, v2 and the first one, which has no name. */
function amd64Variants(variant: string): string[] {
  const version = /^v([1-9])$/.exec(variant)?.[1];
  return version === undefined ? [variant] : [...countDown(Number(version), 2).map((each) => `v${each}`), ''];
}

/** v7 runs v6 and v5. */
function armVariants(variant: string): string[] {
  const version = Number(/^v([5-9])$/.exec(variant)?.[1]);
  return Number.isNaN(version) ? [variant] : countDown(version, 5).map((each) => `v${each}`);
}

/** v9.x holds v8.(x+5), of which 8.9 is the last; v8, which has no name, is in all of them. */
function arm64Variants(variant: string): string[] {
  const [, major, digit = '0'] = arm64Pattern.exec(variant) ?? [];
  const minor = Number(digit);
  if (major !== '9') return [...countDown(minor, 1).map((each) => `v8.${each}`), ''];
  return [...countDown(minor, 1).map((each) => `v9.${each}`), 'v9', ...arm64Variants(`v8.${Math.min(9, minor + 5)}`)];
}

function countDown(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, from - to + 1) }, (_, index) => from - index);
}
