/** Runs a command of the client: loads it, gives it the terminal and the surroundings, and says what went wrong. */
import { homedir } from 'node:os';
import type { ByteStreams, ClientCommand, ClientCommandLine, CommandContext } from '@naru/client/commands/command';
import { chooseLanguage } from '@naru/client/language/choose-language';
import { loadClientTexts } from '@naru/client/language/client-texts';
import { systemClock } from '@naru/client/runtime/clock';
import { version } from '@naru/server/runtime/version';
import { environment, hideProxiesFromRuntime } from './environment.ts';
import type { ClientCommandName } from './client-commands.ts';
import type { ContainerCommandName } from './container-commands.ts';
import { containerCommands } from './load-container-command.ts';
import type { ImageCommandName } from './image-commands.ts';
import { onSignal } from './passed-signals.ts';
import { printError } from './print.ts';
import { openTerminal } from './terminal.ts';
import type { TransferCommandName } from './transfer-commands.ts';

type Name = ClientCommandName | ContainerCommandName | ImageCommandName | TransferCommandName;

export async function runClientCommand(line: ClientCommandLine & { readonly name: Name }): Promise<number> {
  const terminal = openTerminal();
  const texts = await loadClientTexts(chooseLanguage(environment));
  const context: CommandContext = {
    terminal,
    streams: processStreams,
    clock: systemClock,
    texts,
    environment,
    homeFolder: homedir(),
    version,
    processId: process.pid,
    onSignal,
  };
  hideProxiesFromRuntime();
  try {
    return await (
      await commands[line.name]()
    )(line, context);
  } catch (error) {
    // Knows every kind of failure, which few commands need to load.
    const { text, exitCode } = (await import('@naru/client/commands/describe-error')).describeError(error, line.name, texts);
    await printError(text);
    return exitCode;
  } finally {
    // Lines that nobody waited for are before this one.
    await terminal.err('');
  }
}

const processStreams: ByteStreams = {
  async *input() {
    for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) yield chunk;
  },
  output: (chunk) => writeAll(process.stdout, chunk),
  errors: (chunk) => writeAll(process.stderr, chunk),
  isInputTerminal: () => process.stdin.isTTY,
  isOutputTerminal: () => process.stdout.isTTY,
};

function writeAll(stream: NodeJS.WriteStream, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

const loadPull = async () => (await import('@naru/client/commands/pull')).pull;
const loadPush = async () => (await import('@naru/client/commands/push')).push;
const loadTag = async () => (await import('@naru/client/commands/tag')).tag;
const loadLs = async () => (await import('@naru/client/commands/image-ls')).imageLs;
const loadRm = async () => (await import('@naru/client/commands/image-rm')).imageRm;
const loadHistory = async () => (await import('@naru/client/commands/image-history')).imageHistory;
const loadSave = async () => (await import('@naru/client/commands/image-save')).imageSave;
const loadVolume = () => import('@naru/client/commands/volume');
const loadLoad = async () => (await import('@naru/client/commands/image-load')).imageLoad;

/** Each is loaded when it is called: a list must be there at once. */
const commands: Readonly<Record<Name, () => Promise<ClientCommand>>> = {
  login: async () => (await import('@naru/client/commands/login')).login,
  logout: async () => (await import('@naru/client/commands/logout')).logout,
  search: async () => (await import('@naru/client/commands/search')).search,
  pull: loadPull,
  'image pull': loadPull,
  push: loadPush,
  'image push': loadPush,
  tag: loadTag,
  'image tag': loadTag,
  images: loadLs,
  'image ls': loadLs,
  rmi: loadRm,
  'image rm': loadRm,
  inspect: async () => (await import('@naru/client/commands/inspect')).inspect,
  'image inspect': async () => (await import('@naru/client/commands/image-inspect')).imageInspect,
  history: loadHistory,
  'image history': loadHistory,
  'image prune': async () => (await import('@naru/client/commands/image-prune')).imagePrune,
  save: loadSave,
  'image save': loadSave,
  export: async () => (await import('@naru/client/commands/image-save')).imageExport,
  load: loadLoad,
  'image load': loadLoad,
  import: async () => (await import('@naru/client/commands/image-load')).imageImport,
  'system df': async () => (await import('@naru/client/commands/system-df')).systemDf,
  info: async () => (await import('@naru/client/commands/image-info')).imageInfo,
  ...containerCommands,
  'volume ls': async () => (await loadVolume()).volumeLs,
  'volume create': async () => (await loadVolume()).volumeCreate,
  'volume rm': async () => (await loadVolume()).volumeRm,
  'volume inspect': async () => (await loadVolume()).volumeInspect,
  'volume prune': async () => (await loadVolume()).volumePrune,
  'config ls': async () => (await import('@naru/client/commands/config')).configLs,
  'config get': async () => (await import('@naru/client/commands/config')).configGet,
  'config set': async () => (await import('@naru/client/commands/config')).configSet,
  'config add': async () => (await import('@naru/client/commands/config')).configAdd,
  'config rm': async () => (await import('@naru/client/commands/config')).configRm,
  completion: async () => (await import('./completion/completion-script.ts')).completion,
  'ref explain': async () => (await import('@naru/client/commands/ref-explain')).refExplain,
  sign: async () => (await import('@naru/client/commands/sign')).sign,
  verify: async () => (await import('@naru/client/commands/verify')).verify,
  'remote tags': async () => (await import('@naru/client/commands/remote-tags')).remoteTags,
  'remote inspect': async () => (await import('@naru/client/commands/remote-inspect')).remoteInspect,
  'remote rm': async () => (await import('@naru/client/commands/remote-rm')).remoteRm,
  'remote copy': async () => (await import('@naru/client/commands/remote-copy')).remoteCopy,
  'remote referrers': async () => (await import('@naru/client/commands/remote-referrers')).remoteReferrers,
  'remote index add': async () => (await import('@naru/client/commands/remote-index-add')).remoteIndexAdd,
};

export function isClientCommand(name: string): name is Name {
  return Object.hasOwn(commands, name);
}
