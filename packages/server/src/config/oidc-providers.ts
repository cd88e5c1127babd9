/** The OpenID providers that people may log in by: a list in the file, the same as JSON in the environment or a flag. */
import { z } from 'zod';
import { groupRules } from './group-rules.ts';
import { isLoopback } from '../network/loopback.ts';
import { choice, list, text } from './values.ts';

export type OidcProviderSettings = z.output<typeof provider>;

const provider = z
  .strictObject({
    /** Stands in addresses. */
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'it is made of a to z, 0 to 9 and -'),
    /** What people press. */
    label: z.string().trim().min(1).max(60).optional(),
    issuer: z.string().refine(isSafeIssuer, 'it is not an address like https://login.example.com'),
    clientId: z.string().min(1),
    clientSecret: z.string().min(1).optional(),
    clientSecretFile: z.string().min(1).optional(),
    scopes: list().prefault('openid, profile, email'),
    nameClaim: text().prefault('preferred_username'),
    emailClaim: text().prefault('email'),
    groupsClaim: text().prefault('groups'),
    groups: groupRules().prefault('none'),
    /** Whose confirmed e-mail address is of another domain is not let in. */
    emailDomains: list().prefault('none'),
    signUp: choice('auto', 'on', 'off').prefault('auto'),
  })
  .refine(({ clientSecret, clientSecretFile }) => clientSecret === undefined || clientSecretFile === undefined, {
    error: 'it has two secrets: leave clientSecret or clientSecretFile away',
  });

export function oidcProviders() {
  return z
    .unknown()
    .transform((written, context): OidcProviderSettings[] => {
      const result = z.array(provider).safeParse(written === 'none' ? [] : typeof written === 'string' ? parseJson(written) : written);
      if (!result.success) {
        const [issue] = result.error.issues;
        context.addIssue(issue === undefined || issue.path.length === 0 ? 'a list of providers is needed here, or the same as JSON' : describe(issue));
        return [];
      }
      const ids = result.data.map(({ id }) => id);
      if (new Set(ids).size < ids.length) context.addIssue('two providers have one id');
      return result.data;
    })
    .meta({ title: 'list of providers | none' });
}

function describe({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  const [index, ...field] = path;
  return `provider ${Number(index) + 1}${field.length === 0 ? '' : `, ${field.join('.')}`}: ${message}`;
}

function parseJson(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}

/** Keys and tokens come from there. Without TLS only from this computer. */
function isSafeIssuer(written: string): boolean {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname.replace(/^\[(.*)\]$/, '$1')));
}
