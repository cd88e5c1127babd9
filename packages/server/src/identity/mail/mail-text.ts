/**
 * What our mails say, in Korean and in English. Names in them were chosen by strangers: they are
 * escaped in HTML, and a subject is one line.
 */
import type { Notice } from '../../metadata/notification-port.ts';
import type { Mail } from './mailer.ts';
import { noticeTexts } from './notice-text.ts';

export type Language = 'en' | 'ko';

/** `name`: of the account that the mail is about. */
export type MailContent =
  | { readonly kind: 'verify' | 'reset' | 'change'; readonly name: string; readonly link: string }
  | { readonly kind: 'taken'; readonly name: string }
  | { readonly kind: 'password-changed' | 'password-elsewhere'; readonly name: string }
  | { readonly kind: 'address-changed'; readonly name: string }
  | { readonly kind: 'new-sign-in'; readonly name: string; readonly address: string; readonly device: string; readonly at: number }
  | { readonly kind: 'notification'; readonly notice: Notice; readonly link: string }
  | { readonly kind: 'invite'; readonly organisation: string; readonly invitedBy: string; readonly link: string };

export function renderMail(to: string, language: Language, content: MailContent): Mail {
  const { subject, paragraphs } = language === 'ko' ? korean(content) : english(content);
  const link = 'link' in content ? content.link : undefined;
  const footer = footers[language];
  return {
    to,
    subject: subject.replaceAll(/\p{Cc}+/gu, ' '),
    text: `${[...paragraphs, ...(link === undefined ? [] : [link]), `-- \n${footer}`].join('\n\n')}\n`,
    html: [
      `<!doctype html><html lang="${language}"><body style="font-family:sans-serif;line-height:1.5">`,
      ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
      ...(link === undefined ? [] : [`<p><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></p>`]),
      `<p style="color:#666">${escapeHtml(footer)}</p></body></html>`,
    ].join('\n'),
  };
}

type Text = { readonly subject: string; readonly paragraphs: readonly string[] };

const footers = { en: 'Naru, a home for container images. This mail was sent by a program.', ko: '나루 - 컨테이너 이미지의 집. 프로그램이 보낸 메일입니다.' };

function english(content: MailContent): Text {
  switch (content.kind) {
    case 'verify':
      return {
        subject: `Confirm your e-mail address, ${content.name}`,
        paragraphs: [
          `Hello ${content.name},`,
          'open this link within a day to confirm that this address is yours. If you did not make an account, do nothing: without the link nobody can use it.',
        ],
      };
    case 'reset':
      return {
        subject: 'Choose a new password',
        paragraphs: [
          `Hello ${content.name},`,
          'open this link within an hour to choose a new password. If you did not ask for it, do nothing: your password stays as it is.',
        ],
      };
    case 'change':
      return {
        subject: 'Confirm your new e-mail address',
        paragraphs: [`Hello ${content.name},`, 'open this link within a day, and this becomes the address of your account.'],
      };
    case 'taken':
      return {
        subject: 'You have an account already',
        paragraphs: [
          `Hello ${content.name},`,
          'somebody tried to make an account with this address, which belongs to yours. If it was you, log in as before, or ask for a new password. Otherwise do nothing.',
        ],
      };
    case 'password-changed':
      return {
        subject: 'Your password was changed',
        paragraphs: [
          `Hello ${content.name},`,
          'the password of your account was set anew by a link to this address. If it was not you, ask for another link at once.',
        ],
      };
    case 'password-elsewhere':
      return {
        subject: 'Your password is not kept here',
        paragraphs: [
          `Hello ${content.name},`,
          'a new password was asked for. You log in with the password of your company’s directory: change it where your company lets you, and it is good here at once. If you did not ask for it, do nothing.',
        ],
      };
    case 'address-changed':
      return {
        subject: 'The e-mail address of your account was changed',
        paragraphs: [`Hello ${content.name},`, 'your account has another address now. If it was not you, write to who runs this server.'],
      };
    case 'new-sign-in':
      return {
        subject: 'A log-in from a new place',
        paragraphs: [
          `Hello ${content.name},`,
          `somebody logged in to your account from where nobody did in the last 90 days: from ${content.address}, by ${content.device}, at ${utc(content.at)}.`,
          'If it was you, do nothing. If not, change your password: that ends every session. Then look at your access tokens and passkeys.',
        ],
      };
    case 'notification': {
      const sentence = noticeTexts.en(content.notice);
      return { subject: sentence, paragraphs: [`${sentence}.`, 'You asked to be told of this by mail. All of it, and what you are told of, is here:'] };
    }
    case 'invite':
      return {
        subject: `Invitation to ${content.organisation}`,
        paragraphs: [
          `${content.invitedBy} invites you to the organisation ${content.organisation}.`,
          'Log in, or make an account with this address, and open this link within seven days.',
        ],
      };
  }
}

