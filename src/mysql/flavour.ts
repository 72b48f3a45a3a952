/** What differs between MySQL and MariaDB, as texts. Everything else of this program is the same for both. */
export interface Flavour {
  readonly name: 'MySQL' | 'MariaDB';
  /** For people: `MariaDB 10.11.19`. */
  readonly label: string;
  /** The oldest version that has all that is used here. */
  readonly isOldEnough: boolean;
  /** The session's limit of a statement, in milliseconds; 0 for none. */
  readonly readTimeLimit: string;
  readonly setTimeLimit: (ms: number) => string;
  /** The tables of a query and how each is read: `table`, `type` and `rows`. */
  readonly explain: (text: string) => string;
  /** Begins a read-only transaction whose snapshot is taken at once. */
  readonly begin: string;
}

const oldest = { MySQL: [8, 0], MariaDB: [10, 6] } as const;

/** By the server's own `VERSION()`: `8.0.36`, `10.11.19-MariaDB-0+deb12u1`. */
export function flavourOf(version: string): Flavour {
  const name = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL';
  // Old MariaDB servers announce 5.5.5- first, for old replicas.
  const [, major = '0', minor = '0', patch = ''] = /(?:^5\.5\.5-|^)(\d+)\.(\d+)(\.\d+)?/.exec(version) ?? [];
  const [atLeast, atLeastMinor] = oldest[name];
  const isOldEnough = Number(major) > atLeast || (Number(major) === atLeast && Number(minor) >= atLeastMinor);
  const common = {
    name,
    label: `${name} ${major}.${minor}${patch}`,
    isOldEnough,
    begin: 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
  } as const;
  return name === 'MariaDB'
    ? {
        ...common,
        // In seconds, with a fraction; it holds for every statement.
        readTimeLimit: 'SELECT CAST(ROUND(@@SESSION.max_statement_time * 1000) AS CHAR) AS milliseconds',
        setTimeLimit: (ms) => `SET SESSION max_statement_time = ${ms / 1000}`,
        explain: (text) => `EXPLAIN ${text}`,
      }
    : {
        ...common,
        // In milliseconds; it holds for SELECT.
        readTimeLimit: 'SELECT CAST(@@SESSION.max_execution_time AS CHAR) AS milliseconds',
        setTimeLimit: (ms) => `SET SESSION max_execution_time = ${ms}`,
        // The default form is another one where somebody has set explain_format.
        explain: (text) => `EXPLAIN FORMAT=TRADITIONAL ${text}`,
      };
}
