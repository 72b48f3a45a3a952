/** A value as a dotenv file holds it: bare where that will do, since Docker's `--env-file` keeps quotes. */
export function dotenvValue(value: string): string {
  if (/^[\w./:@%+=,{}-]*$/.test(value)) return value;
  // A path may hold any of them, but hardly all.
  const quote = ["'", '"', '`'].find((mark) => !value.includes(mark)) ?? "'";
  return `${quote}${value}${quote}`;
}
