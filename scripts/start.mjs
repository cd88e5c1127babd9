/** `npm start [-- FLAGS]`: installs what is missing and runs `naru serve` in this process's place. */
import { join } from 'node:path';
import { installMissing, root } from './install.mjs';

await installMissing({ dev: false });
const { ensurePages } = await import('./pages.mjs'); // needs what was installed
ensurePages();

const program = join(root, 'packages', 'naru', 'bin', 'naru.mjs');
process.argv = [process.execPath, program, 'serve', ...process.argv.slice(2)];
await import(program);
