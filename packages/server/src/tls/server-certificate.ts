/** The certificate that this server shows, wherever it comes from: kept fresh, and missed before it expires. */
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { type Authority, openAuthority } from './authority.ts';
import { CertificateError, type KeyPair, parseCertificates } from './key-pair.ts';
import { openKeyPairFiles, readPem } from './key-pair-files.ts';
import { listServerNames } from './server-names.ts';

/** As the configuration names them. */
export type CertificateSettings = {
  readonly host: string;
  readonly tls: {
    readonly cert: string | undefined;
    readonly key: string | undefined;
    readonly names: readonly string[];
    readonly clientCa: string | undefined;
    readonly clientCertificates: 'request' | 'require';
    readonly reloadMs: number;
  };
  readonly http: { readonly publicUrl: string | undefined };
};

export type ServerCertificate = {
  readonly current: KeyPair;
  readonly clients?: { readonly ca: string; readonly certificates: 'request' | 'require' };
  /** When it is one of our own. */
  readonly authority?: Pick<Authority, 'ca' | 'caFile' | 'fingerprint'>;
  /** Tells of every new one, until it is disposed. */
  watch(use: (pair: KeyPair) => void): Disposable;
};

export type CertificateParts = {
  readonly config: CertificateSettings;
  /** Where an authority of our own is kept. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'recordCertificate'>;
};

const dayMs = 86_400e3;
const warnBeforeMs = 14 * dayMs;
/** Our own certificate lives for months. */
const renewalLookMs = 3600e3;

/** Throws CertificateError. */
export async function openServerCertificate({ config, folder, clock, log, metrics }: CertificateParts): Promise<ServerCertificate> {
  const { cert, key, clientCa, clientCertificates, reloadMs } = config.tls;
  const now = (): number => clock.now();
  const clients = clientCa === undefined ? undefined : { ca: readAuthorities(clientCa), certificates: clientCertificates };
  const isOfFiles = cert !== undefined && key !== undefined;
  const files = isOfFiles ? openKeyPairFiles({ files: { cert, key }, now, log }) : undefined;
  const names = { host: config.host, publicUrl: config.http.publicUrl, names: config.tls.names };
  const authority = files ? undefined : await openAuthority({ folder, listNames: () => listServerNames(names), now });
  const first = files?.current ?? authority?.current;
  if (first === undefined) throw new CertificateError('there is no certificate: set tls.cert and tls.key, or --tls self-signed');
  let current: KeyPair = first;
  let warnedAt = 0;
  note(current);

  return {
    get current() {
      return current;
    },
    ...(clients && { clients }),
    ...(authority && { authority }),
    watch(use) {
      const timer = setInterval(() => void look(use), files ? reloadMs : renewalLookMs);
      timer.unref();
      return { [Symbol.dispose]: () => clearInterval(timer) };
    },
  };

  async function look(use: (pair: KeyPair) => void): Promise<void> {
    try {
      const next = files ? files.reload() : await authority?.renew();
      if (next !== undefined) {
        use(next);
        current = next;
        warnedAt = 0;
        log.info('a new certificate is in use', { names: next.names, fingerprint: next.fingerprint, expiresAt: isoTime(next.expiresAt) });
      }
      note(current);
    } catch (error) {
      log.error('the certificate could not be renewed, the one before stays', { error });
    }
  }

  function note({ expiresAt }: KeyPair): void {
    metrics.recordCertificate(expiresAt);
    if (expiresAt - now() > warnBeforeMs || now() - warnedAt < dayMs) return;
    warnedAt = now();
    log.warn('the certificate expires soon: renew it, and it is taken up without a restart', { expiresAt: isoTime(expiresAt), file: cert ?? folder });
  }
}

function readAuthorities(file: string): string {
  const ca = readPem(file);
  if (parseCertificates(ca, file).length === 0) throw new CertificateError(`${file} holds no certificate of an authority: it should be PEM`);
  return ca;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
