/** The agent's side of the forwarder: what serves is written down, and the process is there and has read it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Surroundings } from '../surroundings.ts';
import { TargetError } from '../target.ts';
import { askForwarder, controlSocketName } from './forwarder.ts';
import { type ForwardTable, readForwardTable, type Serving, writeForwardTable } from './forward-table.ts';

export type Forwards = {
  read(): Promise<ForwardTable>;
  /** Leads people to it, or nobody to the instance any more. Throws TargetError when a port cannot be had: then nothing has changed. */
  lead(instance: string, serving: Serving | undefined): Promise<void>;
  /** The process runs, and leads where the table says. */
  ensure(): Promise<void>;
};

export type ForwardsOptions = {
  readonly folder: string;
  /** Starts the forwarder on the folder, whose name follows. */
  readonly command: readonly string[];
  readonly surroundings: Surroundings;
};

const startTries = 50;
const betweenTriesMs = 100;

export function openForwards({ folder, command, surroundings: { sleep } }: ForwardsOptions): Forwards {
  const control = join(folder, controlSocketName);

  async function reload(): Promise<string | undefined> {
    for (let tried = 0; ; tried++) {
      try {
        return await askForwarder(control);
      } catch (error) {
        if (tried === 0) start();
        else if (tried === startTries) throw new Error('the process that leads connections cannot be started', { cause: error });
        await sleep(betweenTriesMs);
      }
    }
  }

  function start(): void {
    const [program = '', ...args] = command;
    // Of a session of its own: what ends the agent does not end it.
    spawn(program, [...args, folder], { detached: true, stdio: 'ignore', cwd: '/' }).unref();
  }

  return {
    read: () => readForwardTable(folder),

    async lead(instance, serving) {
      const before = await readForwardTable(folder);
      const { [instance]: _former, ...others } = before;
      const after = serving === undefined ? others : { ...others, [instance]: serving };
      await writeForwardTable(folder, after);
      if (!leadsAny(before) && !leadsAny(after)) return;
      const complaint = await reload();
      if (complaint === undefined) return;
      await writeForwardTable(folder, before);
      await reload();
      throw new TargetError(complaint);
    },

    async ensure() {
      if (leadsAny(await readForwardTable(folder))) await reload();
    },
  };
}

/** Without ports there is nothing to lead, as with a target that is a command. */
function leadsAny(table: ForwardTable): boolean {
  return Object.values(table).some(({ forwards }) => forwards.length > 0);
}
