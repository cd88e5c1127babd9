import { textOrNone } from './values.ts';

/** An origin: it is put before paths, and into headers and mails. */
export function publicUrl() {
  return textOrNone()
    .transform((written, context): string | undefined => {
      if (written === undefined) return undefined;
      const url = URL.canParse(written) ? new URL(written) : undefined;
      const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.pathname === '/';
      if (isOrigin && url.search === '' && url.hash === '') return url.origin;
      context.addIssue(`"${written}" is not an address like https://registry.example.com, without a path`);
      return undefined;
    })
    .meta({ title: 'address | none' });
}
