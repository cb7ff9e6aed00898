import { describe, expect, it } from 'vitest';
import { story } from '../bench/story-generator.ts';

const beginning = (seed: number) => {
  const moments = [];
  for (const moment of story(seed)) {
    moments.push(moment);
    if (moments.length === 400) return moments;
  }
  return moments;
};

describe('the story that prompts are measured with', () => {
  it('[TH5.57] is the same for the same seed and another for another', () => {
    expect(beginning(1)).toEqual(beginning(1));
    expect(beginning(1)).not.toEqual(beginning(2));
  });

  it('[TH5.57] goes on through days with work of every kind', () => {
    const moments = beginning(1);
    const stamps = moments.map((moment) => moment.at);
    expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
    expect(new Set(stamps.map((at) => new Date(at).toISOString().slice(0, 10))).size).toBeGreaterThan(3);
    const types = new Set(moments.flatMap((moment) => moment.told.map((each) => each.draft.type)));
    for (const type of [
      'file-created',
      'file-changed',
      'file-deleted',
      'burst',
      'commit-made',
      'branch-switched',
      'note-written',
      'operation-started',
      'work-uncommitted',
    ])
      expect(types).toContain(type);
    expect(Math.max(...moments.map((moment) => moment.told.length))).toBeGreaterThanOrEqual(10);
    const longest = moments.flatMap((moment) =>
      moment.told.map((each) => String(each.draft.details.text ?? '').length),
    );
    expect(Math.max(...longest)).toBeGreaterThan(700);
  });
});
