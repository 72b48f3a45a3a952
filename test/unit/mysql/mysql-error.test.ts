import { describe, expect, test } from 'vitest';
import { DatabaseFault, NeighbourFault } from '../../../src/fault.ts';
import { mysqlFault } from '../../../src/mysql/mysql-error.ts';

const refused = (errno: number, code: string, sqlMessage: string): Error =>
  Object.assign(new Error(sqlMessage), { errno, code, sqlState: 'HY000', sqlMessage });

describe('an error of MySQL', () => {
  test('is told in the words of the server where they are about names', () => {
    const fault = mysqlFault('a look', refused(1146, 'ER_NO_SUCH_TABLE', "Table 'ehr.nobody' doesn't exist"), null);
    expect(fault.message).toBe("The EHR refused a look: Table 'ehr.nobody' doesn't exist (ER_NO_SUCH_TABLE, 1146).");
  });

  test('is told by its code alone where the words may hold a value', () => {
    const error = refused(1292, 'ER_TRUNCATED_WRONG_VALUE', "Incorrect DATE value: 'Quixotic'");
    const fault = mysqlFault('a look', error, null);
    expect(fault.message).toBe('The EHR refused a look: ER_TRUNCATED_WRONG_VALUE, 1292.');
  });

  test.each([
    [1969, 'ER_UNKNOWN', 'ER_STATEMENT_TIMEOUT'],
    [3024, 'ER_QUERY_TIMEOUT', 'ER_QUERY_TIMEOUT'],
  ])('%d is a time limit', (errno, code, symbol) => {
    const fault = mysqlFault('a look', refused(errno, code, 'Query execution was interrupted'), null);
    expect(fault).toBeInstanceOf(DatabaseFault);
    expect(fault).toMatchObject({ code: symbol, isTimeout: true });
  });

  test('of the connection is a lost neighbour', () => {
    const gone = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    expect(mysqlFault('a look', gone, null)).toBeInstanceOf(NeighbourFault);
    expect(mysqlFault('a look', refused(1064, 'ER_PARSE_ERROR', 'x'), gone).message).toMatch(
      /^Lost the connection to the EHR during a look: read ECONNRESET\. Nothing is lost/,
    );
  });
});
