import { readConfig } from './read-config.ts';
import { fileURLToPath } from 'node:url';

const badConfiguration = 2;

export async function serveCommand(flags: Readonly<Record<string, string>>): Promise<number> {
  const config = await readConfig(flags);
  if (config === undefined) return badConfiguration;
  const { serve } = await import('@naru/server/main');
  return serve(config, { pages: fileURLToPath(new URL('../../web/dist', import.meta.url)) });
}
