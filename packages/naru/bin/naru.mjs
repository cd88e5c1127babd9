#!/usr/bin/env node
/**
 * What `npx naru` and `npm start` run: plain Node, so that a machine with only Node and npm needs
 * nothing else. It finds the pinned Bun and gives it the program.
 *
 * The two live and die together. Signals are passed on, the exit code comes back, and when this
 * process is killed outright the IPC channel closes, which tells the server to drain and end, so that
 * nobody is left behind holding the port.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { devNull } from 'node:os';
import { fileURLToPath } from 'node:url';
import { bunVersion, findBun } from './find-bun.mjs';
import { runtimeEnvironment } from './runtime-environment.mjs';

const bun = findBun() ?? (await installIntoCheckout());
if (bun === undefined) {
  console.error(`naru: the Bun runtime that Naru runs on (version ${bunVersion}) is missing, and no "bun" of that version is on PATH. See https://bun.com.`);
  process.exit(1);
}

// Nothing in the folder that the program happens to be started in (.env, bunfig.toml) is ours.
const runtimeFlags = ['--no-install', '--no-env-file', `--config=${devNull}`];
const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const args = process.argv.slice(2);
const child = spawn(bun, [...runtimeFlags, program, ...args], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: runtimeEnvironment(args, process.env),
});

const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** The program says which it counts itself: a terminal's signal reaches both of us, and must stay one. */
let counted = [];
child.on('message', ({ countedSignals }) => (counted = countedSignals));
for (const signal of passedOn) {
  process.on(signal, () => (counted.includes(signal) && child.connected ? child.send({ signal }) : child.kill(signal)));
}

// npm and npx start programs through a shell, which dies of a SIGTERM to npm without passing it on.
// Whoever stops npm means the server. Started by anybody else, it may well outlive its shell (nohup).
const shell = process.ppid;
if (process.env['npm_command'] !== undefined) {
  setInterval(() => {
    if (process.ppid !== shell) child.kill('SIGTERM');
  }, 1000).unref();
}

child.on('error', (error) => {
  console.error(`naru: cannot start ${bun}: ${error.message}`);
  process.exit(1);
});

child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  // End the way the program did, so that a shell or a supervisor sees it.
  for (const passed of passedOn) process.removeAllListeners(passed);
  process.kill(process.pid, signal);
});

/** A fresh clone has nothing yet; where Naru was installed as a package, npm has seen to it. */
async function installIntoCheckout() {
  const installer = new URL('../../../scripts/install.mjs', import.meta.url);
  if (!existsSync(installer)) return undefined;
  const { installMissing } = await import(installer.href);
  await installMissing({ dev: false });
  return findBun();
}
