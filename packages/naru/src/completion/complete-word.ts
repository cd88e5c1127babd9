/** What a word of a command may name: local images, tags of a registry, registries with a log-in. */
import { homedir } from 'node:os';
import type { CommandContext } from '@naru/client/commands/command';
import { openSession } from '@naru/client/commands/session';
import { readContainers } from '@naru/client/container/image-users';
import { listVolumes } from '@naru/client/container/volumes';
import { configuredRegistries } from '@naru/client/credentials/configured-registries';
import { english } from '@naru/client/language/english';
import { dataRoot } from '@naru/client/layout/data-root';
import { openImageReader } from '@naru/client/layout/open-image-reader';
import { settingKeys } from '@naru/client/routing/setting-path';
import { systemClock } from '@naru/client/runtime/clock';
import { familiarString, parseReference } from '@naru/oci/reference';
import { version } from '@naru/server/runtime/version';
import type { Completable } from '../command-spec.ts';
import { environment, hideProxiesFromRuntime } from '../environment.ts';
import type { Candidate, Completion } from './complete.ts';

/** Whoever presses Tab waits no longer for a registry. */
const registryTimeoutMs = 1000;
const tagsMax = 200;

export async function completeWord(what: Completable, { current, given }: { readonly current: string; readonly given: number }): Promise<Completion> {
  switch (what) {
    case 'image':
      return localImages();
    case 'remote-image':
      return [...localImages(), ...(await remoteTags(current))];
    case 'registry':
      return (await configuredRegistries({ environment, homeFolder: homedir() })).map((value) => ({ value }));
    case 'setting':
      return given === 0 ? settingKeys.map((value) => ({ value })) : [];
    case 'file':
      return given === 0 ? 'file' : [];
    case 'container':
      return readContainers(dataRoot(undefined, environment, homedir()), systemClock).map(({ name, spec, state }) => ({
        value: name,
        about: `${spec.image} ${state.status}`,
      }));
    case 'volume':
      return listVolumes(dataRoot(undefined, environment, homedir())).map(({ name }) => ({ value: name }));
  }
}

function localImages(): Candidate[] {
  try {
    using store = openImageReader(dataRoot(undefined, environment, homedir()), systemClock);
    return store
      .listImages()
      .flatMap(({ refs }) => refs.flatMap(({ name, kind }) => (kind === 'tag' ? [{ value: familiarString(parseReference(name)) }] : [])));
  } catch {
    return []; // there is no store yet
  }
}

/** Of `NAME:` the tags. */
async function remoteTags(current: string): Promise<Candidate[]> {
  const colon = current.lastIndexOf(':');
  if (colon <= current.lastIndexOf('/')) return [];
  const name = current.slice(0, colon);
  hideProxiesFromRuntime();
  const session = await openSession({ name: 'remote tags', values: {}, switches: new Set() }, silentContext());
  const { repository } = await session.open(session.parseName(name));
  const tags: Candidate[] = [];
  for await (const tag of repository.listTags({ signal: AbortSignal.timeout(registryTimeoutMs) })) {
    tags.push({ value: `${name}:${tag}` });
    if (tags.length >= tagsMax) break;
  }
  return tags;
}

/** Nothing may be printed, and nobody asked, in the middle of somebody's line. */
function silentContext(): CommandContext {
  const nothing = () => Promise.resolve();
  const noListener = () => ({ [Symbol.dispose]: () => undefined });
  return {
    terminal: {
      out: nothing,
      err: nothing,
      columns: () => undefined,
      isInteractive: () => false,
      ask: () => Promise.reject(new Error('nobody is asked')),
      readAllInput: () => Promise.resolve(''),
      size: () => undefined,
      onResize: noListener,
      passKeys: noListener,
    },
    streams: { async *input() {}, output: nothing, errors: nothing, isInputTerminal: () => false, isOutputTerminal: () => false },
    clock: systemClock,
    texts: english,
    environment,
    homeFolder: homedir(),
    version,
    processId: process.pid,
    onSignal: noListener,
  };
}
