import { tableOf } from '../../language/table-of.ts';

const number = new Intl.NumberFormat('en');
const koNumber = new Intl.NumberFormat('ko');

const en = {
  made: 'made',
  used: 'used',
  newToken: 'New token',
  tokenName: 'Name',
  tokenNameHint: 'Such as the computer or job that uses it.',
  rights: 'What it may do',
  rightChoices: {
    pull: 'pull',
    push: 'pull and push',
    delete: 'pull, push and delete',
    all: 'everything that I may, my account too',
  },
  repositories: 'Only these repositories',
  repositoriesHint: 'Names or patterns such as acme/app or acme/**, between commas. Empty: all.',
  expiry: 'Ends',
  days: (n: number) => `in ${number.format(n)} days`,
  never: 'never',
  createToken: 'Create token',
  tokenMade: (name: string) => `Token ${name}`,
  revoke: 'Revoke',
  revokeTitle: (name: string) => `Revoke ${name}?`,
  revokeLead: 'Whatever uses it is locked out at once.',
  everything: 'everything',
  allRepositories: 'all repositories',
  ends: 'ends',
  over: 'over',
  noEnd: 'never ends',
  from: (address: string) => `from ${address}`,
};

const ko: typeof en = {
  made: '생성',
  used: '사용',
  newToken: '새 토큰',
  tokenName: '이름',
  tokenNameHint: '토큰을 쓰는 컴퓨터나 작업의 이름이 좋습니다.',
  rights: '할 수 있는 일',
  rightChoices: { pull: 'pull', push: 'pull과 push', delete: 'pull, push, 삭제', all: '내가 할 수 있는 모든 일(계정 설정 포함)' },
  repositories: '이 저장소만',
  repositoriesHint: 'acme/app, acme/** 같은 이름이나 패턴을 쉼표로 구분합니다. 비우면 모든 저장소입니다.',
  expiry: '만료',
  days: (n) => `${koNumber.format(n)}일 뒤`,
  never: '없음',
  createToken: '토큰 만들기',
  tokenMade: (name) => `${name} 토큰`,
  revoke: '폐기',
  revokeTitle: (name) => `${name} 토큰을 폐기할까요?`,
  revokeLead: '이 토큰을 쓰는 모든 것이 바로 막힙니다.',
  everything: '모든 권한',
  allRepositories: '모든 저장소',
  ends: '만료',
  over: '만료됨',
  noEnd: '만료 없음',
  from: (address) => `${address}에서`,
};

export const useTokenTexts = tableOf({ en, ko });
