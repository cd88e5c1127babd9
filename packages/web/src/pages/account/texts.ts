import { tableOf } from '../../language/table-of.ts';

const en = {
  or: 'or',
  with: (label: string) => `Sign in with ${label}`,
  passkey: 'Sign in with a passkey',
  passkeyStopped: 'The browser showed no passkey: it was cancelled, took too long, or there is none for this server.',
  passkeyUnknown: 'This passkey opens no account here. It may have been removed in the account settings.',
};

const ko: typeof en = {
  or: '또는',
  with: (label) => `${label} 계정으로 로그인`,
  passkey: '패스키로 로그인',
  passkeyStopped: '패스키를 받지 못했습니다. 취소했거나, 시간이 지났거나, 이 서버의 패스키가 없습니다.',
  passkeyUnknown: '이 패스키로 열 수 있는 계정이 없습니다. 계정 설정에서 삭제했을 수 있습니다.',
};

export const useSignInTexts = tableOf({ en, ko });
