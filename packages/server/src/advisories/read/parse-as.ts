import type { z } from 'zod';
import { AdvisoryError } from './advisory-error.ts';

/** What a stranger's document says, as `whose` format has it. Throws AdvisoryError, with the first thing that is not so. */
export function parseAs<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string, whose: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AdvisoryError(where, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? `is not as ${whose} has it`}`);
}
