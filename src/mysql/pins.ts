/**
 * What every session with a MySQL pins, over the settings of the account and the server, so that a row always prints as the same text and
 * a contract's query has one meaning everywhere.
 */
export const pins: readonly string[] = [
  // Literals and parameters of ours, and what is returned. Both servers know this collation.
  'SET NAMES utf8mb4 COLLATE utf8mb4_general_ci',
  "SET SESSION time_zone = '+00:00'",
  // No mode: a bad cast gives null, dates of any kind are shown, "||" is OR, and a double quote marks a text.
  "SET SESSION sql_mode = ''",
  "SET SESSION lc_time_names = 'en_US'",
  'SET SESSION div_precision_increment = 4',
  // Longer texts of GROUP_CONCAT would be cut without a word.
  'SET SESSION group_concat_max_len = 16777216',
  'SET SESSION sql_select_limit = 18446744073709551615',
  'SET SESSION sql_big_selects = 1',
  // A reader that rests between two megabytes is no lost one.
  'SET SESSION net_write_timeout = 600',
  'SET SESSION wait_timeout = 28800',
  // Seconds that a query waits for a table that somebody alters.
  'SET SESSION lock_wait_timeout = 10',
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY',
];
