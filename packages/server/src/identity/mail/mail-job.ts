/**
 * Sends what the rules have asked for, as jobs: a mail outlives a crash and an SMTP server that is down.
 *
 * Who gets a mail, and whether, is found out here and not in the request that asks: so a request
 * answers the same, and as fast, for addresses that are known and for those that are not. The secret
 * of a link is made here as well, and rows keep only its hash. A second try sends a new link, and the
 * one before is void. (An invitation's secret is in its job: whoever stole it would need the mailbox too.)
 */
import type { Job } from '../../metadata/job-port.ts';
import type { IdentityRows, MailLinkPurpose, User } from '../../metadata/identity/port.ts';
import { JobFailure, type JobKind } from '../../jobs/job-kind.ts';
import type { Clock } from '../../runtime/clock.ts';
import { newSecret } from '../../runtime/ids.ts';
import { hasPasswordElsewhere } from '../ldap/directory-sign-in.ts';
import { hashSecret } from '../secret-hash.ts';
import { type Language, type MailContent, renderMail } from './mail-text.ts';
import { type Mailer, MailFailure } from './mailer.ts';
import type { Notice } from '../../metadata/notification-port.ts';

export type MailRequest =
  /** To the account of this address, when there is one. */
  | { readonly kind: 'verify' | 'reset' | 'taken'; readonly email: string }
  | { readonly kind: 'change'; readonly userId: string; readonly email: string }
  | { readonly kind: 'password-changed'; readonly userId: string }
  /** `address`: of the network. `at`: epoch ms. */
  | { readonly kind: 'new-sign-in'; readonly userId: string; readonly address: string; readonly device: string; readonly at: number }
  /** To the address before. */
  | { readonly kind: 'address-changed'; readonly userId: string; readonly email: string }
  /** What they have asked to be told of. */
  | { readonly kind: 'notification'; readonly userId: string; readonly notice: Notice }
  | {
      readonly kind: 'invite';
      readonly email: string;
      readonly organisation: string;
      readonly invitedBy: string;
      readonly language: Language;
      readonly secret: string;
    };

export const mailJobKind = 'mail';

/** An SMTP server may be down for a day, also when chance makes each wait the shortest. */
export const mailRetry = { attemptsMax: 64, firstMs: 2000, longestMs: 3600e3 };

export type MailJobParts = {
  readonly rows: IdentityRows;
  readonly mailer: Mailer;
  /** Origin of the pages that links lead to: never what a request says of itself, or a stranger could have links sent that lead to him. */
  readonly linkUrl: string;
  readonly clock: Clock;
  /** Told after each try. */
  readonly onTried?: (outcome: 'sent' | 'later') => void;
};

const linkLifetimeMs = { verify: 86_400e3, change: 86_400e3, reset: 3600e3 } as const;

/** So that nobody can fill somebody else's mailbox. */
export const mailsPerDayMax = 5;

export function mailJobs({ rows, mailer, linkUrl, clock, onTried }: MailJobParts): JobKind {
  return {
    name: mailJobKind,
    concurrency: 2,
    retry: mailRetry,
    async run(job, signal) {
      const request = job.payload as MailRequest; // written by mail-rules.ts, and by nobody else
      const letter = await addressLetter(request);
      if (letter === undefined || (await isTooMany(letter.to, tallyOf(request), job))) return;
      const { to, language } = letter;
      const content = await letter.write();
      try {
        await mailer.send(renderMail(to, language, content), signal);
        onTried?.('sent');
      } catch (error) {
        if (!(error instanceof MailFailure)) throw error;
        if (!error.isFinal) onTried?.('later');
        throw new JobFailure(error.message, { isFinal: error.isFinal, cause: error });
      }
    },
  };

  /** Undefined when there is nothing to send (any more). */
  async function addressLetter(request: MailRequest): Promise<Letter | undefined> {
    switch (request.kind) {
      case 'invite': {
        const { email, organisation, invitedBy, language, secret } = request;
        return { to: email, language, write: async () => ({ kind: 'invite', organisation, invitedBy, link: linkTo('invitation', secret) }) };
      }
      case 'verify':
      case 'reset':
      case 'taken': {
        const user = await rows.users.findByEmail(request.email);
        if (user === undefined || user.disabledAt !== undefined) return undefined;
        if (request.kind === 'taken') return letterTo(user, request.email, async () => ({ kind: 'taken', name: user.name }));
        if (request.kind === 'verify' && user.emailVerifiedAt !== undefined) return undefined;
        if (request.kind === 'reset' && (await hasPasswordElsewhere(rows.externals, user)))
          return letterTo(user, request.email, async () => ({ kind: 'password-elsewhere', name: user.name }));
        return withLink(user, request.email, request.kind);
      }
      case 'change': {
        const user = await rows.users.get(request.userId);
        return user && withLink(user, request.email, 'change');
      }
      case 'address-changed': {
        const user = await rows.users.get(request.userId);
        return user && letterTo(user, request.email, async () => ({ kind: 'address-changed', name: user.name }));
      }
      case 'password-changed': {
        const user = await rows.users.get(request.userId);
        return user?.email === undefined ? undefined : letterTo(user, user.email, async () => ({ kind: 'password-changed', name: user.name }));
      }
      case 'new-sign-in': {
        const user = await rows.users.get(request.userId);
        if (user?.email === undefined || user.emailVerifiedAt === undefined) return undefined;
        const { address, device, at } = request;
        return letterTo(user, user.email, async () => ({ kind: 'new-sign-in', name: user.name, address, device, at }));
      }
      case 'notification': {
        const user = await rows.users.get(request.userId);
        if (user?.email === undefined || user.emailVerifiedAt === undefined || user.disabledAt !== undefined) return undefined;
        return letterTo(user, user.email, async () => ({ kind: 'notification', notice: request.notice, link: `${linkUrl}/notifications` }));
      }
    }
  }

  function withLink(user: User, email: string, purpose: MailLinkPurpose): Letter {
    return letterTo(user, email, async () => {
      const secret = newSecret();
      await rows.mailLinks.create({ secretHash: hashSecret(secret), purpose, userId: user.id, email, expiresAt: clock.now() + linkLifetimeMs[purpose] });
      return { kind: purpose, name: user.name, link: linkTo(purpose, secret) };
    });
  }

  /** Behind the #, which no browser sends: it stands in no log and no Referer. */
  function linkTo(purpose: MailLinkPurpose | 'invitation', secret: string): string {
    return `${linkUrl}/account-link#${purpose}=${secret}`;
  }

  /** A second try of the same job counts once. */
  async function isTooMany(to: string, kind: string, { attempts }: Pick<Job, 'attempts'>): Promise<boolean> {
    return attempts === 1 && (await rows.attempts.count({ key: `mails of a day ${kind} ${to}`, at: clock.now(), windowMs: 86_400e3 })) > mailsPerDayMax;
  }
}

/** What is written is written last: a link takes the place of the one before, which must not happen for a mail that is not sent. */
type Letter = { readonly to: string; readonly language: Language; write(): Promise<MailContent> };

function letterTo({ language }: User, to: string, write: Letter['write']): Letter {
  return { to, language: language === 'ko' ? 'ko' : 'en', write };
}

/** Many deployments that fail must not keep a full quota from being told. */
function tallyOf(request: MailRequest): string {
  return request.kind === 'notification' ? `notification ${request.notice.kind}` : request.kind;
}
