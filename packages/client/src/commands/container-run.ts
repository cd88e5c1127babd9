/** `naru run`: the image from the local store, pulled when it is missing, and a container of it. */
import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonObject } from '@naru/oci/manifest-json';
import { withDefaultTag } from '@naru/oci/reference';
import { checkName, parseMount, parsePorts, parseRestart } from '../container/container-options.ts';
import { type Container, ContainerError, type ContainerSpec, type Network } from '../container/container.ts';
import { containerPaths } from '../container/container-paths.ts';
import { type Lives, removeContainer, settle, startContainer } from '../container/container-life.ts';
import { processOf } from '../container/container-process.ts';
import { openLog } from '../container/log-file.ts';
import { chooseRuntime } from '../container/oci-runtime.ts';
import { needPrograms } from '../container/programs.ts';
import { wantedPlatform } from '../copy/host-platform.ts';
import { pullImage } from '../copy/pull-image.ts';
import { findImage } from '../layout/find-image.ts';
import type { Image } from '../layout/image.ts';
import { configMaxBytes, parseImageConfig } from '../layout/image-config.ts';
import { currentOwner } from '../layout/process-owner.ts';
import { createLineWriter } from '../progress/line-writer.ts';
import { randomId } from '../runtime/random-id.ts';
import type { ClientCommand, ClientCommandLine, CommandContext } from './command.ts';
import { withContainers } from './container-command.ts';
import { changeStore, daemonText, readStore } from './image-command.ts';
import { openSession } from './session.ts';
import { withTransfer } from './transfer-session.ts';

const pollMs = 50;

export const containerRun: ClientCommand = async (line, context) => {
  try {
    return await run(line, context);
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error;
    await context.terminal.err(`naru: ${daemonText(error.message)}\n\nRun 'naru run --help' for more information\n`);
    return error.exitCode;
  }
};

async function run(line: ClientCommandLine, context: CommandContext): Promise<number> {
  const { values, switches, words = [] } = line;
  if (process.getuid?.() !== 0) throw new ContainerError('running containers needs root here: try again with sudo');
  needPrograms('conmon', 'umoci', 'unshare', 'mount');
  const asked = askedFor(line);
  if (asked.network === 'default') needPrograms('slirp4netns');
  const runtime = await chooseRuntime(values['runtime']);
  const imageName = words[0] ?? '';
  const image = (await findLocal(line, context, imageName)) ?? (await pullMissing(line, context, imageName));

  return withContainers(line, context, async (lives) => {
    const container = await changeStore(line, context, (store) => {
      const config = parseImageConfig(store.readBlob(image.id, configMaxBytes)).json['config'];
      const id = randomId();
      const spec = specOf(line, isJsonObject(config) ? config : {}, { ...asked, id, image, runtime });
      const made: Container = {
        id,
        name: values['name'] === undefined ? `naru_${id.slice(0, 12)}` : checkName(values['name']),
        createdAt: context.clock.now(),
        spec: switches.has('detach') ? spec : { ...spec, foreground: currentOwner() },
        state: { status: 'created', exitCode: 0, restartCount: 0, backOffMs: 0, isStopWanted: false },
      };
      // From here on nobody removes the image without force; until here somebody may have.
      store.change((changes) => {
        if (!changes.listImages().some(({ id: each }) => each === image.id)) throw new ContainerError(`No such image: ${imageName}`);
        lives.rows.insert(made);
      });
      return made;
    });
    try {
      await startContainer(lives, container.id);
    } catch (error) {
      if (container.spec.removeAtEnd) await removeContainer(lives, container, { force: true, volumes: true });
      throw error;
    }
    if (switches.has('detach')) {
      await context.terminal.out(`${container.id}\n`);
      return 0;
    }
    return follow(lives, container, context);
  });
}

/** What it prints, until it ends; then its own exit code. */
async function follow(lives: Lives, { id, spec }: Container, { terminal, clock }: CommandContext): Promise<number> {
  const log = openLog(containerPaths(lives.root, id).log);
  const out = createLineWriter((text) => terminal.out(text));
  const err = createLineWriter((text) => terminal.err(text));
  const copy = async () => {
    for (const { isError, text } of log.read()) (isError ? err : out).write(Buffer.from(text, 'latin1').toString());
    await Promise.all([out.flush(), err.flush()]);
  };
  for (;;) {
    await copy();
    const container = lives.rows.get(id);
    if (container === undefined) return 137; // removed by force
    if (container.state.status === 'exited') {
      await copy();
      if (spec.removeAtEnd) await removeContainer(lives, container, { force: true, volumes: true });
      return container.state.exitCode;
    }
    if (container.state.status === 'running' && processOf(container) === undefined) await settle(lives, id);
    else await clock.sleep(pollMs);
  }
}

