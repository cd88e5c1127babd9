/** Tells the gate what is vulnerable in an image, in the gate's words. */
import type { CheckSummary, Findings, Finding } from './advisories/findings.ts';
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import { lintImages, type LintParts } from './lint/lint.ts';
import type { InventoryRows } from './metadata/inventory-port.ts';
import type { PackageLicences } from './metadata/finding-port.ts';
import type { Checks, Finding as GateFinding, FindingSummary } from './gate/finding-summary.ts';

const states = { checked: 'checked', checking: 'pending', failed: 'failed', unknown: 'unsupported' } as const;

/** More of them make an image no worse. */
const secretsMax = 100;

export function gateChecks(findings: Findings, inventory: Pick<InventoryRows, 'listSecrets'>, lint: LintParts, scanners: readonly string[]): Checks {
  return {
    async findingSummary(repository, image, wanted) {
      const check = await findings.describe(image);
      const { checkedAt } = check;
      const unknown = check.state === 'checked' ? unknownText(check) : undefined;
      const problem = check.problem ?? unknown;
      return {
        state: unknown !== undefined ? 'unsupported' : states[check.state],
        ...(problem !== undefined && { problem }),
        // While some of its packages are still to be compared, the date would be that of the others.
        ...(checkedAt !== undefined && check.state === 'checked' && { checkedAt }),
        ...(wanted?.configuration === true && { configuration: await configurationOf(repository, image, lint) }),
        scans: scanners.map((scanner) => toScan(scanner, check)),
        findings: toGate(findings.each(image, repository)),
        licences: toLicences(findings.eachLicence(image, repository)),
        secrets: (await inventory.listSecrets(image, { limit: secretsMax })).map(({ title, place, layer }) => ({
          what: title,
          path: place,
          ...(layer && { layer }),
        })),
      };
    },
  };
}

function toScan(scanner: string, { scans }: CheckSummary): FindingSummary['scans'][number] {
  const found = scans.find((one) => one.scanner === scanner);
  const { reportedAt, problem } = found ?? {};
  return { scanner, ...(reportedAt !== undefined && { reportedAt }), ...(problem !== undefined && { problem }) };
}

/** When nothing of all its packages could be compared with anything, an image is not clean but unknown. */
function unknownText({ packages, unknown }: CheckSummary): string | undefined {
  const count = unknown.reduce((sum, one) => sum + one.packages, 0);
  if (packages === 0 || count < packages) return undefined;
  return `no advisories are known for ${[...new Set(unknown.map(({ ecosystem }) => ecosystem))].slice(0, 5).join(', ')}`;
}

async function configurationOf(repository: RepositoryName, image: Digest, lint: LintParts): Promise<NonNullable<FindingSummary['configuration']>> {
  // Nobody in particular asks: where its base is, is not told.
  const lints = await lintImages(lint, repository, image, lint.rows.lineage.listTags);
  return {
    isWhole: lints.every(({ isWhole }) => isWhole),
    found: lints.flatMap(({ findings: found }) => found.map(({ rule, message, layer }) => ({ rule, text: message, ...(layer && { layer }) }))),
  };
}

/** One package in several places is told once: its places come one behind the other. */
async function* toGate(findings: AsyncIterable<Finding>): AsyncGenerator<GateFinding> {
  const told = new Set<string>();
  let last = '';
  for await (const { vulnerability, severity, package: installed, fixed, publishedAt, foundAt, epss, exploitedSince, rule } of findings) {
    const found = [installed.type, installed.namespace, installed.name, installed.version, installed.sbom].join('\0');
    if (found !== last) told.clear();
    last = found;
    if (told.has(vulnerability)) continue;
    told.add(vulnerability);
    yield {
      id: vulnerability,
      severity,
      package: installed.name,
      version: installed.version,
      ...(fixed !== '' && { fixedVersion: fixed }),
      knownSince: publishedAt ?? foundAt,
      ...(epss !== undefined && { epss: epss / 1e6 }),
      exploited: exploitedSince !== undefined,
      ...(rule !== undefined && { setAside: { scope: rule.scope, ...(rule.expiresAt !== undefined && { endsAt: rule.expiresAt }) } }),
    };
  }
}

async function* toLicences(packages: AsyncIterable<PackageLicences>): AsyncGenerator<{ package: string; licence: string }> {
  for await (const { package: name, licences } of packages) for (const licence of licences) yield { package: name, licence };
}
