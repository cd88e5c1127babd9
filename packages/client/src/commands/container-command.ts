/** What the commands on containers share. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { type Container, ContainerError } from '../container/container.ts';
import { isForsaken, type Lives, settle } from '../container/container-life.ts';
import { processOf } from '../container/container-process.ts';
import { findSupervisor } from '../container/container-strays.ts';
import { openContainerRows } from '../container/container-rows.ts';
import { sweepContainers } from '../container/sweep-containers.ts';
import type { ClientCommandLine, CommandContext } from './command.ts';
import { daemonText, exitCodes, storeRoot } from './image-command.ts';

/** The rows are open while `work` runs. */
export async function withContainers<Result>(line: ClientCommandLine, context: CommandContext, work: (lives: Lives) => Promise<Result>): Promise<Result> {
  const root = resolve(storeRoot(line, context));
  using rows = openContainerRows(root, context.clock);
  const settleCommand = [...programWords(), 'container', 'settle', '--data-root', root];
  return await work({ root, rows, clock: context.clock, settleCommand });
}

/** This program, as somebody else can call it from anywhere. */
export function programWords(): string[] {
  return [process.execPath, '--no-install', '--no-env-file', '--config=/dev/null', process.argv[1] ?? ''];
}

/** All of them, and none that is thought to run and does not: its supervisor, or whoever waited for it, may have been killed. */
export async function listSettled(lives: Lives): Promise<Container[]> {
  sweepContainers(lives.root, lives.rows);
  for (const container of lives.rows.list()) {
    const { id, state } = container;
    if (state.status === 'restarting' && findSupervisor(lives.root, id) === undefined) takeOver(lives, id);
    if (isForsaken(container) || (state.status === 'running' && processOf(container) === undefined)) await settle(lives, id);
  }
  return lives.rows.list();
}

/** Nobody is about to start it again, as its policy says: somebody is sent to do so. */
function takeOver({ settleCommand }: Lives, id: string): void {
  const [program = '', ...args] = settleCommand;
  spawn(program, [...args, id], { detached: true, stdio: 'ignore' }).unref();
}

/** Does it for each word, prints what it gives, and goes on after a failure. */
export async function forEachContainer(
  line: ClientCommandLine,
  context: CommandContext,
  lives: Lives,
  work: (container: Container) => Promise<string | undefined>,
): Promise<number> {
  return forEachWord(line, context, async (word) => (await work(lives.rows.find(word))) ?? word);
}

export async function forEachWord({ words = [] }: ClientCommandLine, { terminal }: CommandContext, work: (word: string) => Promise<string>): Promise<number> {
  let hasFailed = false;
  for (const word of words) {
    try {
      await terminal.out(`${await work(word)}\n`);
    } catch (error) {
      if (!(error instanceof ContainerError)) throw error;
      hasFailed = true;
      await terminal.err(`${daemonText(error.message)}\n`);
    }
  }
  return hasFailed ? exitCodes.failed : exitCodes.done;
}

/** A failure in Docker's words, for verbs on one container. */
export async function complaining({ terminal }: CommandContext, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error;
    await terminal.err(`${daemonText(error.message)}\n`);
    return error.exitCode === 125 ? 1 : error.exitCode;
  }
}
