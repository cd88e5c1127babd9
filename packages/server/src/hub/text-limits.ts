/** Characters of what people and images say (I6). */
export const textLimits = { line: 200, address: 500, readme: 50_000 } as const;
