/** `npm start [-- FLAGS]`: installs what is missing and runs `naru serve` in this process's place. */
import { installMissing, root } from './install.mjs';
import { join } from 'node:path';

await installMissing({ dev: false });
const program = join(root, 'packages', 'naru', 'bin', 'naru.mjs');
process.argv = [process.execPath, program, 'serve', ...process.argv.slice(2)];
await import(program);
