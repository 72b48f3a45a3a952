import { describe, expect, test } from 'vitest';
import { flavourOf } from '../../../src/mysql/flavour.ts';

describe('the flavour of a server', () => {
  test.each([
    ['8.0.36', 'MySQL 8.0.36', true],
    ['8.4.0-cluster', 'MySQL 8.4.0', true],
    ['9.1.0', 'MySQL 9.1.0', true],
    ['8.0.35-0ubuntu0.22.04.1', 'MySQL 8.0.35', true],
    ['5.7.44-log', 'MySQL 5.7.44', false],
    ['10.11.19-MariaDB-0+deb12u1', 'MariaDB 10.11.19', true],
    ['10.6.18-MariaDB-log', 'MariaDB 10.6.18', true],
    ['11.4.2-MariaDB', 'MariaDB 11.4.2', true],
    ['5.5.5-10.6.12-MariaDB', 'MariaDB 10.6.12', true],
    ['10.5.29-MariaDB', 'MariaDB 10.5.29', false],
    ['5.5.68-MariaDB', 'MariaDB 5.5.68', false],
    ['nothing', 'MySQL 0.0', false],
  ])('%s is %s', (version, label, isOldEnough) => {
    const flavour = flavourOf(version);
    expect([flavour.label, flavour.isOldEnough]).toEqual([label, isOldEnough]);
  });

  test('decides the words of what the servers say differently', () => {
    const words = (version: string): readonly string[] => {
      const { readTimeLimit, setTimeLimit, explain, begin } = flavourOf(version);
      return [readTimeLimit, setTimeLimit(1_500), setTimeLimit(0), explain('SELECT 1'), begin];
    };
    expect(words('8.0.36')).toEqual([
      'SELECT CAST(@@SESSION.max_execution_time AS CHAR) AS milliseconds',
      'SET SESSION max_execution_time = 1500',
      'SET SESSION max_execution_time = 0',
      'EXPLAIN FORMAT=TRADITIONAL SELECT 1',
      'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
    ]);
    expect(words('10.11.19-MariaDB')).toEqual([
      'SELECT CAST(ROUND(@@SESSION.max_statement_time * 1000) AS CHAR) AS milliseconds',
      'SET SESSION max_statement_time = 1.5',
      'SET SESSION max_statement_time = 0',
      'EXPLAIN SELECT 1',
      'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
    ]);
  });
});
