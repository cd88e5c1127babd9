import { tableOf } from '../../language/table-of.ts';

const en = {
  title: 'Reviews',
  hint: 'What was pushed to repositories that you review. Others see an image when somebody who has not pushed it approves it.',
  show: 'Show',
  filters: { staged: 'waiting for a decision', approved: 'approved', refused: 'refused' },
  states: { staged: 'It waits for a review: others do not see it yet.', approved: 'Approved by a reviewer.', refused: 'Refused: others do not see it.' },
  none: 'There are none.',
  by: (name: string) => `by ${name}`,
  pushed: (name: string) => `pushed by ${name}`,
  approve: 'Approve',
  refuse: 'Refuse',
  reason: 'Reason',
  approveHint: 'For the record. Everybody sees the image at once, with its platforms and what is said of them.',
  refuseHint: 'Whoever pushed it reads it.',
  heading: (decision: string, image: string) => `${decision}: ${image}`,
  decided: { approve: (image: string) => `${image} is shown to everybody.`, refuse: (image: string) => `${image} stays hidden.` },
};

const ko: typeof en = {
  title: '검토',
  hint: '내가 검토하는 저장소에 push된 이미지입니다. push하지 않은 사람이 승인하면 다른 사람에게 보입니다.',
  show: '보기',
  filters: { staged: '결정 대기', approved: '승인됨', refused: '거절됨' },
  states: {
    staged: '검토를 기다리고 있어 다른 사람에게는 아직 보이지 않습니다.',
    approved: '검토한 사람이 승인했습니다.',
    refused: '거절되어 다른 사람에게 보이지 않습니다.',
  },
  none: '없습니다.',
  by: (name) => `처리: ${name}`,
  pushed: (name) => `push: ${name}`,
  approve: '승인',
  refuse: '거절',
  reason: '이유',
  approveHint: '기록에 남습니다. 이미지는 그 플랫폼과 서명 등과 함께 모두에게 바로 보입니다.',
  refuseHint: 'push한 사람이 읽습니다.',
  heading: (decision, image) => `${image}: ${decision}`,
  decided: { approve: (image) => `${image}이(가) 모두에게 보입니다.`, refuse: (image) => `${image}을(를) 계속 숨깁니다.` },
};

export const useReviewTexts = tableOf({ en, ko });