function korean(content: MailContent): Text {
  switch (content.kind) {
    case 'verify':
      return {
        subject: `${content.name} 님, 이메일 주소를 확인해 주세요`,
        paragraphs: [
          `${content.name} 님, 안녕하세요.`,
          '이 주소가 본인의 것이라면 하루 안에 아래 링크를 열어 주세요. 계정을 만든 적이 없다면 그냥 두시면 됩니다. 링크를 열지 않으면 아무도 그 계정을 쓸 수 없습니다.',
        ],
      };
    case 'reset':
      return {
        subject: '새 비밀번호를 정해 주세요',
        paragraphs: [
          `${content.name} 님, 안녕하세요.`,
          '한 시간 안에 아래 링크를 열어 새 비밀번호를 정해 주세요. 요청한 적이 없다면 그냥 두시면 됩니다. 비밀번호는 그대로입니다.',
        ],
      };
    case 'change':
      return {
        subject: '새 이메일 주소를 확인해 주세요',
        paragraphs: [`${content.name} 님, 안녕하세요.`, '하루 안에 아래 링크를 열면 이 주소가 계정의 새 주소가 됩니다.'],
      };
    case 'taken':
      return {
        subject: '이미 계정이 있습니다',
        paragraphs: [
          `${content.name} 님, 안녕하세요.`,
          '이 주소로 새 계정을 만들려는 시도가 있었지만, 이 주소의 계정이 이미 있습니다. 본인이라면 그대로 로그인하거나 비밀번호 재설정을 요청해 주세요. 아니라면 그냥 두시면 됩니다.',
        ],
      };
    case 'password-changed':
      return {
        subject: '비밀번호가 바뀌었습니다',
        paragraphs: [
          `${content.name} 님, 안녕하세요.`,
          '이 주소로 보낸 링크로 계정의 비밀번호를 새로 정했습니다. 본인이 아니라면 곧바로 비밀번호 재설정을 다시 요청해 주세요.',
        ],
      };
    case 'password-elsewhere':
      return {
        subject: '비밀번호는 이 서버에 없습니다',
        paragraphs: [
          `${content.name} 님, 안녕하세요.`,
          '새 비밀번호를 요청하셨습니다. 이 계정은 회사 디렉터리의 비밀번호로 로그인합니다. 회사에서 정한 곳에서 바꾸시면 여기서도 바로 쓸 수 있습니다. 요청한 적이 없다면 그냥 두시면 됩니다.',
        ],
      };
    case 'address-changed':
      return {
        subject: '계정의 이메일 주소가 바뀌었습니다',
        paragraphs: [`${content.name} 님, 안녕하세요.`, '계정의 이메일 주소가 바뀌었습니다. 본인이 아니라면 서버 운영자에게 알려 주세요.'],
      };
    case 'new-sign-in':
      return {
        subject: '새로운 곳에서 로그인했습니다',
        paragraphs: [
          `${content.name} 님, 안녕하세요.`,
          `지난 90일 동안 로그인한 적이 없는 곳에서 계정에 로그인했습니다. 주소는 ${content.address}, 프로그램은 ${content.device}, 시각은 ${utc(content.at)}입니다.`,
          '본인이라면 그냥 두시면 됩니다. 아니라면 비밀번호를 바꿔 주세요. 모든 세션이 끝납니다. 그다음 액세스 토큰과 패스키를 살펴보세요.',
        ],
      };
    case 'notification': {
      const sentence = noticeTexts.ko(content.notice);
      return { subject: sentence, paragraphs: [`${sentence}.`, '메일로 알려 달라고 하신 일입니다. 알림 전체와 알림 설정은 여기에 있습니다.'] };
    }
    case 'invite':
      return {
        subject: `${content.organisation} 조직에 초대합니다`,
        paragraphs: [
          `${content.invitedBy} 님이 ${content.organisation} 조직에 초대했습니다.`,
          '로그인하거나 이 주소로 계정을 만든 다음, 7일 안에 아래 링크를 열어 주세요.',
        ],
      };
  }
}

/** `2026-11-21 13:05 UTC` */
function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => escapes[letter] ?? letter);
}
