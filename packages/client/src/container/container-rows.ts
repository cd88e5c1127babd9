/**
 * The rows of containers, on SQLite beside the images'. One change is one transaction, so two commands
 * never get one name, and a process that is killed leaves a row whole or unchanged. Whoever starts,
 * settles or removes a container claims it first; a claim ends with its process.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { folderMode } from '../layout/durable-file.ts';
import { currentOwner, isRunning } from '../layout/process-owner.ts';
import { openRows } from '../layout/rows.ts';
import type { RemoteClock } from '../remote/clock.ts';
import { type Container, ContainerError, type ContainerState } from './container.ts';
import { containersDatabase } from './container-paths.ts';

export interface ContainerRows extends Disposable {
  /** The newest first. */
  list(): Container[];
  get(id: string): Container | undefined;
  /** By name, id, or the beginning of an id. Throws ContainerError. */
  find(text: string): Container;
  /** Claimed from its beginning. Throws ContainerError when the name is taken. */
  insert(container: Container): void;
  /** Undefined when it is gone by now. */
  change(id: string, change: Partial<ContainerState>): Container | undefined;
  remove(id: string): void;
  /** While `work` runs nobody makes, changes or removes a container. */
  exclusively<Result>(work: (containers: readonly Container[]) => Result): Result;
  /** Alone with the container; `work` gets its row as it is then. Undefined when it is gone. */
  claimed<Result>(id: string, work: (container: Container) => Promise<Result>): Promise<Result | undefined>;
}

type Row = { id: string; name: string; created_at: number; spec: string; state: string; claimed_by: string };

export function openContainerRows(root: string, clock: RemoteClock): ContainerRows {
  mkdirSync(join(root, 'containers'), { recursive: true, mode: folderMode });
  const rows = openRows(containersDatabase(root));
  rows.run(
    'create table if not exists container (id text primary key, name text not null unique, created_at integer not null, spec text not null, state text not null, claimed_by text not null)',
  );

  const select = (where: string, ...values: string[]): Container[] =>
    rows.all<Row>(`select * from container ${where} order by created_at desc, id`, ...values).map(containerOf);
  const get = (id: string): Container | undefined => select('where id = ?', id)[0];

  async function claim(id: string): Promise<boolean> {
    for (;;) {
      const outcome = rows.transaction((): 'mine' | 'gone' | 'busy' => {
        const [row] = rows.all<Row>('select * from container where id = ?', id);
        if (row === undefined) return 'gone';
        if (row.claimed_by !== '' && isRunning(row.claimed_by)) return 'busy';
        rows.run('update container set claimed_by = ? where id = ?', currentOwner(), id);
        return 'mine';
      });
      if (outcome !== 'busy') return outcome === 'mine';
      await clock.sleep(pollMs);
    }
  }

  return {
    list: () => select(''),
    get,
    find(text) {
      const [exact] = select('where name = ?1 or id = ?1', text.replace(/^\//, ''));
      if (exact !== undefined) return exact;
      const [found, another] = /^[0-9a-f]+$/.test(text) ? select("where id like ? || '%'", text) : [];
      if (another !== undefined) throw new ContainerError(`Multiple IDs found with provided prefix: ${text}`);
      if (found === undefined) throw new ContainerError(`No such container: ${text}`);
      return found;
    },
    insert: ({ id, name, createdAt, spec, state }) =>
      rows.transaction(() => {
        const [other] = select('where name = ?', name);
        if (other !== undefined) {
          throw new ContainerError(
            `Conflict. The container name "/${name}" is already in use by container "${other.id}". You have to remove (or rename) that container to be able to reuse that name.`,
          );
        }
        rows.run('insert into container values (?, ?, ?, ?, ?, ?)', id, name, createdAt, JSON.stringify(spec), JSON.stringify(state), '');
      }),
    change: (id, change) =>
      rows.transaction(() => {
        const container = get(id);
        if (container === undefined) return undefined;
        const state = { ...container.state, ...change };
        rows.run('update container set state = ? where id = ?', JSON.stringify(state), id);
        return { ...container, state };
      }),
    remove: (id) => void rows.run('delete from container where id = ?', id),
    exclusively: (work) => rows.transaction(() => work(select(''))),
    async claimed(id, work) {
      if (!(await claim(id))) return undefined;
      try {
        const container = get(id);
        return container && (await work(container));
      } finally {
        rows.run("update container set claimed_by = '' where id = ?", id);
      }
    },
    [Symbol.dispose]: () => rows.close(),
  };
}

const pollMs = 50;

function containerOf({ id, name, created_at, spec, state }: Row): Container {
  return { id, name, createdAt: created_at, spec: JSON.parse(spec) as Container['spec'], state: JSON.parse(state) as ContainerState }; // written above
}
