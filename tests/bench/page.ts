import { pageLooks } from './page-axe.ts';
import { pageScroll } from './page-scroll.ts';
import { pageSize } from './page-size.ts';

export const measurements = [pageSize, pageScroll, pageLooks];