async function findLocal(line: ClientCommandLine, context: CommandContext, name: string): Promise<Image | undefined> {
  return readStore(line, context, (store) => findImage(store.listImages(), name).found?.image);
}

/** Docker says all of this on standard error: standard output is the container's. */
async function pullMissing(line: ClientCommandLine, context: CommandContext, name: string): Promise<Image> {
  const session = await openSession(line, context);
  const reference = withDefaultTag(session.parseName(name));
  const { err } = context.terminal;
  await err(`Unable to find image '${name}${reference.tag === 'latest' && !name.endsWith(':latest') ? ':latest' : ''}' locally\n`);
  const terminal = { ...context.terminal, out: err };
  try {
    await withTransfer(line, { ...context, terminal }, { session, reference }, async (transfer) => {
      const { isNewer } = await pullImage(transfer, reference, wantedPlatform(line.values['platform'], context.environment, process.arch));
      transfer.progress.line(`Status: ${isNewer ? 'Downloaded newer image' : 'Image is up to date'} for ${transfer.familiar(reference)}`);
    });
  } catch (error) {
    throw new ContainerError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  const image = await findLocal(line, context, name);
  if (image === undefined) throw new ContainerError(`No such image: ${name}`);
  return image;
}

type Asked = Pick<ContainerSpec, 'ports' | 'mounts' | 'network' | 'restart' | 'environment'>;

/** What can be wrong about the flags is found before anything is pulled. */
function askedFor({ values, switches, lists = {} }: ClientCommandLine): Asked {
  const network = values['network'] ?? 'default';
  if (!['none', 'host', 'default', 'bridge'].includes(network)) throw new ContainerError(`network ${network} not found`);
  const restart = parseRestart(values['restart'] ?? 'no');
  if (switches.has('rm') && restart.name !== 'no') throw new ContainerError('conflicting options: cannot specify both --restart and --rm');
  return {
    ports: (lists['publish'] ?? []).flatMap(parsePorts),
    mounts: (lists['volume'] ?? []).map((text) => parseMount(text, randomId)),
    network: (network === 'bridge' ? 'default' : network) as Network, // one of the four, as checked
    restart,
    environment: [...(lists['env-file'] ?? []).flatMap(readEnvironmentFile), ...(lists['env'] ?? [])],
  };
}

function readEnvironmentFile(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .map((text) => text.trimStart())
      .filter((text) => text !== '' && !text.startsWith('#'));
  } catch (error) {
    throw new ContainerError(
      `open ${path}: ${error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'no such file or directory' : String(error)}`,
    );
  }
}

/** The image's word, and over it what was asked for. */
function specOf(
  { values, switches, lists = {}, words = [] }: ClientCommandLine,
  config: JsonObject,
  { id, image, runtime, ...asked }: Asked & { readonly id: string; readonly image: Image; readonly runtime: string },
): ContainerSpec {
  const ownArgs = words.slice(1);
  const entrypoint = values['entrypoint'] === undefined ? strings(config['Entrypoint']) : values['entrypoint'] === '' ? [] : [values['entrypoint']];
  const command = ownArgs.length > 0 || values['entrypoint'] !== undefined ? ownArgs : strings(config['Cmd']);
  const args = [...entrypoint, ...command];
  if (args.length === 0) throw new ContainerError('no command specified');
  const environment = new Map(
    [...strings(config['Env']), ...asked.environment].filter((entry) => entry.includes('=')).map((entry) => [entry.slice(0, entry.indexOf('=')), entry]),
  );
  const volumes = isJsonObject(config['Volumes']) ? Object.keys(config['Volumes']) : [];
  const taken = new Set(asked.mounts.map(({ target }) => target));
  const labels = {
    ...image.labels,
    ...Object.fromEntries((lists['label'] ?? []).map((text) => [text.split('=')[0] ?? '', text.slice(text.indexOf('=') + 1)])),
  };
  return {
    image: words[0] ?? '',
    imageId: image.id,
    args,
    environment: [...environment.values()],
    workingFolder: values['workdir'] ?? text(config['WorkingDir']),
    user: values['user'] ?? text(config['User']),
    hostname: values['hostname'] ?? id.slice(0, 12),
    labels,
    mounts: [...asked.mounts, ...volumes.map((target) => parseMount(target, randomId)).filter(({ target }) => !taken.has(target))],
    ports: asked.ports,
    network: asked.network,
    restart: asked.restart,
    stopSignal: values['stop-signal'] ?? (text(config['StopSignal']) || 'SIGTERM'),
    isReadOnly: switches.has('read-only'),
    removeAtEnd: switches.has('rm'),
    runtime,
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
