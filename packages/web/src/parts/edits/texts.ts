import { tableOf } from '../../language/table-of.ts';

const en = {
  title: (by: string | undefined) => `${by ?? 'Somebody else'} has changed this while you were writing.`,
  kept: 'What you have typed is still here, and not saved yet.',
  notSaved: 'Not saved: it is not any more what you began with. Look at it as it is now.',
  taken: 'There is one of this name already. Somebody may have made it just now.',
  before: 'before:',
  now: 'now:',
  nothing: 'nothing',
  yes: 'yes',
  no: 'no',
  takeOver: 'Take theirs, drop mine',
  overwrite: 'Save mine over it',
};

const ko: typeof en = {
  title: (by) => `작성하는 동안 ${by === undefined ? '다른 사람이' : `${by} 님이`} 이 내용을 바꿨습니다.`,
  kept: '입력한 내용은 그대로 있으며 아직 저장되지 않았습니다.',
  notSaved: '저장하지 않았습니다. 처음 열었을 때와 내용이 달라졌습니다. 지금 내용을 확인하세요.',
  taken: '같은 이름이 이미 있습니다. 방금 다른 사람이 만들었을 수 있습니다.',
  before: '이전:',
  now: '지금:',
  nothing: '없음',
  yes: '예',
  no: '아니요',
  takeOver: '바뀐 내용 쓰고 내 것 버리기',
  overwrite: '내 것으로 덮어쓰기',
};

export const useEditTexts = tableOf({ en, ko });
