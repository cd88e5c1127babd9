/** What a person reads when a log-in by a provider came to nothing. Made here, of a closed list: nothing of the address is shown. */
import { RegistryError } from '@naru/oci/registry-error';
import { errorReply } from '../http/errors.ts';
import { type Reply, reply } from '../http/reply.ts';
import type { HttpRequest } from '../http/request.ts';
import { type SignInProblemCode, signInProblems } from '../identity/oidc/sign-in-problem.ts';

export const signInProblemPath = '/sign-in-problem';

type Texts = Readonly<Record<SignInProblemCode | 'title' | 'again', string>>;

const english: Texts = {
  title: 'You are not logged in',
  again: 'Back to the log-in',
  cancelled: 'The log-in was cancelled there.',
  expired: 'This took too long, was done before, or was begun in another browser. Begin again.',
  provider: 'The provider cannot be reached, or does not answer as it should. Try again later; whoever runs this server finds the reason in its log.',
  token: 'What the provider said is not to be trusted. Try again; whoever runs this server finds the reason in its log.',
  domain: 'This server lets in only e-mail addresses of certain domains that the provider has confirmed.',
  'no-account': 'You have no account here, and none is made by itself. Ask whoever runs this server.',
  'link-first': 'An account here has your e-mail address. If it is yours, log in to it, and bind it to this provider in its settings.',
  taken: 'Another account is bound to who you are there, or yours is bound to somebody else there.',
  refused: 'This account is disabled.',
};

const korean: Texts = {
  title: '로그인하지 못했습니다',
  again: '로그인으로 돌아가기',
  cancelled: '로그인이 그쪽에서 취소되었습니다.',
  expired: '너무 오래 걸렸거나, 이미 끝났거나, 다른 브라우저에서 시작했습니다. 다시 시작하세요.',
  provider: '로그인 서비스에 닿지 못하거나 응답이 올바르지 않습니다. 나중에 다시 해 보세요. 이유는 서버의 로그에 있습니다.',
  token: '로그인 서비스가 말한 것을 믿을 수 없습니다. 다시 해 보세요. 이유는 서버의 로그에 있습니다.',
  domain: '이 서버는 로그인 서비스가 확인한, 정해진 도메인의 이메일 주소만 받습니다.',
  'no-account': '여기에 계정이 없고, 저절로 만들어지지도 않습니다. 서버를 운영하는 분에게 물어보세요.',
  'link-first': '여기의 계정 하나가 이 이메일 주소를 쓰고 있습니다. 내 것이라면 그 계정으로 로그인한 뒤 설정에서 이 로그인 서비스와 연결하세요.',
  taken: '다른 계정이 이미 연결되어 있거나, 내 계정이 그쪽의 다른 사람과 연결되어 있습니다.',
  refused: '꺼진 계정입니다.',
};

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  vary: 'accept-language',
};

export function answerSignInProblem({ method, query, header }: Pick<HttpRequest, 'method' | 'query' | 'header'>): Reply {
  if (method !== 'GET' && method !== 'HEAD') return errorReply(new RegistryError('UNSUPPORTED'), { allow: 'GET, HEAD' });
  const code = signInProblems.find((one) => one === query.get('code')) ?? 'provider';
  const isKorean = /^ko\b/i.test(header('accept-language') ?? '');
  const texts = isKorean ? korean : english;
  return reply(
    200,
    headers,
    `<!doctype html><html lang="${isKorean ? 'ko' : 'en'}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><meta name="color-scheme" content="light dark"><title>${texts.title} · Naru</title>
<style>body{font:1rem/1.6 system-ui;max-width:34rem;margin:15vh auto;padding:0 1rem}</style>
<main><h1>${texts.title}</h1><p>${texts[code]}</p><p><a href="/sign-in">${texts.again}</a></p><p><small>${code}</small></p></main></html>
`,
  );
}
