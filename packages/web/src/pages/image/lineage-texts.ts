import { tableOf } from '../../language/table-of.ts';

const en = {
  graph: 'What this image was built on, and what was built on it',
  thisImage: 'this image',
  layers: (n: number) => (n === 1 ? '1 layer' : `${n} layers`),
  byAnnotation: 'says its builder',
  byAnnotationHint: 'Its annotations name this base; no layer proves it.',
  nowhere: 'in no repository that you may see',
  more: (n: number) => `and ${n} more`,
  alone: 'It stands on no image of this server, and none stands on it.',
  notAnImage: 'This has no layers of an image.',
  declaredBase: (name: string) => `Its annotations name the base ${name}, which is not on this server.`,
  showMore: 'Show more that stand on it',
  golden: {
    current: (base: string) => `Stands on the golden image ${base}, as it is now.`,
    outdated: (base: string) => `Stands on an older version of the golden image ${base}: build it again.`,
    deleted: (base: string) => `Stands on the golden image ${base}, whose tag was deleted.`,
    expired: (base: string) => `Stands on ${base}, whose approval has ended.`,
  },
  newBase: 'Where it is now',
};

const ko: typeof en = {
  graph: '이 이미지의 바탕과, 이 이미지를 바탕으로 만든 것',
  thisImage: '이 이미지',
  layers: (n) => `레이어 ${n}개`,
  byAnnotation: '만든 쪽의 말',
  byAnnotationHint: '주석에 이 바탕이 적혀 있지만, 레이어로 확인되지는 않았습니다.',
  nowhere: '볼 수 있는 저장소에 없음',
  more: (n) => `외 ${n}개`,
  alone: '이 서버의 어떤 이미지도 바탕으로 하지 않고, 이것을 바탕으로 한 이미지도 없습니다.',
  notAnImage: '이미지의 레이어가 없습니다.',
  declaredBase: (name) => `주석에 적힌 바탕은 ${name}이며, 이 서버에는 없습니다.`,
  showMore: '이것을 바탕으로 한 이미지 더 보기',
  golden: {
    current: (base) => `골든 이미지 ${base}의 지금 버전을 바탕으로 합니다.`,
    outdated: (base) => `골든 이미지 ${base}의 이전 버전을 바탕으로 합니다. 다시 빌드하세요.`,
    deleted: (base) => `골든 이미지 ${base}를 바탕으로 하지만, 그 태그는 삭제되었습니다.`,
    expired: (base) => `${base}를 바탕으로 하지만, 승인 기간이 끝났습니다.`,
  },
  newBase: '지금의 버전',
};

export const useLineageTexts = tableOf({ en, ko });
