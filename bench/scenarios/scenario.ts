/**
 * One thing that is measured. A scenario gives numbers by the names of its metrics; the runner
 * repeats it, peer by peer in turn, and the report takes the middle.
 */
import type { Options } from '../options.ts';
import type { Peer } from '../peers/peer.ts';
import type { SampleBlob, SampleImage } from '../sample.ts';
import type { Scratch } from '../scratch.ts';

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly metrics: readonly Metric[];
  /** Most repetitions that make sense; the run's size may ask for fewer. */
  readonly mostRepetitions?: number;
  /** A quick run leaves it out unless it is asked for by `--only`: another scenario says nearly the same. */
  readonly fullRunOnly?: true;
  suits(peer: Peer): boolean;
  /** Undefined when it turns out that the peer cannot do it. */
  run(bench: Bench, peer: Peer): Promise<Sample | undefined>;
}

/** The first metric of a scenario is the one that it is about. */
export type Metric = { readonly key: string; readonly unit: string; readonly digits: number };
export type Sample = Readonly<Record<string, number>>;

export type Bench = {
  readonly size: Options['size'];
  readonly scratch: Scratch;
  readonly bigBlobs: readonly SampleBlob[];
  readonly image: SampleImage;
};

export const everyone = (): boolean => true;
export const everyServer = (peer: Peer): boolean => peer.kind !== 'variant';
export const registries = (peer: Peer): boolean => peer.kind === 'registry';
export const registriesAndVariants = (peer: Peer): boolean => peer.kind !== 'limit';
