/** `npm run bench [-- ARGUMENTS]`: installs what is missing and runs the benchmarks. */
import { spawnSync } from 'node:child_process';
import { installMissing, root } from './install.mjs';

await installMissing({ dev: true });
const { bun } = await import('./steps.mjs'); // needs what was installed
const { status } = spawnSync(bun, ['bench/run.ts', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
