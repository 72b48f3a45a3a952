import { lasting } from '../../../../src/plain-text.ts';
import type { Session } from '../../../../src/postgres/session.ts';
import { statement } from '../../../../src/postgres/sql-file.ts';
import { type Check, ok, warning } from '../check.ts';

interface SettingInForce {
  readonly name: string;
  readonly value: string;
  readonly whose: string;
}

/** Settings of role, database or server that our sessions leave in force. */
export async function checkSessionSettings(session: Session): Promise<Check[]> {
  const found = await session.run<SettingInForce>(statement('doctor/read_session_settings'));
  const harmful = found.filter(({ name, value }) => consequences[name]?.(value) !== undefined);
  const others = found.filter((one) => !harmful.includes(one));
  const says =
    others.length === 0
      ? 'Nothing that a run depends on is set for the role, the database or the server.'
      : `Left as they are set: ${others.map(described).join('; ')}.`;
  return [
    ...(harmful.length > 0 && others.length === 0 ? [] : [ok('session', says)]),
    ...harmful.map((one) =>
      warning('session', `${described(one)}: ${consequences[one.name]?.(one.value) ?? ''}.`, remedyOf(one)),
    ),
    ...checkPooler(session),
  ];
}

const described = ({ name, value, whose }: SettingInForce): string =>
  `${name} is ${value === '' ? "''" : value} (${whose})`;
const remedyOf = ({ name, whose }: SettingInForce): string =>
  `A superuser can RESET ${name} for ${whose}, if it is not meant.`;

const whereOn =
  (what: string) =>
  (value: string): string | undefined =>
    value === 'on' ? what : undefined;

/** The consequence of a value; undefined if it is harmless. */
const consequences: Readonly<Record<string, (value: string) => string | undefined>> = {
  temp_file_limit: (value) => (value === '-1' ? undefined : 'a statement that sorts more than that ends the run'),
  zero_damaged_pages: whereOn('rows on a damaged page vanish in silence, and look as if they were gone'),
  ignore_checksum_failure: whereOn('damaged rows are read as if they were sound'),
  row_security: (value) =>
    value === 'off' ? 'a query that row level security filters is refused, and ends the run' : undefined,
  search_path: (value) =>
    value === '' || value === '""' ? 'a query finds only tables that it names with their schema' : undefined,
};

/** The EHR's own limit applies unless EHR_SCAN_TIMEOUT is set. */
export function checkStatementTimeout({ greeting }: Session, hasScanTimeout: boolean): Check[] {
  const { statementTimeoutMs } = greeting;
  if (statementTimeoutMs === 0 || hasScanTimeout) return [];
  return [
    warning(
      'statement_timeout',
      `The EHR ends a statement after ${lasting(statementTimeoutMs)} (statement_timeout of the role, the database or the server), a scan too.`,
      'If scans take longer, set EHR_SCAN_TIMEOUT, which replaces it for scans. Ask the administrator of the EHR first.',
    ),
  ];
}

function checkPooler({ isPooled }: Session): Check[] {
  if (!isPooled) return [];
  return [
    warning(
      'pooler',
      "A pooler in session mode is in between. When a machine vanishes, the pooler decides how long its session, and a run's lock, stay.",
      'PgBouncer: server_reset_query = DISCARD ALL, tcp_keepidle = 10, tcp_keepintvl = 5, tcp_keepcnt = 3, tcp_user_timeout = 25000.',
    ),
  ];
}
