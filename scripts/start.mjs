/** `npm start [-- FLAGS]`: installs what is missing and runs `naru serve` in this process's place. */
import { join } from 'node:path';
import { installMissing, root } from './install.mjs';

await installMissing({ dev: false });

// npm starts scripts through a shell, which dies of a SIGTERM to npm without passing it on. Whoever
// stops npm means the server: when the shell is gone, the wrapper below is told to stop.
const shell = process.ppid;
setInterval(() => {
  if (process.ppid !== shell) process.kill(process.pid, 'SIGTERM');
}, 1000).unref();

const program = join(root, 'packages', 'naru', 'bin', 'naru.mjs');
process.argv = [process.execPath, program, 'serve', ...process.argv.slice(2)];
await import(program);
