/**
 * The environment that the runtime gets. How much garbage it lets pile up follows the memory of the
 * machine; a client that moves a gigabyte needs no more on a large one than on a small one. Told that
 * there are 256 MB, a pull peaks at 105 MB instead of 128 and takes no more CPU. A server is another
 * matter: it lives long, and what it keeps is its caches.
 */
const clientMemoryBytes = 256_000_000;

/** `args` are the words behind the program's name. */
export function runtimeEnvironment(args, environment) {
  return args[0] === 'serve' ? environment : { BUN_JSC_forceRAMSize: String(clientMemoryBytes), ...environment };
}
