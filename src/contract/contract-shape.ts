/** The shape of a contract with an EHR: for each query file, its columns and their types. */
export type ContractShape = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** How a contract differs from its earlier shape, one clause per query that differs. The order of columns is ignored. */
export function shapeDifferences(before: ContractShape, now: ContractShape): string[] {
  const files = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return files.flatMap((file) => {
    const [had, has] = [before[file], now[file]];
    if (had === undefined) return [`${file} is new in the contract`];
    if (has === undefined) return [`${file} is gone from the contract`];
    const columns = columnDifferences(had, has);
    return columns.length === 0 ? [] : [`${file} has changed (${columns.join(', ')})`];
  });
}

function columnDifferences(had: ContractShape[string], has: ContractShape[string]): string[] {
  const names = [...new Set([...Object.keys(had), ...Object.keys(has)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [had[name], has[name]];
    if (was === is) return [];
    if (was === undefined) return [`${name} was added`];
    if (is === undefined) return [`${name} was removed`];
    return [`${name} changed from ${was} to ${is}`];
  });
}
