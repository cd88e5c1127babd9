/** `naru volume …`: folders that containers share and that outlive them. */
import { ContainerError } from '../container/container.ts';
import { folderBytes } from '../container/folder-bytes.ts';
import { isAnonymous, listVolumes, makeVolume, removeVolume, sweepVolumes, usersOf, type Volume } from '../container/volumes.ts';
import { checkVolumeName } from '../container/container-options.ts';
import { parseBoolean, parseFilters } from '../filter/parse-filters.ts';
import { formatList } from '../format/list-format.ts';
import { humanSize } from '../format/human-size.ts';
import { rfc3339 } from '../format/time-text.ts';
import { randomId } from '../runtime/random-id.ts';
import type { ClientCommand, ClientCommandLine } from './command.ts';
import { complaining, forEachWord, withContainers } from './container-command.ts';
import { exitCodes } from './image-command.ts';
import { printDocuments } from './inspect-documents.ts';
import { jsonDocument } from './json-document.ts';
import { volumeHeader, volumeRow } from './volume-rows.ts';

export const volumeLs: ClientCommand = (line, context) =>
  withContainers(line, context, async ({ root, rows }) => {
    const { switches, values } = line;
    const format = values['format'] ?? 'table';
    const chosen = chooseVolumes(line, listVolumes(root), (name) => usersOf(rows.list(), name).length > 0);
    if (switches.has('json')) {
      await context.terminal.out(jsonDocument(chosen.map(({ name, path, createdAt }) => ({ name, path, created: new Date(createdAt).toISOString() }))));
      return exitCodes.done;
    }
    const table = switches.has('quiet') ? '{{.Name}}' : 'table {{.Driver}}\t{{.Name}}';
    await context.terminal.out(
      formatList(
        format === 'table' ? table : format,
        volumeHeader,
        chosen.map((volume) => volumeRow(volume)),
      ),
    );
    return exitCodes.done;
  });

export const volumeCreate: ClientCommand = (line, context) =>
  complaining(context, () =>
    withContainers(line, context, async ({ root }) => {
      const [name = randomId()] = line.words ?? [];
      makeVolume(root, checkVolumeName(name));
      await context.terminal.out(`${name}\n`);
      return exitCodes.done;
    }),
  );

export const volumeRm: ClientCommand = (line, context) =>
  withContainers(line, context, ({ root, rows }) =>
    forEachWord(line, context, (name) => {
      const isThere = listVolumes(root).some((volume) => volume.name === name);
      if (isThere || !line.switches.has('force')) removeVolume(root, rows, name);
      return Promise.resolve(name);
    }),
  );

export const volumeInspect: ClientCommand = (line, context) =>
  withContainers(line, context, ({ root }) =>
    printDocuments(line, context, (name) => {
      const found = findVolume(root, name);
      return Promise.resolve(found === undefined ? { problem: `Error response from daemon: get ${name}: no such volume` } : volumeDocument(found));
    }),
  );

export const volumePrune: ClientCommand = async (line, context) => {
  const { terminal, clock } = context;
  const isAll = line.switches.has('all');
  if (!line.switches.has('force')) {
    const what = `${isAll ? 'all' : 'anonymous'} local volumes not used by at least one container`;
    const answer = await terminal.ask(`WARNING! This will remove ${what}.\nAre you sure you want to continue? [y/N] `).catch(() => '');
    if (!/^y(es)?$/i.test(answer.trim())) {
      await terminal.err('volume prune has been cancelled\n');
      return exitCodes.failed;
    }
  }
  return withContainers(line, context, async ({ root, rows }) => {
    sweepVolumes(root, clock.now());
    const unused = listVolumes(root).filter(({ name }) => (isAll || isAnonymous(name)) && usersOf(rows.list(), name).length === 0);
    let freedBytes = 0;
    const removed: string[] = [];
    for (const { name, path } of unused) {
      const bytes = folderBytes(path);
      try {
        removeVolume(root, rows, name);
      } catch (error) {
        if (error instanceof ContainerError) continue; // somebody was faster, or uses it now
        throw error;
      }
      freedBytes += bytes;
      removed.push(`${name}\n`);
    }
    await terminal.out(`${removed.length === 0 ? '' : `Deleted Volumes:\n${removed.join('')}\n`}Total reclaimed space: ${humanSize(freedBytes, 4)}\n`);
    return exitCodes.done;
  });
};

export function findVolume(root: string, name: string): Volume | undefined {
  return listVolumes(root).find((volume) => volume.name === name);
}

export function volumeDocument({ name, path, createdAt }: Volume): object {
  return { CreatedAt: rfc3339(createdAt), Driver: 'local', Labels: null, Mountpoint: path, Name: name, Options: null, Scope: 'local' };
}

function chooseVolumes({ lists = {} }: ClientCommandLine, volumes: readonly Volume[], isUsed: (name: string) => boolean): Volume[] {
  const filters = parseFilters(lists['filter'] ?? [], ['dangling', 'name']);
  const dangling = filters.has('dangling') ? parseBoolean('dangling', filters.get('dangling') ?? []) : undefined;
  const names = filters.get('name') ?? [];
  return volumes.filter(
    ({ name }) => (dangling === undefined || isUsed(name) !== dangling) && (names.length === 0 || names.some((part) => name.includes(part))),
  );
}
