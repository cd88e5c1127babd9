/** What `naru packages` prints: what is installed, what could not be understood, and whether it is known at all. */
import { columns } from './columns.ts';

type Answer = {
  readonly digest: string;
  readonly state: 'waiting' | 'done' | 'failed' | 'unsupported';
  readonly distribution?: { readonly id: string; readonly version: string; readonly name: string };
  readonly problems: readonly string[];
  readonly count: number;
  readonly items: readonly {
    readonly type: string;
    readonly namespace: string;
    readonly name: string;
    readonly version: string;
    readonly layer?: string;
    readonly sbom?: string;
    readonly createdBy?: string;
  }[];
  readonly attached: readonly { readonly digest: string; readonly problem?: string; readonly unknown: number }[];
  readonly next?: string;
};

const shortDigest = 'sha256:'.length + 12;
const stepMax = 60;

export function packagesText(body: string): string {
  const answer = JSON.parse(body) as Answer; // our own server's
  const { items, problems, attached, next } = answer;
  const rows = items.map(({ type, namespace, name, version, layer = '', sbom, createdBy = '' }) => [
    type,
    isOfDistribution(type) || namespace === '' ? name : `${namespace}/${name}`,
    version,
    layer.slice(0, shortDigest),
    sbom === undefined ? shortened(createdBy) : `said by the attached SBOM ${sbom.slice(0, shortDigest)}`,
  ]);
  const table = rows.length === 0 ? [] : columns([['TYPE', 'PACKAGE', 'VERSION', 'LAYER', 'BROUGHT BY'], ...rows.map((row) => row.map(printable))]);
  const more = next === undefined ? [] : [`… and perhaps more: go on with --after '${next.replaceAll("'", String.raw`'\''`)}'`];
  const unread = attached.flatMap(({ digest, problem, unknown: count }) => [
    ...(problem === undefined ? [] : [`the attached SBOM ${digest.slice(0, shortDigest)} is not understood: ${problem}`]),
    ...(count === 0 ? [] : [`the attached SBOM ${digest.slice(0, shortDigest)} names ${count} components that are no packages that are known here`]),
  ]);
  const unknown = [...problems.map((problem) => `unknown: ${problem}`), ...unread];
  return [...table, ...more, ...unknown, stateLine(answer)].map((line) => `${printable(line)}\n`).join('');
}

function shortened(step: string): string {
  return step.length > stepMax ? `${step.slice(0, stepMax)}…` : step;
}

function isOfDistribution(type: string): boolean {
  return type === 'deb' || type === 'apk' || type === 'rpm';
}

/** A stranger made the image: nothing of it may steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ');
}

function stateLine({ state, digest, distribution, count }: Answer): string {
  switch (state) {
    case 'waiting':
      return `${digest} is not read yet: ask again in a moment`;
    case 'done': {
      const system = distribution && (distribution.name || `${distribution.id} ${distribution.version}`.trim());
      return `${digest}: ${count} ${count === 1 ? 'package' : 'packages'}${system === undefined ? '' : ` in ${system}`}`;
    }
    case 'failed':
    case 'unsupported':
      return `${digest}: nobody knows what is in it`;
  }
}
