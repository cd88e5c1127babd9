/**
 * The page that links in mails lead to. Opening it changes nothing, since programs that look after
 * mailboxes open links too: a person presses the button. The secret stands behind the #, so neither
 * this server's log nor another site sees it.
 */
import { createHash } from 'node:crypto';
import { RegistryError } from '@naru/oci/registry-error';
import { errorReply } from '../http/errors.ts';
import { type Reply, reply } from '../http/reply.ts';
import type { HttpRequest } from '../http/request.ts';

export const linkPagePath = '/account-link';

const script = `
const [purpose, secret] = location.hash.slice(1).split('=');
const korean = navigator.language.startsWith('ko');
const texts = korean
  ? { verify: '이메일 주소 확인', change: '새 이메일 주소로 바꾸기', reset: '비밀번호 바꾸기', invitation: '초대 수락', done: '끝났습니다.', login: '로그인한 다음 이 링크를 다시 열어 주세요.', password: '새 비밀번호', bad: '이 링크는 완전하지 않습니다.' }
  : { verify: 'Confirm e-mail address', change: 'Change e-mail address', reset: 'Set password', invitation: 'Accept invitation', done: 'Done.', login: 'Log in and open this link again.', password: 'New password', bad: 'This link is not whole.' };
const form = document.querySelector('form');
const said = document.querySelector('output');
const button = document.querySelector('button');
document.documentElement.lang = korean ? 'ko' : 'en';
if (!secret || !Object.hasOwn(texts, purpose)) { form.hidden = true; said.textContent = texts.bad; }
else {
  button.textContent = texts[purpose];
  document.querySelector('span').textContent = texts.password;
  document.querySelector('label').hidden = purpose !== 'reset';
}
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  button.disabled = true;
  const body = { secret, ...(purpose === 'reset' && { password: form.elements.password.value }) };
  const response = await fetch(purpose === 'invitation' ? '/api/v1/invitations/accept' : '/api/v1/mail-links/use', { method: 'POST', body: JSON.stringify(body) });
  form.hidden = response.ok;
  button.disabled = false;
  said.textContent = response.ok ? texts.done : response.status === 401 ? texts.login : (await response.json()).errors[0].message;
});
`;

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>Naru</title>
<body><main><h1>Naru</h1><form><p><label hidden><span></span> <input name="password" type="password" autocomplete="new-password"></label></p><button></button></form>
<p><output role="status"></output></p><noscript>JavaScript is needed here. 자바스크립트가 필요합니다.</noscript></main><script>${script}</script></body></html>
`;

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; connect-src 'self'; script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

export function answerLinkPage({ method }: Pick<HttpRequest, 'method'>): Reply {
  if (method !== 'GET' && method !== 'HEAD') return errorReply(new RegistryError('UNSUPPORTED'), { allow: 'GET, HEAD' });
  return reply(200, headers, page);
}
