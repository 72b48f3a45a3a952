import type { ContractExamination } from '../../../../src/ehr/contract/checked-contract.ts';
import { ehrConnections } from '../../../../src/ehr/ehr-source.ts';
import type { MysqlEhrSession } from '../../../../src/ehr/mysql/mysql-ehr.ts';
import { inFull } from '../../../../src/plain-text.ts';
import { statement } from '../../../../src/postgres/sql-file.ts';
import { type Check, look, ok, skipped, warning } from '../check.ts';
import { assessClock } from '../clock.ts';
import { checkContractAndRows, type EhrQuestion, patience } from './ehr.ts';
import { tablesIn } from '../../../../src/ehr/contract/contract-tables.ts';
import { type CheckedContract, fetchedBesides } from '../../../../src/ehr/contract/contract-query.ts';

/** An EHR in MySQL or MariaDB, through the same read-only session and the same checks as a night. */
export function checkMysqlEhr(question: EhrQuestion): Promise<readonly Check[]> {
  return look('server', async () => {
    const { openMysqlEhr } = await import('../../../../src/ehr/mysql/mysql-ehr.ts');
    const ehr = await openMysqlEhr({ ...question, searchPath: null }, patience);
    try {
      return [
        ...(await look('server', () => checkServer(ehr))),
        ...checkTimeLimit(ehr, question.hasScanTimeout),
        ...(await look('connections', () => checkSecondConnection(question))),
        ...(await look('clock', () => checkServerClock(ehr))),
        ok('time zone', `${question.timeZone} is read here; the server needs no zones.`),
        ...(await look('contract', () =>
          checkContractAndRows(ehr, { ...question, extract: null }, (examination) => checkTables(ehr, examination)),
        )),
      ];
    } finally {
      await ehr.close();
    }
  });
}

/** As text: the session parses nothing. */
interface Server {
  readonly account: string;
  readonly is_read_only: string;
  readonly name: string;
}

const asked = async <Row>(ehr: MysqlEhrSession, what: string, text: string): Promise<readonly Row[]> =>
  (await ehr.session.rows(what, { text, values: [] })) as unknown as readonly Row[];

async function checkServer(ehr: MysqlEhrSession): Promise<Check[]> {
  const { label } = ehr.session.flavour;
  const [server] = await asked<Server>(ehr, 'a look at the server', statement('ehr/mysql/describe_mysql_server').text);
  const replica = server?.is_read_only === '0' ? '' : ' The server itself takes no writes.';
  return [
    ok('server', `${label}, as ${server?.account ?? 'an unknown account'}, in read-only transactions.${replica}`),
    ...(await checkRights(ehr)),
  ];
}

async function checkRights(ehr: MysqlEhrSession): Promise<Check[]> {
  const { text } = statement('ehr/mysql/find_mysql_rights');
  const rights = await asked<{ privilege: string; place: string }>(ehr, "a look at the account's rights", text);
  if (rights.length === 0) return [ok('account', 'The account may only read.')];
  const places = [...new Set(rights.map(({ place }) => place))];
  const given = places.map((place) => {
    const own = rights.filter((right) => right.place === place).map(({ privilege }) => privilege);
    return `${own.slice(0, 3).join(', ')}${own.length > 3 ? ` and ${own.length - 3} more` : ''} on ${place}`;
  });
  return [
    warning(
      'account',
      `The account could change the EHR: ${given.join('; ')}.`,
      'This job only reads, so make it an account that can do no more: docs/your-ehr.md has the GRANTs.',
    ),
  ];
}

function checkTimeLimit({ session }: MysqlEhrSession, hasScanTimeout: boolean): Check[] {
  if (!session.limitIsTheirs || hasScanTimeout) return [];
  return [
    warning(
      'time limit',
      'The account or the server ends a statement after less than 20 s; a scan of all rows may take longer.',
      'Ask the administrator for more time, then set EHR_SCAN_TIMEOUT.',
    ),
  ];
}

/** A second one beside the first, as a run has it. */
async function checkSecondConnection(question: EhrQuestion): Promise<Check[]> {
  const { openMysqlEhr } = await import('../../../../src/ehr/mysql/mysql-ehr.ts');
  const second = await openMysqlEhr({ ...question, searchPath: null }, patience);
  await second.close();
  return [ok('connections', `A run needs ${ehrConnections} connections at the same time; the server gave them.`)];
}

async function checkServerClock(ehr: MysqlEhrSession): Promise<Check[]> {
  const askedAt = Date.now();
  const clock = await ehr.serverClock();
  return [assessClock(`The EHR's ${ehr.session.flavour.name}`, clock.getTime() - (askedAt + Date.now()) / 2)];
}

interface Table {
  readonly schema_name: string;
  readonly name: string;
  readonly engine: string | null;
  readonly estimated_rows: string;
}

/** What the contract reads: a snapshot covers tables of InnoDB alone. */
async function checkTables(ehr: MysqlEhrSession, { contract }: ContractExamination): Promise<Check[]> {
  if (contract === null) return [skipped('tables', 'because the contract does not fit.')];
  const read = tablesOfContract(contract);
  const { text } = statement('ehr/mysql/describe_mysql_tables');
  const all = await asked<Table>(ehr, 'a look at the tables', text);
  const tables = all.filter(({ name }) => read.has(name.toLowerCase()));
  if (tables.length === 0) return [skipped('tables', 'because the server names none that the queries read.')];
  const others = tables.filter(({ engine }) => engine !== null && engine !== 'InnoDB');
  if (others.length > 0) {
    const named = others.map(({ schema_name, name, engine }) => `${schema_name}.${name} (${engine ?? ''})`);
    return [
      warning(
        'tables',
        `A snapshot covers tables of InnoDB alone, and these are none: ${named.join(', ')}. Their rows may be of another moment than the others.`,
        'Let the administrator convert them to InnoDB (ENGINE = InnoDB).',
      ),
    ];
  }
  const sizes = tables.map(({ name, estimated_rows }) => `${name} (about ${inFull(Number(estimated_rows))} rows)`);
  return [ok('tables', `The snapshot covers what the contract reads: ${sizes.join(', ')}.`)];
}

/** The names of tables that the contract's queries read, in lower case, by the text of the queries. */
function tablesOfContract(contract: CheckedContract): ReadonlySet<string> {
  const { all, byKey } = contract;
  const queries = [...Object.values(all), ...Object.values(byKey), ...fetchedBesides(contract)];
  // A quoted name is written as the other dialect writes it.
  const texts = queries.flatMap((query) => (query === null ? [] : [query.text.replaceAll('`', '"')]));
  return new Set(texts.flatMap(tablesIn).map((name) => name.toLowerCase()));
}
