/**
 * The life of a server process: start, greet, wait for the wish to stop, drain, end. Whoever calls
 * it has read the configuration and ends the process with the code that comes back.
 */
import { writeSync } from 'node:fs';
import { createApp, type App, type AppOptions } from './app.ts';
import type { Config } from './config/config.ts';
import type { SettingInForce } from './config/in-force.ts';
import { greeting } from './greeting.ts';
import { type Log, openLog } from './runtime/log.ts';
import { listenForStop, type StopReason } from './runtime/stop-requests.ts';
import { version } from './runtime/version.ts';
import { findStartMistake } from './start-mistake.ts';

const exitCodes = { stopped: 0, couldNotStart: 1, SIGHUP: 129, SIGINT: 130, SIGTERM: 143, 'parent-gone': 143 } as const;

/** `pages`: the folder of the built pages. `inForce`: where each setting was written. */
export async function serve(config: Config, { pages, inForce }: { pages: string; inForce: readonly SettingInForce[] }): Promise<number> {
  using log = openLog({ level: config.log.level, fd: 2 });
  // Before the start: who presses Ctrl-C while a database is being migrated means it.
  using stop = listenForStop();

  const app = await start({ config, inForce, pages, log });
  if (app === undefined) return exitCodes.couldNotStart;
  await using _ = app;
  print(greeting({ version, url: app.url, port: app.port, config, administrator: app.administrator, certificate: app.certificate }));
  log.info('started', { url: app.url, data: config.data, version, pid: process.pid });

  const reason = await stop.first;
  log.info('stopping', { reason });
  if (reason !== 'parent-gone') print(`\nStopping: running requests may finish. Press Ctrl-C again to stop at once.\n`);
  const impatient = await Promise.race([app.drain().then(() => undefined), stop.second]);
  return impatient === undefined ? exitCodes.stopped : quitAtOnce(impatient, log);
}

async function start(options: AppOptions): Promise<App | undefined> {
  try {
    return await createApp(options);
  } catch (error) {
    const mistake = findStartMistake(error, options.config);
    if (mistake === undefined) throw error;
    printProblem(mistake);
    return undefined;
  }
}

/** Nothing acknowledged is lost: what was not durable was not acknowledged. */
function quitAtOnce(reason: StopReason, log: Log): never {
  log.warn('stopped at once', { reason });
  process.exit(exitCodes[reason]);
}

/** Written at once, past the stream's buffer: a program that reads the address from our output waits for it. */
function print(text: string): void {
  try {
    writeSync(1, text.endsWith('\n') ? text : `${text}\n`);
  } catch {
    // Nobody reads our standard output (any more), and the server does not need it.
  }
}

function printProblem(text: string): void {
  process.stderr.write(`naru: ${text}\n`);
}
