/** What a run has found, as it is written to the JSON file and read by the report. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Floor } from './floor.ts';
import type { Machine } from './measure/machine.ts';
import type { Metric, Sample } from './scenarios/scenario.ts';
import { type Spread, spreadOf } from './statistics.ts';

export type Results = {
  readonly startedAt: string;
  readonly command: string;
  readonly size: object;
  readonly machine: Machine;
  readonly peers: readonly PeerFacts[];
  readonly floor: Floor | undefined;
  readonly scenarios: readonly ScenarioResults[];
  /** Peers that failed at a scenario, in words. A run with failures is no result. */
  readonly failures: readonly string[];
  readonly tookSeconds: number;
};

export type PeerFacts = { readonly name: string; readonly version: string; readonly kind: string; readonly setUp: string; readonly doesNot: readonly string[] };

export type ScenarioResults = {
  readonly id: string;
  readonly title: string;
  readonly metrics: readonly Metric[];
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
};

/** The middle and the ends of a metric over the repetitions. Undefined when the peer was not measured. */
export function spreadIn(results: Pick<Results, 'scenarios'>, id: string, peer: string, metric: string): Spread | undefined {
  const samples = results.scenarios.find((scenario) => scenario.id === id)?.samples[peer];
  const values = (samples ?? []).map((sample) => sample[metric]).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : spreadOf(values);
}

/** Gives the path of the file. */
export function saveResults(results: Results): string {
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${results.startedAt.replaceAll(/[:.]/g, '-')}.json`);
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
  return path;
}
