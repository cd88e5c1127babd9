/** `npm run check`: what must hold before every commit, in less than 20 seconds. */
import { installMissing } from './install.mjs';

await installMissing({ dev: true });
const { bun, format, lint, runStep, types } = await import('./steps.mjs'); // needs what was installed

const startedAt = Date.now();
const tests = {
  name: 'tidy and unit tests',
  command: [bun, 'test', '--parallel', '--no-isolate', '--only-failures', '--timeout=60000', './packages', './test/tidy.test.ts'],
};
const outcomes = await Promise.all([format, types, lint, tests].map((step) => runStep(step, { quiet: true })));
console.log(`${outcomes.every(Boolean) ? 'All is well' : 'Not yet'} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
process.exit(outcomes.every(Boolean) ? 0 : 1);
