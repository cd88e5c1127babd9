/** The settings that hold, for who runs the server. They are read when it starts, so nothing is changed here. */
import { RegistryError } from '@naru/oci/registry-error';
import { z } from 'zod';
import { type ApiRoute, route } from './route.ts';

const text = z.string();
const setting = z.object({
  key: text,
  env: text,
  flag: text,
  type: text,
  default: text,
  /** Absent: it is a secret, and set. */
  value: text.optional(),
  source: z.enum(['default', 'file', 'environment', 'flag']),
  /** The line of the file, the variable, or the flag. */
  place: text.optional(),
  description: z.object({ en: text, ko: text }),
});

export const settingRoutes: readonly ApiRoute[] = [
  route({
    operation: 'listSettings',
    method: 'GET',
    path: '/settings',
    summary: 'List every setting of the server with the value that holds, where it was written, and what it means; secrets are left out',
    access: 'administrator',
    response: z.object({ items: z.array(setting) }),
    async handle({ parts: { inForce } }) {
      if (inForce === undefined) throw new RegistryError('NOT_FOUND', { message: 'no server is running here, so no settings hold' });
      return { value: { items: inForce } };
    },
  }),
];
