import { readSettings } from './read-config.ts';
import { fileURLToPath } from 'node:url';

const badConfiguration = 2;

export async function serveCommand(flags: Readonly<Record<string, string>>): Promise<number> {
  const read = await readSettings(flags);
  if (read === undefined) return badConfiguration;
  const { serve } = await import('@naru/server/main');
  return serve(read.config, { inForce: read.inForce, pages: fileURLToPath(new URL('../../web/dist', import.meta.url)) });
}
