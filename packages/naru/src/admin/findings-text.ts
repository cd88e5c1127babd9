/** What `naru findings` prints: what is vulnerable, the worst first, and what nobody knows. */
import { columns } from './columns.ts';

type Answer = {
  readonly digest: string;
  readonly platform: string;
  readonly state: 'checked' | 'checking' | 'failed' | 'unknown';
  readonly problem?: string;
  readonly packages: number;
  readonly unknown: readonly { readonly reason: string; readonly ecosystem: string; readonly packages: number }[];
  readonly scans: readonly { readonly scanner: string; readonly state: string; readonly problem?: string }[];
  readonly total: number;
  readonly items: readonly {
    readonly severity: string;
    readonly id: string;
    readonly fixed?: string;
    readonly exploitedSince?: string;
    readonly sbom?: string;
    readonly scanner?: string;
    readonly package: { readonly name: string; readonly version: string };
  }[];
};

export function findingsText(body: string): string {
  const answer = JSON.parse(body) as Answer; // our own server's
  const { items, total } = answer;
  const rows = items.map(({ severity, id, fixed = '', exploitedSince, package: { name, version } }) => [
    `${severity}${exploitedSince === undefined ? '' : ' (exploited)'}`,
    id,
    name,
    version,
    fixed,
  ]);
  const table = rows.length === 0 ? [] : columns([['SEVERITY', 'ID', 'PACKAGE', 'INSTALLED', 'FIXED IN'], ...rows]);
  const said = items.filter(({ sbom }) => sbom !== undefined).length;
  const origin = said === 0 ? [] : [`${said} of these are in packages that attached SBOMs name and no layer: see naru packages`];
  const found = new Map([...Map.groupBy(items, ({ scanner }) => scanner)].map(([scanner, those]) => [scanner, those.length]));
  const scans = answer.scans.map(({ scanner, state, problem }) => {
    const count = `${found.get(scanner) ?? 0} of these were found by ${scanner}`;
    if (state === 'scanning') return `${scanner} is looking at the image`;
    return problem === undefined ? count : `${count}, which has no newer report: ${problem}`;
  });
  const rest = total > items.length ? [`… and ${total - items.length} more: ask for them with --limit`] : [];
  return [...table, ...origin, ...scans, ...rest, ...unknownLines(answer), stateLine(answer)].map((line) => `${line}\n`).join('');
}

function unknownLines({ unknown }: Answer): string[] {
  return unknown.map(({ reason, ecosystem, packages }) => {
    const count = `${packages} ${packages === 1 ? 'package' : 'packages'} of ${ecosystem}`;
    if (reason === 'no-advisories') return `unknown: ${count}, for which no advisories were brought in`;
    return reason === 'version' ? `unknown: ${count}, whose versions cannot be compared` : `unknown: ${count}, not matched yet`;
  });
}

function stateLine({ state, problem = '', packages, total, digest, platform }: Answer): string {
  const image = `${digest}${platform === '' ? '' : ` (${platform})`}`;
  switch (state) {
    case 'checked':
      return `${image}: ${total} ${total === 1 ? 'finding' : 'findings'} in ${packages} packages`;
    case 'checking':
      return `${image} is being checked: ask again in a moment`;
    case 'failed':
      return `${image} could not be checked: ${problem}`;
    case 'unknown':
      return `${image}: nobody knows what is in it${problem === '' ? '' : `: ${problem}`}`;
  }
}
