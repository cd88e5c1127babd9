import { tableOf } from '../../language/table-of.ts';

const en = {
  title: 'Audit',
  hint: 'Who changed, pushed and pulled what, newest first. Entries are bound to each other by hashes and cannot be changed.',
  actor: 'Who',
  action: 'What was done',
  anyAction: 'anything',
  namespace: 'Namespace',
  since: 'From this day',
  until: 'Until the end of this day',
  filter: 'Filter',
  clear: 'Show all',
  none: 'Nothing was done that matches.',
  when: 'When',
  what: 'What',
  from: 'From',
  details: 'Details',
  credential: 'Credential',
  hash: 'Hash',
  older: 'Show older',
};

const ko: typeof en = {
  title: '감사 기록',
  hint: '누가 무엇을 바꾸고 push하고 pull했는지, 최근 순입니다. 기록은 해시로 이어져 있어 고칠 수 없습니다.',
  actor: '누가',
  action: '한 일',
  anyAction: '전체',
  namespace: '네임스페이스',
  since: '시작일',
  until: '종료일(그날까지)',
  filter: '필터',
  clear: '모두 보기',
  none: '맞는 기록이 없습니다.',
  when: '언제',
  what: '무엇을',
  from: '어디서',
  details: '자세히',
  credential: '인증 수단',
  hash: '해시',
  older: '이전 기록 보기',
};

export const useAuditTexts = tableOf({ en, ko });
