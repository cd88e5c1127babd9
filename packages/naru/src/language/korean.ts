import type { ProgramTexts } from './program-texts.ts';

export const korean: ProgramTexts = {
  see: (what, command) => `${what}${what.endsWith('?') ? '' : '.'} '${command}'를 보세요.`,
  didYouMean: (what, nearest) => `${what}. 혹시 ${nearest} 아닙니까?`,
  notACommand: (word) => `'${word}'라는 naru 명령은 없습니다`,
  noArgument: (command, word) => `"${command}"에는 인자가 없는데 "${word}"가 있습니다`,
  wrongWordCount(command, min, max) {
    const rule = min === max ? `${min}개` : max === Infinity ? `${min}개 이상` : min === 0 ? `${max}개 이하` : `${min}개에서 ${max}개`;
    return `'naru ${command}'에는 인자가 ${rule} 필요합니다`;
  },
  unknownFlag: (flag) => `모르는 플래그입니다: ${flag}`,
  flagWithoutValue: (flag) => `플래그에 값이 필요합니다: ${flag}`,
  valueForSwitch: (flag) => `값을 받지 않는 플래그입니다: ${flag}`,
  about: '나루: 누구나 운영할 수 있는 컨테이너 이미지의 집',
  usage: '사용법:',
  commands: '명령:',
  flags: '플래그:',
  more: `명령마다 자세한 설명은 'naru 명령 --help'에 있습니다.`,
  presetOf: (preset) => `기본값 ${preset}`,
};
