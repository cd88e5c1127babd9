/** Where ClamAV's daemon listens: `tcp://HOST:PORT`, `unix:/PATH` or `none`. */
import { text } from './values.ts';

export type ClamdAddress = { readonly kind: 'tcp'; readonly host: string; readonly port: number } | { readonly kind: 'unix'; readonly path: string };

export function clamdAddress() {
  return text()
    .transform((written, context): ClamdAddress | undefined => {
      if (written === 'none') return undefined;
      const [, path] = /^unix:(?:\/\/)?(\/.+)$/.exec(written) ?? [];
      if (path !== undefined) return { kind: 'unix', path };
      const [, host, port] = /^tcp:\/\/(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d{1,5})\/?$/.exec(written) ?? [];
      if (host !== undefined && Number(port) > 0 && Number(port) <= 65_535) return { kind: 'tcp', host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
      context.addIssue('it is not an address like tcp://clamav.example.com:3310 or unix:/run/clamav/clamd.ctl');
      return undefined;
    })
    .meta({ title: 'address | none' });
}
