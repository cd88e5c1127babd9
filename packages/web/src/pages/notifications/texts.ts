import type { Answer } from '../../api/client.ts';
import { tableOf } from '../../language/table-of.ts';

export type Notice = Answer<'GET /user/notifications'>['items'][number];
export type NoticeKind = Notice['kind'];

const number = new Intl.NumberFormat('en');
const koNumber = new Intl.NumberFormat('ko');
const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const koDate = new Intl.DateTimeFormat('ko', { dateStyle: 'medium' });

const en = {
  title: 'Notifications',
  inbox: 'What you were told of',
  all: 'All',
  unread: 'Unread',
  which: 'Which are shown',
  none: 'Nothing to tell you. What concerns you will appear here.',
  noneUnread: 'You have read everything.',
  isUnread: 'unread',
  markRead: 'Mark as read',
  markAll: 'Mark all as read',
  settings: 'What you want to be told of',
  settingsHint: 'Mails go to your confirmed address, in the language of your profile, at most five a day of one kind.',
  noMail: 'This server sends no mails.',
  about: 'About',
  page: 'On these pages',
  mail: 'By mail',
  kinds: {
    findings: 'New critical and high findings in your repositories',
    quota: 'Little or no room left in your namespaces',
    deployment: 'Deployments that failed, or await your approval',
    webhook: 'Webhooks that are not answered',
    invitation: 'Invitations to organisations',
    badge: 'Decisions on badges',
    token: 'Access tokens that end soon',
  } satisfies Record<NoticeKind, string>,
  sentence: ({ kind, state = '', namespace = '', environment = '', subject = '', by = '', message, count = 1, until = 0 }: Notice): string => {
    const why = message === undefined ? '' : `: ${message}`;
    switch (kind) {
      case 'findings':
        return `${subject} (${state})${message === undefined ? '' : ` in ${message}`}${count > 1 ? `, and ${number.format(count - 1)} more that are new` : ''}`;
      case 'quota':
        return state === 'reached' ? `There is no room left in ${namespace}${why}` : `There is little room left in ${namespace}${why}`;
      case 'deployment':
        if (state === 'awaiting') return `${by} asks to deploy it into ${environment}`;
        return state === 'rolled_back' ? `It did not come up in ${environment}${why}` : `It is not deployed into ${environment}${why}`;
      case 'webhook':
        return `The webhook to ${subject} is not answered, and what was to be told is given up`;
      case 'invitation':
        return `${by} invites you to the organisation ${namespace}. The link is in the mail to your address`;
      case 'badge':
        return state === 'doubted'
          ? `The badge “${subject}” is in doubt, and goes in two weeks unless it is mended${why}`
          : `The badge “${subject}” was ${state}${why}`;
      case 'token':
        return `The access token ${subject}${by === '' ? '' : ` of ${by}`} ends on ${date.format(until)}`;
    }
  },
};

const badgeStates: Readonly<Record<string, string>> = {
  granted: '승인되었습니다',
  declined: '거절되었습니다',
  revoked: '취소되었습니다',
  confirmed: '다시 인정되었습니다',
  doubted: '의심스러워 고치지 않으면 2주 뒤에 취소됩니다',
};

const ko: typeof en = {
  title: '알림',
  inbox: '받은 알림',
  all: '전체',
  unread: '읽지 않음',
  which: '표시할 알림',
  none: '알림이 없습니다. 나와 관계있는 일이 생기면 여기에 나타납니다.',
  noneUnread: '모두 읽었습니다.',
  isUnread: '읽지 않음',
  markRead: '읽음으로 표시',
  markAll: '모두 읽음으로 표시',
  settings: '받고 싶은 알림',
  settingsHint: '메일은 확인된 주소로, 프로필의 언어로, 한 종류에 하루 다섯 통까지 보냅니다.',
  noMail: '이 서버는 메일을 보내지 않습니다.',
  about: '내용',
  page: '이 페이지에서',
  mail: '메일로',
  kinds: {
    findings: '내 저장소에서 새로 나온 심각·높음 취약점',
    quota: '거의 찼거나 다 찬 네임스페이스',
    deployment: '실패했거나 내 승인을 기다리는 배포',
    webhook: '응답이 없는 웹훅',
    invitation: '조직 초대',
    badge: '배지 심사 결과',
    token: '곧 끝나는 액세스 토큰',
  },
  sentence: ({ kind, state = '', namespace = '', environment = '', subject = '', by = '', message, count = 1, until = 0 }) => {
    const why = message === undefined ? '' : `: ${message}`;
    switch (kind) {
      case 'findings':
        return `${subject}(${state})${message === undefined ? '' : ` · ${message}`}${count > 1 ? ` 외 새로운 취약점 ${koNumber.format(count - 1)}건` : ''}`;
      case 'quota':
        return state === 'reached' ? `${namespace}에 남은 공간이 없습니다${why}` : `${namespace}에 남은 공간이 거의 없습니다${why}`;
      case 'deployment':
        if (state === 'awaiting') return `${by} 님이 ${environment} 환경 배포의 승인을 기다립니다`;
        return state === 'rolled_back' ? `${environment} 환경에서 실행되지 못했습니다${why}` : `${environment} 환경에 배포하지 않았습니다${why}`;
      case 'webhook':
        return `웹훅(${subject})이 응답하지 않아 전달을 포기했습니다`;
      case 'invitation':
        return `${by} 님이 ${namespace} 조직에 초대했습니다. 링크는 메일에 있습니다`;
      case 'badge':
        return `“${subject}” 배지가 ${badgeStates[state] ?? state}${why}`;
      case 'token':
        return `${by === '' ? '' : `${by}의 `}액세스 토큰 ${subject}의 기한: ${koDate.format(until)}`;
    }
  },
};

export const useNoticeTexts = tableOf({ en, ko });
