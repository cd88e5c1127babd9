/** One line of a notice, for a mail. The pages have sentences of their own. */
import type { Notice } from '../../metadata/notification-port.ts';

export const noticeTexts = { en: english, ko: korean } as const;

function english(notice: Notice): string {
  const { kind, state = '', namespace = '', environment = '', subject = '', by = '', message, count = 1, until } = notice;
  const image = imageOf(notice);
  const why = message === undefined ? '' : `: ${message}`;
  switch (kind) {
    case 'findings':
      return `${image} has ${subject} (${state})${message === undefined ? '' : ` in ${message}`}${count > 1 ? `, and ${count - 1} more that are new` : ''}`;
    case 'quota':
      return state === 'reached' ? `There is no room left in ${namespace}${why}` : `There is little room left in ${namespace}${why}`;
    case 'deployment':
      if (state === 'awaiting') return `${by} asks to deploy ${image} into ${environment}`;
      return state === 'rolled_back' ? `${image} did not come up in ${environment}${why}` : `${image} is not deployed into ${environment}${why}`;
    case 'webhook':
      return `The webhook to ${subject} of ${notice.repository ?? namespace} is not answered, and what was to be told is given up`;
    case 'invitation':
      return `${by} invites you to the organisation ${namespace}`;
    case 'badge':
      if (state === 'doubted')
        return `The badge “${subject}” of ${notice.repository ?? namespace} is in doubt, and goes in two weeks unless it is mended${why}`;
      return `The badge “${subject}” of ${notice.repository ?? namespace} was ${state}${why}`;
    case 'token':
      return `The access token ${subject}${by === '' ? '' : ` of ${by}`} ends on ${dayOf(until)}`;
  }
}

function korean(notice: Notice): string {
  const { kind, state = '', namespace = '', environment = '', subject = '', by = '', message, count = 1, until } = notice;
  const image = imageOf(notice);
  const why = message === undefined ? '' : `: ${message}`;
  switch (kind) {
    case 'findings':
      return `${image}에 ${subject}(${state}) 취약점이 있습니다${message === undefined ? '' : ` (${message})`}${count > 1 ? `. 그 밖에 새로운 것이 ${count - 1}건 더 있습니다` : ''}`;
    case 'quota':
      return state === 'reached' ? `${namespace}에 남은 공간이 없습니다${why}` : `${namespace}에 남은 공간이 거의 없습니다${why}`;
    case 'deployment':
      if (state === 'awaiting') return `${by} 님이 ${image} 이미지를 ${environment} 환경에 배포하려고 승인을 기다립니다`;
      return state === 'rolled_back'
        ? `${image} 이미지가 ${environment} 환경에서 실행되지 못했습니다${why}`
        : `${image} 이미지를 ${environment} 환경에 배포하지 않습니다${why}`;
    case 'webhook':
      return `${notice.repository ?? namespace}의 웹훅(${subject})이 응답하지 않아 전달을 포기했습니다`;
    case 'invitation':
      return `${by} 님이 ${namespace} 조직에 초대했습니다`;
    case 'badge':
      if (state === 'doubted') return `${notice.repository ?? namespace}의 “${subject}” 배지가 의심스러워 고치지 않으면 2주 뒤에 취소됩니다${why}`;
      return `${notice.repository ?? namespace}의 “${subject}” 배지: ${state}${why}`;
    case 'token':
      return `${by === '' ? '' : `${by}의 `}액세스 토큰 ${subject}이(가) ${dayOf(until)}에 끝납니다`;
  }
}

function imageOf({ repository = '', tag, digest }: Notice): string {
  return tag !== undefined ? `${repository}:${tag}` : digest !== undefined ? `${repository}@${digest.slice(0, 19)}` : repository;
}

function dayOf(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString().slice(0, 10);
}
