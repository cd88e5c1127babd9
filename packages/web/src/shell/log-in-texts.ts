import { tableOf } from '../language/table-of.ts';

const en = {
  title: 'Your session has ended',
  lead: (name: string) => `Log in again as ${name}: nothing on this page is lost, and what you did last goes on.`,
  otherwise: 'Log in another way',
  goOn: 'Go on without',
};

const ko: typeof en = {
  title: '로그인이 만료되었습니다',
  lead: (name) => `${name} 계정으로 다시 로그인하세요. 이 페이지의 내용은 그대로 있으며, 하던 일이 이어집니다.`,
  otherwise: '다른 방법으로 로그인',
  goOn: '로그인하지 않고 계속',
};

export const useLogInTexts = tableOf({ en, ko });
