/**
 * Every setting of the server: the one schema that the file, the `NARU_*` environment, the flags
 * and the reference page are read from.
 *
 * Names here carry their unit (`graceMs`), because the server counts in it. What a person writes
 * carries its own (`24h`), so the written key goes without: `collection.grace` in the file,
 * `NARU_COLLECTION_GRACE`, `--collection-grace`. `settings.ts` derives those three.
 *
 * Defaults are written as a person would write them, so that the reference shows them as they are.
 */
import { resolve } from 'node:path';
import { z } from 'zod';
import { groupRules } from './group-rules.ts';
import { attributeName, ldapFilter } from './ldap-values.ts';
import { oidcProviders } from './oidc-providers.ts';
import { clamdAddress } from './clamd-address.ts';
import { scannerAdapters } from './scanner-adapters.ts';
import { publicUrl } from './public-url.ts';
import { choice, duration, durationOrNever, list, networks, onOff, secretOrNone, size, sizeOrNone, text, textOrNone, wholeNumber } from './values.ts';

export type Config = z.output<typeof configSchema>;
export type LogLevel = Config['log']['level'];

export const configSchema = z.strictObject({
  host: text()
    .transform((host) => host.replace(/^\[(.*)\]$/, '$1'))
    .prefault('127.0.0.1')
    .describe(
      'Address to listen on. Profile `local` accepts only a loopback address: 127.0.0.1, ::1 or localhost. Others want TLS, or one of the ways in `plainHttp`.',
    ),
  port: wholeNumber({ min: 0, max: 65_535 }).prefault(5000).describe('Port to listen on; 0 lets the system choose a free one.'),
  plainHttp: choice('loopback', 'accept-risk')
    .prefault('loopback')
    .describe(
      'Where HTTP without TLS is spoken. `loopback`: to this computer, and to the proxies in `http.trustedProxies`. `accept-risk`: to everybody, so that whoever is on the way can read passwords, tokens and images, and change them.',
    ),
  data: text()
    .transform((path) => resolve(path))
    .prefault('./data')
    .describe('Folder that holds everything: blobs, uploads and the database. It is made when it is not there.'),
  profile: choice('local', 'private', 'hub')
    .prefault('local')
    .describe(
      'Set of defaults to start with. `local` has no log-in and is for this computer only. `private` asks everybody to log in, and what is pushed is private. `hub` lets everybody pull what is public, and what is pushed is public.',
    ),

  admin: z.strictObject({
    user: textOrNone().prefault('none').describe('Name of the first administrator, who is made when there is none yet; `none` calls it naru-admin.'),
    password: secretOrNone()
      .prefault('none')
      .describe(
        'Its password; `none` makes one and prints it once. Better in the environment or the file than as a flag, which other users of the computer can see.',
      ),
  }),

  accounts: z.strictObject({
    signUp: choice('auto', 'on', 'off').prefault('auto').describe('Whether everybody may make an account; `auto`: in profile `hub` only.'),
    sessionMs: duration({ min: 60e3, max: 365 * 86_400e3 })
      .prefault('30d')
      .describe('How long a browser stays logged in.'),
  }),

  mail: z.strictObject({
    smtpUrl: textOrNone()
      .refine((url) => url === undefined || (URL.canParse(url) && /^smtps?:\/\/[^/]+\/?(?:\?.*)?$/.test(url)), {
        error: 'it is not an address like smtp://user:password@mail.example.com:587 or smtps://mail.example.com',
      })
      .meta({ title: 'address | none' })
      .prefault('none')
      .describe(
        'The SMTP server that takes our mails, like `smtp://user:password@mail.example.com:587`, or `smtps://` for TLS from the first byte. With `none` no mail is sent and no address is confirmed. `?tls=optional` at its end allows a server without TLS, which shows the links in mails to whoever listens.',
      ),
    from: textOrNone().prefault('none').describe('Sender of our mails, like `Naru <naru@example.com>`; `none` is naru@ and the host of `mail.linkUrl`.'),
    linkUrl: textOrNone()
      .refine((url) => url === undefined || (URL.canParse(url) && /^https?:\/\/[^/?#@]+\/?$/.test(url)), {
        error: 'it is not an address like https://registry.example.com, without a path',
      })
      .meta({ title: 'address | none' })
      .prefault('none')
      .describe('How people reach this server in a browser: links in mails begin with it. Needed with `mail.smtpUrl`.'),
  }),

  ldap: z.strictObject({
    url: textOrNone()
      .refine((url) => url === undefined || (URL.canParse(url) && /^ldaps?:\/\/[^/?#@]+\/?$/.test(url)), {
        error: 'it is not an address like ldaps://directory.example.com or ldap://directory.example.com:389',
      })
      .meta({ title: 'address | none' })
      .prefault('none')
      .describe(
        'The directory whose people may log in: `ldaps://` for TLS from the first byte, `ldap://` for StartTLS. Local accounts go first, and need no directory.',
      ),
    startTls: onOff().prefault(true).describe('Whether `ldap://` turns to TLS before anything is said. Without it whoever is on the way reads every password.'),
    ca: textOrNone().prefault('none').describe('PEM file with the authority of the directory’s certificate; `none` trusts those that browsers trust.'),
    bindDn: textOrNone()
      .prefault('none')
      .describe('Whom Naru is in the directory when it looks for people, like `cn=naru,ou=services,dc=example,dc=com`; `none` asks as nobody.'),
    bindPassword: secretOrNone()
      .prefault('none')
      .describe('Its password. Better in the environment or in `ldap.bindPasswordFile` than as a flag, which other users of the computer can see.'),
    bindPasswordFile: textOrNone().prefault('none').describe('File with the password of `ldap.bindDn`. A line end behind it does not count.'),
    base: textOrNone().prefault('none').describe('Where people are, like `ou=people,dc=example,dc=com`. Needed with `ldap.url`.'),
    filter: ldapFilter('login')
      .prefault('(uid={login})')
      .describe('Who of them is meant: `{login}` stands for what was typed. Whom it leaves out cannot log in, as in `(&(uid={login})(!(employeeType=left)))`.'),
    idAttribute: attributeName()
      .prefault('entryUUID')
      .describe('Attribute that never changes and is never given anew: `entryUUID`, or `objectGUID` in Active Directory.'),
    nameAttribute: attributeName().prefault('uid').describe('Attribute that an account is named after: `uid`, or `sAMAccountName` in Active Directory.'),
    emailAttribute: attributeName().prefault('mail').describe('Attribute with the e-mail address, which counts as confirmed.'),
    fullNameAttribute: attributeName().prefault('cn').describe('Attribute with what people call them.'),
    groupBase: textOrNone().prefault('none').describe('Where groups are, like `ou=groups,dc=example,dc=com`; `none` asks for none.'),
    groupFilter: ldapFilter('dn', 'name')
      .prefault('(member={dn})')
      .describe('Which groups somebody is in: `{dn}` and `{name}` stand for the person’s. `(memberUid={name})` for groups of the POSIX kind.'),
    groups: groupRules()
      .prefault('none')
      .describe(
        'What a group stands for, by its `cn` or its whole name: `developers=acme/dev` a team, `staff=acme` an organisation, `leads=acme:owner` as its owner, `operators=administrator` of the server.',
      ),
    timeoutMs: duration({ min: 100, max: 60e3 }).prefault('5s').describe('How long the directory may take for each step of a log-in.'),
    checkIntervalMs: duration({ min: 60e3, max: 30 * 86_400e3 })
      .prefault('1h')
      .describe('How often Naru looks whether the people who came from the directory are still there. Who is not is disabled.'),
  }),

  oidc: z.strictObject({
    providers: oidcProviders()
      .prefault('none')
      .describe(
        'OpenID providers that people may log in by: a list in the file, the same as JSON here. Each has `id`, `issuer`, `clientId`, and `clientSecret` or `clientSecretFile`; and may have `label`, `scopes`, `nameClaim`, `emailClaim`, `groupsClaim`, `groups` as in `ldap.groups`, `emailDomains`, and `signUp` (auto, on, off).',
      ),
  }),

  repositories: z.strictObject({
    quotaBytes: sizeOrNone()
      .prefault('none')
      .describe('How much each namespace may hold that has no limit of its own: layers and configurations, each counted once.'),
    renamedForMs: duration().prefault('90d').describe('How long pulls find a renamed or transferred repository under its old name.'),
  }),

  federation: z.strictObject({
    issuers: list()
      .prefault('https://token.actions.githubusercontent.com, https://gitlab.com')
      .describe('OpenID providers of CI systems that namespaces may trust. This server asks them for their keys, and nobody else.'),
  }),

  audit: z.strictObject({
    pulls: onOff()
      .prefault(true)
      .describe('Whether pulls are noted in the audit, where there are accounts: one line for each puller, repository and digest in ten seconds.'),
    keepMs: duration({ min: 86_400e3 }).prefault('365d').describe('How long entries of the audit are kept.'),
  }),

  metrics: z.strictObject({
    networks: networks()
      .prefault('127.0.0.0/8, ::1/128')
      .describe(
        'Addresses and networks (CIDR) that read `/metrics` without a log-in, where there are accounts. From elsewhere an administrator reads it, with an access token as `Authorization: Bearer`; what came through a proxy is from elsewhere, unless the proxy is among `http.trustedProxies`.',
      ),
  }),

  tls: z.strictObject({
    mode: choice('auto', 'self-signed', 'off')
      .prefault('auto')
      .describe(
        'With `auto`, TLS is spoken when `tls.cert` is set; `self-signed` makes an authority and a certificate of its own in the data folder; `off` speaks plain HTTP.',
      ),
    cert: textOrNone()
      .prefault('none')
      .describe('PEM file with the certificate of this server and then those between it and its authority. It is read again when it changes.'),
    key: textOrNone().prefault('none').describe('PEM file with the private key of `tls.cert`, without a passphrase.'),
    names: list().prefault('none').describe('Host names and addresses for the self-signed certificate, beside those of this computer.'),
    clientCa: textOrNone().prefault('none').describe('PEM file with the authorities whose client certificates are believed.'),
    clientCertificates: choice('request', 'require').prefault('request').describe('With `tls.clientCa`: whether a client may show a certificate or must.'),
    reloadMs: duration({ min: 100, max: 86_400e3 }).prefault('10s').describe('How often the certificate files are looked at for a change.'),
  }),

  http: z.strictObject({
    publicUrl: publicUrl()
      .prefault('none')
      .describe('How others reach this server, like https://registry.example.com; `none` takes each client’s own word for it.'),
    trustedProxies: networks()
      .prefault('none')
      .describe('Addresses and networks (CIDR) of reverse proxies whose X-Forwarded-* and Forwarded headers are believed. Nobody else’s are.'),
  }),

  log: z.strictObject({
    level: choice('debug', 'info', 'warn', 'error')
      .prefault('info')
      .describe('Least level that is logged. Logs are JSON, one line per entry, on the standard error stream.'),
    access: onOff().prefault(true).describe('Whether every request is logged.'),
  }),

  limits: z.strictObject({
    manifestMaxBytes: size({ min: 1024, max: 4 * 2 ** 20 })
      .prefault('4MiB')
      .describe('Largest manifest that is accepted. Clients and other registries count on 4MiB, so it cannot be more.'),
    blobMaxBytes: size({ min: 1024 }).prefault('128GiB').describe('Largest blob that is accepted.'),
    uploadsMax: wholeNumber({ min: 1, max: 1_000_000 })
      .prefault(10_000)
      .describe(
        'Upload sessions that may be open at once, and bodies of blobs that may arrive at once. A new session takes the place of one that was idle for an hour; when there is none, the answer is 429.',
      ),
    uploadChunkMinBytes: size({ max: 2 ** 30 })
      .prefault(0)
      .describe('Smallest chunk that a client is asked to send in a chunked upload (OCI-Chunk-Min-Length); 0 asks for nothing.'),
    listPageDefault: wholeNumber({ min: 1, max: 100_000 })
      .prefault(1000)
      .describe('Entries in a page of tags or repositories when the client names no number.'),
    listPageMax: wholeNumber({ min: 1, max: 100_000 })
      .prefault(10_000)
      .describe('Most entries in a page of tags or repositories, whatever the client asks for.'),
    referrersPageMax: wholeNumber({ min: 1, max: 10_000 }).prefault(1000).describe('Most entries in a page of referrers.'),
    tlsConnectionsMax: wholeNumber({ min: 1, max: 1_000_000 })
      .prefault(10_000)
      .describe('Connections with TLS that may be open at once; further ones are closed at once.'),
    drainTimeoutMs: duration({ max: 3600e3 })
      .prefault('25s')
      .describe('How long running requests may go on after the first signal to stop; then they are cut off.'),
  }),

  inventory: z.strictObject({
    attach: list()
      .refine((formats) => formats.every((format) => format === 'spdx' || format === 'cyclonedx'), 'only spdx and cyclonedx are known')
      .prefault('none')
      .describe(
        'Which SBOMs of an image are attached to it as referrers once its layers are read: `spdx`, `cyclonedx` or both. They count for quotas. With `none` they are made when somebody asks for them, and nothing is stored.',
      ),
  }),

  scanners: z.strictObject({
    adapters: scannerAdapters()
      .prefault('none')
      .describe(
        'Scanners of others that look at every image, too, by the adapter API that Harbor defined (Trivy, Clair and others have one): a list in the file, the same as JSON here. Each has `name`, `url`; and may have `username` with `password` or `passwordFile`, or `token` or `tokenFile`; `timeout` of a whole scan (30m), `networks` where its name may lead to, and `registryUrl`, how it reaches this server.',
      ),
    clamd: clamdAddress()
      .prefault('none')
      .describe(
        'ClamAV’s daemon, which then looks at every file of every layer: `tcp://host:3310` or `unix:/run/clamav/clamd.ctl`. What it finds is a critical finding of the scanner `clamav`.',
      ),
    clamdTimeoutMs: duration({ min: 1000, max: 6 * 3600e3 })
      .prefault('1h')
      .describe('How long ClamAV may take for one image.'),
    clamdFileMaxBytes: size({ min: 1024, max: 2 ** 30 })
      .prefault('25MB')
      .describe('Largest file that is given to ClamAV; its own `StreamMaxLength` must be as large. Larger ones are listed as not scanned.'),
    intervalMs: duration({ min: 60e3, max: 30 * 86_400e3 })
      .prefault('24h')
      .describe('How often each image is scanned again.'),
  }),

  advisories: z.strictObject({
    sources: list()
      .refine(
        (addresses) => addresses.every((address) => /^https?:\/\/[^\s/@]+(\/\S*)?$/.test(address)),
        'each must be an address like https://example.org/all.zip',
      )
      .prefault('none')
      .describe(
        'Addresses of files that say what is vulnerable, fetched again and again: exports of OSV, Debian’s tracker, Alpine’s security database, EPSS, CISA’s list. `none` fetches nothing: `naru admin advisories import` brings files in without a network.',
      ),
    intervalMs: duration({ min: 60e3, max: 30 * 86_400e3 })
      .prefault('24h')
      .describe('How often they are fetched.'),
  }),

  collection: z.strictObject({
    enabled: onOff().prefault(true).describe('Whether garbage collection and the expiry of uploads run in the background.'),
    intervalMs: duration({ min: 1000 }).prefault('1h').describe('Time from the end of one collection to the start of the next.'),
    graceMs: duration().prefault('24h').describe('How long content that nothing refers to is kept since it was last pushed, mounted or asked for.'),
    untaggedAfterMs: durationOrNever()
      .prefault('never')
      .describe(
        'When manifests without a tag are deleted, counted from their push or from when a tag left them last; `never` keeps them. For so long a deleted tag can be put back.',
      ),
    trashForMs: duration()
      .prefault('7d')
      .describe('For how long an image that was deleted by its digest can be put back; its space is freed after that. `0s`: not at all.'),
    uploadExpiryMs: duration({ min: 60e3 }).prefault('24h').describe('When an unfinished upload is thrown away, counted from its last byte.'),
  }),

  scrub: z.strictObject({
    enabled: onOff().prefault(true).describe('Whether stored blobs are re-read and checked against their digest in the background.'),
    intervalMs: duration({ min: 60e3 }).prefault('30d').describe('How often each blob is checked.'),
    bytesPerSecond: size({ min: 1024 }).prefault('16MiB').describe('How fast the background check reads at most.'),
  }),
});
