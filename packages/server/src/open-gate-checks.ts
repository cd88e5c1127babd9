/** Tells the gate what is vulnerable in an image, in the gate's words. */
import type { Check, Findings } from './advisories/findings.ts';
import type { Digest } from '@naru/oci/digest';
import type { RepositoryName } from '@naru/oci/repository-name';
import { lintImages, type LintParts } from './lint/lint.ts';
import type { InventoryRows } from './metadata/inventory-port.ts';
import type { Checks, FindingSummary } from './gate/finding-summary.ts';

const states = { checked: 'checked', checking: 'pending', failed: 'failed', unknown: 'unsupported' } as const;

/** More of them make an image no worse. */
const secretsMax = 100;

export function gateChecks(findings: Findings, inventory: Pick<InventoryRows, 'listSecrets'>, lint: LintParts, scanners: readonly string[]): Checks {
  return {
    async findingSummary(repository, image, wanted) {
      const check = await findings.check(image, repository);
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
        findings: toGate(check),
        licences: await findings.listLicences(image, repository),
        secrets: (await inventory.listSecrets(image, { limit: secretsMax })).map(({ title, place, layer }) => ({
          what: title,
          path: place,
          ...(layer && { layer }),
        })),
      };
    },
  };
}

function toScan(scanner: string, { scans }: Check): FindingSummary['scans'][number] {
  const found = scans.find((one) => one.scanner === scanner);
  const { reportedAt, problem } = found ?? {};
  return { scanner, ...(reportedAt !== undefined && { reportedAt }), ...(problem !== undefined && { problem }) };
}

/** When nothing of all its packages could be compared with anything, an image is not clean but unknown. */
function unknownText({ packages, unknown }: Check): string | undefined {
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

function toGate(check: Check): FindingSummary['findings'] {
  return check.findings.map(({ vulnerability, severity, package: { name, version }, fixed, publishedAt, foundAt, epss, exploitedSince, rule }) => ({
    id: vulnerability,
    severity,
    package: name,
    version,
    ...(fixed !== '' && { fixedVersion: fixed }),
    knownSince: publishedAt ?? foundAt,
    ...(epss !== undefined && { epss: epss / 1e6 }),
    exploited: exploitedSince !== undefined,
    ...(rule !== undefined && { setAside: { scope: rule.scope, ...(rule.expiresAt !== undefined && { endsAt: rule.expiresAt }) } }),
  }));
}
