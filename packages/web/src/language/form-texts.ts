/** What the forms and lists of accounts, organisations and the administration have in common. */
import { tableOf } from './table-of.ts';

const en = {
  cancel: 'Cancel',
  close: 'Close',
  more: 'Show more',
  ownPassword: 'Your password',
  typeName: (name: string) => `Type ${name} to go on`,
  wrongPassword: 'This is not your password.',
  saved: 'Saved.',
  save: 'Save',
  add: 'Add',
  remove: 'Remove',
  delete: 'Delete',
  unused: 'never used',
  secretOnce: 'Copy it now: it is shown only this once.',
  secret: 'the secret',
  logIn: 'Log in with it. Docker asks for the password, which is the secret:',
  signIn: 'Sign in to see this',
  administrators: 'This is for administrators of the server.',
  sections: 'Parts of this page',
  actions: { pull: 'pull', push: 'push', 'tag:move': 'move tags', delete: 'delete', manage: 'manage' },
  unknownAccount: 'There is nobody and nothing of this name here.',
  tooLittle: 'Not everything is filled in.',
};

const ko: typeof en = {
  cancel: '취소',
  close: '닫기',
  more: '더 보기',
  ownPassword: '내 비밀번호',
  typeName: (name) => `계속하려면 ${name} 입력`,
  wrongPassword: '비밀번호가 맞지 않습니다.',
  saved: '저장했습니다.',
  save: '저장',
  add: '추가',
  remove: '제거',
  delete: '삭제',
  unused: '사용한 적 없음',
  secretOnce: '지금 복사하세요. 다시 표시되지 않습니다.',
  secret: '비밀 값',
  logIn: '이 값으로 로그인하세요. docker가 비밀번호를 물으면 위의 값을 입력합니다.',
  signIn: '로그인하면 볼 수 있습니다',
  administrators: '서버 관리자만 볼 수 있습니다.',
  sections: '이 페이지의 구성',
  actions: { pull: 'pull', push: 'push', 'tag:move': '태그 이동', delete: '삭제', manage: '관리' },
  unknownAccount: '그런 이름이 없습니다.',
  tooLittle: '빠진 항목이 있습니다.',
};

export const useFormTexts = tableOf({ en, ko });
