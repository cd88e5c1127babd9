/** Scanners of others, by the adapter API that Harbor defined: a list in the file, the same as JSON in the environment or a flag. */
import { z } from 'zod';
import { networkProblem } from './network-problem.ts';
import { duration } from './values.ts';

export type ScannerAdapterSettings = z.output<typeof adapter>;

const adapter = z
  .strictObject({
    /** Stands in rows, and where people read what it found. */
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'it is made of a to z, 0 to 9 and -')
      .refine((name) => name !== 'clamav', 'clamav is the one of scanners.clamd'),
    /** Of the adapter, without `/api/v1`. */
    url: z.string().refine(isBaseUrl, 'it is not an address like https://trivy-adapter.example.com:8080'),
    username: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
    passwordFile: z.string().min(1).optional(),
    token: z.string().min(1).optional(),
    tokenFile: z.string().min(1).optional(),
    /** A whole scan, from the order to the report. */
    timeout: duration({ min: 1000, max: 6 * 3600e3 }).prefault('30m'),
    /** Where its name may lead to; empty: anywhere. */
    networks: z.array(z.string().refine((network) => networkProblem(network) === undefined, 'it is no address or network')).prefault([]),
    /** How the adapter reaches this server. */
    registryUrl: z.string().refine(isBaseUrl, 'it is not an address like https://registry.example.com').optional(),
  })
  .refine(({ password, passwordFile, token, tokenFile }) => [password, passwordFile, token, tokenFile].filter((one) => one !== undefined).length <= 1, {
    error: 'it has two secrets: leave one away',
  })
  .refine(({ username, password, passwordFile }) => (username !== undefined) === (password !== undefined || passwordFile !== undefined), {
    error: 'a username and a password come together',
  });

export function scannerAdapters() {
  return z
    .unknown()
    .transform((written, context): ScannerAdapterSettings[] => {
      const result = z.array(adapter).safeParse(written === 'none' ? [] : typeof written === 'string' ? parseJson(written) : written);
      if (!result.success) {
        const [issue] = result.error.issues;
        context.addIssue(issue === undefined || issue.path.length === 0 ? 'a list of adapters is needed here, or the same as JSON' : describe(issue));
        return [];
      }
      const names = result.data.map(({ name }) => name);
      if (new Set(names).size < names.length) context.addIssue('two adapters have one name');
      return result.data;
    })
    .meta({ title: 'list of adapters | none' });
}

function describe({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  const [index, ...field] = path;
  return `adapter ${Number(index) + 1}${field.length === 0 ? '' : `, ${field.join('.')}`}: ${message}`;
}

function parseJson(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}

function isBaseUrl(written: string): boolean {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
}
