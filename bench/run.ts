/**
 * The benchmark: `npm run bench`, with flags after `--`. It starts every server that it finds on
 * PATH itself, measures them in turn (A B C A B C), prints a table and writes results/<time>.json.
 * What the numbers mean and what they do not is in README.md beside this file.
 */
import { measureFloor } from './floor.ts';
import { isOnPath } from './load/programs.ts';
import { machineFacts } from './measure/machine.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { allPeers } from './peers/all.ts';
import type { Peer } from './peers/peer.ts';
import { killAllServers } from './peers/server-process.ts';
import { report } from './report.ts';
import { type Results, saveResults, type ScenarioResults } from './results.ts';
import { makeBigBlobs, makeImage } from './sample.ts';
import { allScenarios } from './scenarios/all.ts';
import type { Bench, Sample, Scenario } from './scenarios/scenario.ts';
import { Scratch } from './scratch.ts';

const needed = ['curl', 'wrk'];

await main(parseOptions(process.argv.slice(2)));

async function main(options: Options): Promise<void> {
  if (options.help) return console.log(usage);
  const missing = needed.filter((program) => !isOnPath(program));
  if (missing.length > 0) throw new Error(`${missing.join(' and ')} must be on PATH: they send the load. On Debian: apt-get install ${missing.join(' ')}`);
  await using scratch = new Scratch(options.folder);
  cleanUpOnSignal(scratch);
  const results = await runAll(options, scratch);
  console.log(`\n${report(results)}\n\nwritten to ${saveResults(results)}`);
  if (results.failures.length > 0) process.exitCode = 1;
}

async function runAll(options: Options, scratch: Scratch): Promise<Results> {
  const begunAt = performance.now();
  const startedAt = new Date().toISOString();
  const machine = machineFacts(scratch.path);
  const peers = allPeers.filter((peer) => (options.peers.length === 0 || options.peers.includes(peer.name)) && peer.findVersion() !== undefined);
  const scenarios = allScenarios.filter((scenario) => isAskedFor(scenario, options));
  const bigBlobs = await scratch.once('sample', (path) => makeBigBlobs(path, options.size.bigBlobs.pushesByEight));
  const bench: Bench = { size: options.size, scratch, bigBlobs, image: makeImage() };
  const floor = scenarios.some(({ id }) => id.startsWith('push')) ? await measureFloor(bigBlobs, scratch.path, options.size.repetitions) : undefined;
  const failures: string[] = [];
  const measured: ScenarioResults[] = [];
  for (const scenario of scenarios) measured.push(await repeat(scenario, peers, bench, failures));
  return {
    startedAt,
    command: ['npm run bench --', ...process.argv.slice(2)].join(' ').replace(/ --$/, ''),
    size: options.size,
    machine,
    peers: peers.map((peer) => ({ name: peer.name, version: peer.findVersion() ?? '', kind: peer.kind, setUp: peer.setUp, doesNot: peer.doesNot })),
    floor,
    scenarios: measured,
    failures,
    tookSeconds: (performance.now() - begunAt) / 1000,
  };
}

function isAskedFor({ id, fullRunOnly }: Scenario, { only, size }: Options): boolean {
  if (only.length > 0) return only.some((part) => id.includes(part));
  return size.name === 'full' || fullRunOnly !== true;
}

/** Peer after peer, then all again, so that a slow minute of the machine is everyone's. */
async function repeat(scenario: Scenario, peers: readonly Peer[], bench: Bench, failures: string[]): Promise<ScenarioResults> {
  const samples: Record<string, Sample[]> = {};
  const repetitions = Math.min(bench.size.repetitions, scenario.mostRepetitions ?? bench.size.repetitions);
  for (let repetition = 1; repetition <= repetitions; repetition += 1) {
    for (const peer of peers.filter((one) => scenario.suits(one))) {
      process.stderr.write(`${scenario.id} ${repetition}/${repetitions} ${peer.name}: `);
      try {
        const sample = await scenario.run(bench, peer);
        if (sample !== undefined) (samples[peer.name] ??= []).push(sample);
        process.stderr.write(`${showSample(sample)}\n`);
      } catch (error) {
        failures.push(`${scenario.id}, ${peer.name}: ${String(error)}`);
        process.stderr.write(`failed: ${String(error)}\n`);
      }
    }
  }
  return { id: scenario.id, title: scenario.title, metrics: scenario.metrics, samples };
}

function showSample(sample: Sample | undefined): string {
  if (sample === undefined) return 'cannot';
  return Object.entries(sample)
    .map(([key, value]) => `${key} ${Number(value.toPrecision(4))}`)
    .join(', ');
}

function cleanUpOnSignal(scratch: Scratch): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      killAllServers();
      scratch.removeNow();
      process.exit(130);
    });
  }
}
