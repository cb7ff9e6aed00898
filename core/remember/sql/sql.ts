import type Database from 'better-sqlite3';

/** A row as the database gives it; `rows.ts` and `memory-rows.ts` say what it stands for. */
export type Row = Record<string, unknown>;

/** One open database: each text of SQL is prepared once and kept. Texts are constant or vary in few ways; values are always bound. */
export interface Sql {
  get(text: string, ...values: unknown[]): Row | undefined;
  all(text: string, ...values: unknown[]): Row[];
  /** Row by row, for what is too much to hold. */
  each(text: string, ...values: unknown[]): IterableIterator<Row>;
  /** Returns how many rows changed. */
  run(text: string, ...values: unknown[]): number;
  /** The column `n` of the first row; 0 when there is none. */
  count(text: string, ...values: unknown[]): number;
}

export function createSql(db: Database.Database): Sql {
  const statements = new Map<string, Database.Statement<unknown[], Row>>();
  const prepared = (text: string) => {
    let statement = statements.get(text);
    if (!statement) {
      statement = db.prepare<unknown[], Row>(text);
      statements.set(text, statement);
    }
    return statement;
  };
  return {
    get: (text, ...values) => prepared(text).get(...values),
    all: (text, ...values) => prepared(text).all(...values),
    each: (text, ...values) => prepared(text).iterate(...values),
    run: (text, ...values) => prepared(text).run(...values).changes,
    count: (text, ...values) => Number(prepared(text).get(...values)?.n ?? 0),
  };
}

/** Values for `IN (SELECT value FROM json_each(?))`. */
export const inList = (values: readonly unknown[]): string => JSON.stringify(values);

/** Row numbers for the same, in the order of the rows: neighbours are read together, which takes half the time. */
export const inRowOrder = (ns: readonly number[]): string => JSON.stringify(ns.toSorted((a, b) => a - b));
