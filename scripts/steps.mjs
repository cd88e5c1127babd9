/** Steps of `npm test` and `npm run check`: a named command each, with its time and its outcome. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findBun } from '../packages/naru/bin/find-bun.mjs';
import { root } from './install.mjs';

export const bun = findBun() ?? 'bun';
const bin = (name) => join(root, 'node_modules', '.bin', name);

export const types = { name: 'types', command: [bin('tsc'), '-p', '.'] };
export const lint = { name: 'lint', command: [bin('oxlint'), '--deny-warnings'] };
export const format = { name: 'format', command: [bin('oxfmt'), '--check'] };

/** Output comes as it is made, or, with `quiet`, only when the step fails. Resolves to whether it went well. */
export async function runStep({ name, command, env = {} }, { quiet = false } = {}) {
  const startedAt = Date.now();
  if (!quiet) console.log(`\n── ${name} ──`);
  const { code, output } = await run(command, env, quiet);
  const outcome = code === 0 ? 'ok' : 'FAILED';
  console.log(`${code === 0 ? '✓' : '✗'} ${name}: ${outcome} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  if (quiet && code !== 0) console.log(output);
  return code === 0;
}

function run([program, ...args], env, quiet) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    let output = '';
    child.stdout?.on('data', (text) => (output += text));
    child.stderr?.on('data', (text) => (output += text));
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
