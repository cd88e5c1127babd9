/**
 * Installs what is missing, and only that: `npm start` needs what the program runs on, `npm test`
 * also what it is checked with. npm itself notes in `node_modules/.package-lock.json` what it has
 * put there, so this costs a few milliseconds when there is nothing to do.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Ends the process with npm's own words when npm fails. */
export async function installMissing({ dev }) {
  const missing = findMissing({ dev });
  if (missing === 0) return;
  const startedAt = Date.now();
  process.stderr.write(`Installing ${missing} missing package${missing === 1 ? '' : 's'} with npm … `);
  // `ci` empties node_modules first, which would pull the rug from under a server that runs from it.
  const verb = existsSync(join(root, 'node_modules')) ? ['install', '--no-save'] : ['ci'];
  const { code, output } = await npm([...verb, ...(dev ? [] : ['--omit=dev']), '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) {
    process.stderr.write(`failed:\n${output}\n`);
    process.exit(1);
  }
  process.stderr.write(`done in ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
}

/** How many packages of the lockfile are not there in its version. */
function findMissing({ dev }) {
  const wanted = readLock('package-lock.json');
  const there = readLock('node_modules/.package-lock.json');
  return Object.entries(wanted).filter(([path, entry]) => {
    // Optional packages are for other systems, and npm decides which.
    const isNeeded = path.startsWith('node_modules/') && entry.optional !== true && (dev || entry.dev !== true);
    return isNeeded && !(there[path] && there[path].version === entry.version && existsSync(join(root, path)));
  }).length;
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

function npm(args) {
  return new Promise((resolve) => {
    // npm_execpath is the npm that runs us; without it, the one on PATH.
    const own = process.env['npm_execpath'];
    const [program, first] = own?.endsWith('.js') ? [process.execPath, [own]] : ['npm', []];
    // What was given to "npm start" is for our program: npm would pass its own settings on to this npm.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_(?:port|host|data|config|profile|omit|include)$/i.test(name)));
    const child = spawn(program, [...first, ...args], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.on('error', (error) => resolve({ code: 1, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ code, output }));
  });
}
