/** Runs a command on local images: loads it, gives it the store's surroundings, and says what went wrong, in Docker's words where it has some. */
import { homedir } from 'node:os';
import type { CommandContext } from '@naru/client/commands/command';
import { type ByteStreams, daemonText, exitCodes, type ImageCommand, type ImageCommandLine } from '@naru/client/commands/image-command';
import { systemClock } from '@naru/server/runtime/clock';
import { version } from '@naru/server/runtime/version';
import type { ImageCommandName } from './image-commands.ts';
import { printError } from './print.ts';
import { openTerminal } from './terminal.ts';

export async function runImageCommand(line: ImageCommandLine & { readonly name: ImageCommandName }): Promise<number> {
  const command = await loadCommand(line.name);
  const base: CommandContext = {
    terminal: openTerminal(),
    environment: { ...process.env },
    homeFolder: homedir(),
    userAgent: `naru/${version}`,
    processId: process.pid,
  };
  try {
    return await command(line, { ...base, streams: processStreams, clock: systemClock, version });
  } catch (error) {
    const { text, exitCode } = describe(error);
    await printError(`${text}\n`);
    return exitCode;
  }
}

/** By name: the classes would have to be loaded with every command, and a list must be there at once. */
function describe(error: unknown): { text: string; exitCode: number } {
  if (!(error instanceof Error)) return { text: String(error), exitCode: exitCodes.failed };
  if ('isFlagMistake' in error && error.isFlagMistake === true) return { text: error.message, exitCode: exitCodes.badFlag };
  const isDaemons = ['FilterError', 'PatternError', 'NoSuchImage', 'ImageReferenceError'].includes(error.name);
  return { text: isDaemons ? daemonText(error.message) : error.message, exitCode: exitCodes.failed };
}

const processStreams: ByteStreams = {
  async *input() {
    for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) yield chunk;
  },
  output: (chunk) =>
    new Promise((resolve, reject) => {
      process.stdout.write(chunk, (error) => (error ? reject(error) : resolve()));
    }),
  isInputTerminal: () => process.stdin.isTTY,
  isOutputTerminal: () => process.stdout.isTTY,
};

async function loadCommand(name: ImageCommandName): Promise<ImageCommand> {
  switch (name) {
    case 'tag':
    case 'image tag':
      return (await import('@naru/client/commands/tag')).tag;
    case 'images':
    case 'image ls':
      return (await import('@naru/client/commands/image-ls')).imageLs;
    case 'rmi':
    case 'image rm':
      return (await import('@naru/client/commands/image-rm')).imageRm;
    case 'inspect':
    case 'image inspect':
      return (await import('@naru/client/commands/image-inspect')).imageInspect;
    case 'history':
    case 'image history':
      return (await import('@naru/client/commands/image-history')).imageHistory;
    case 'image prune':
      return (await import('@naru/client/commands/image-prune')).imagePrune;
    case 'save':
    case 'image save':
      return (await import('@naru/client/commands/image-save')).imageSave;
    case 'export':
      return (await import('@naru/client/commands/image-save')).imageExport;
    case 'load':
    case 'image load':
      return (await import('@naru/client/commands/image-load')).imageLoad;
    case 'import':
      return (await import('@naru/client/commands/image-load')).imageImport;
    case 'system df':
      return (await import('@naru/client/commands/system-df')).systemDf;
    case 'info':
      return (await import('@naru/client/commands/image-info')).imageInfo;
  }
}
