/** The flags of `npm run bench`, and how much work each of the two sizes of a run does. */
import { parseArgs } from 'node:util';

export type Options = {
  readonly size: RunSize;
  /** Part of a scenario's id; empty: all of them. */
  readonly only: readonly string[];
  /** Names of peers; empty: whatever is on PATH. */
  readonly peers: readonly string[];
  /** Where the data of all servers goes: one file system for all. */
  readonly folder: string | undefined;
  readonly help: boolean;
};

export type RunSize = {
  readonly name: 'full' | 'quick';
  readonly repetitions: number;
  /** Seconds that small requests are sent for, and before that to warm up. */
  readonly loadSeconds: number;
  readonly warmUpSeconds: number;
  readonly bigBlobs: { readonly pullsPerClient: number; readonly pushesByOne: number; readonly pushesByEight: number };
  readonly smallPushes: number;
  readonly listEntries: number;
  readonly storedManifests: number;
  readonly access: { readonly users: number; readonly organisations: number; readonly grantsPerOrganisation: number };
  readonly advisories: { readonly images: number; readonly advisories: number };
  readonly layer: { readonly repeats: number; readonly slowPullers: number };
};

const full: RunSize = {
  name: 'full',
  repetitions: 3,
  loadSeconds: 2,
  warmUpSeconds: 1,
  bigBlobs: { pullsPerClient: 8, pushesByOne: 5, pushesByEight: 8 },
  smallPushes: 600,
  listEntries: 100_000,
  storedManifests: 1_000_000,
  access: { users: 100_000, organisations: 10_000, grantsPerOrganisation: 100 },
  advisories: { images: 10_000, advisories: 300_000 },
  layer: { repeats: 100, slowPullers: 200 }, // of 100 MiB: 10.5 GB
};

const quick: RunSize = {
  name: 'quick',
  repetitions: 1,
  loadSeconds: 1,
  warmUpSeconds: 1,
  bigBlobs: { pullsPerClient: 2, pushesByOne: 2, pushesByEight: 8 },
  smallPushes: 200,
  listEntries: 10_000,
  storedManifests: 100_000,
  access: { users: 10_000, organisations: 1000, grantsPerOrganisation: 100 },
  advisories: { images: 1000, advisories: 30_000 },
  layer: { repeats: 5, slowPullers: 50 },
};

export const usage = `npm run bench -- [--quick] [--only ID,…] [--peers NAME,…] [--folder DIR]

  --quick    a look in two minutes: one repetition, shorter loads, 10 000 list entries
  --only     scenarios whose id contains one of these, for example --only pull,manifest
  --peers    only these of the servers on PATH (naru, naru-no-access-log, distribution-3,
             distribution-2, olareg, zot, nginx)
  --folder   put the data of all servers here instead of the system's temporary folder`;

export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      peers: { type: 'string', default: '' },
      folder: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  return { size: values.quick ? quick : full, only: commaList(values.only), peers: commaList(values.peers), folder: values.folder, help: values.help };
}

function commaList(text: string): string[] {
  return text.split(',').filter((word) => word !== '');
}
