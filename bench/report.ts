/** The results as Markdown: readable on a terminal, and ready to be kept in bench/README.md. */
import { compareWithBudget, pushFloor } from './budget.ts';
import { type Results, type ScenarioResults, spreadIn } from './results.ts';
import type { Metric } from './scenarios/scenario.ts';
import type { Spread } from './statistics.ts';

export function report(results: Results): string {
  return [machineText(results), peersText(results), tableOf(results), floorText(results), budgetText(results), failuresText(results)]
    .filter((text) => text !== '')
    .join('\n\n');
}

function machineText({ machine, command, startedAt, tookSeconds }: Results): string {
  const facts = Object.entries(machine).map(([name, value]) => `${name} ${value}`);
  return `\`${command}\`, ${startedAt.slice(0, 10)}, ${Math.round(tookSeconds)} s. ${facts.join(', ')}.`;
}

function peersText({ peers }: Results): string {
  const lines = peers.map(
    ({ name, version, setUp, doesNot }) => `- **${name}** ${version}: ${setUp}.${doesNot.length === 0 ? '' : ` Does not: ${doesNot.join('; ')}.`}`,
  );
  return lines.join('\n');
}

/** One row per scenario and metric, one column per peer. Median, and in brackets the ends. */
function tableOf(results: Results): string {
  const peers = results.peers.map(({ name }) => name);
  const rows = results.scenarios.flatMap((scenario) => scenario.metrics.map((metric, index) => rowOf(results, scenario, metric, index === 0, peers)));
  return markdownTable(['', 'unit', ...peers], rows);
}

function rowOf(results: Results, scenario: ScenarioResults, metric: Metric, first: boolean, peers: readonly string[]): string[] {
  const cells = peers.map((peer) => spreadText(spreadIn(results, scenario.id, peer, metric.key), metric.digits));
  return [first ? scenario.title : '', metric.unit, ...cells];
}

function floorText(results: Results): string {
  if (results.floor === undefined) return '';
  const { hash, sync, cp, openssl } = results.floor;
  const sums = [pushFloor(results, 1), pushFloor(results, 8)].map((sum) => sum?.toFixed(2) ?? '–').join(' and ');
  const parts = `SHA-256 ${spreadText(hash, 2)} (${openssl}), beside it sync ${spreadText(sync, 2)} and cp ${spreadText(cp, 2)}`;
  return `Parts of a push, CPU s/GB: ${parts}. Hash and nginx's PUT, the floor, are ${sums} with 1 and 8 clients.`;
}

function budgetText(results: Results): string {
  const rows = compareWithBudget(results).map(({ what, promise, found, verdict }) => [what, promise, found, verdict]);
  return markdownTable(['budget', 'promise', 'found', ''], rows);
}

function failuresText({ failures }: Results): string {
  return failures.length === 0 ? '' : `FAILED:\n${failures.map((text) => `- ${text}`).join('\n')}`;
}

function spreadText(spread: Spread | undefined, digits: number): string {
  if (spread === undefined) return '–';
  const { median, min, max } = spread;
  return min === max ? median.toFixed(digits) : `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

/** Columns are padded, so that the table can be read as it is. */
function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const lineOf = (cells: readonly string[]): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [lineOf(head), lineOf(widths.map((width) => '-'.repeat(width))), ...rows.map(lineOf)].join('\n');
}
