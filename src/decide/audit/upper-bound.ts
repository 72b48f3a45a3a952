const unlikely = 0.05;

/**
 * The one-sided upper bound of Clopper and Pearson: if a larger share of all items were wrong, fewer than one random sample in twenty would
 * have this few wrong ones. It holds exactly for any share and any size of the sample.
 */
export function upperBound(wrong: number, sample: number): number {
  if (wrong >= sample) return 1;
  let [low, high] = [wrong / sample, 1];
  // Each step halves the interval, so sixty reach the precision of a number.
  for (let step = 0; step < 60; step += 1) {
    const share = (low + high) / 2;
    if (atMost(wrong, sample, share) > unlikely) low = share;
    else high = share;
  }
  return high;
}

/** How likely at most this many of a sample are wrong if this share of all is. Summed as logarithms: the terms are too small for a number. */
function atMost(wrong: number, sample: number, share: number): number {
  const odds = Math.log(share) - Math.log1p(-share);
  let term = sample * Math.log1p(-share);
  let sum = Math.exp(term);
  for (let count = 1; count <= wrong; count += 1) {
    term += Math.log((sample - count + 1) / count) + odds;
    sum += Math.exp(term);
  }
  return sum;
}
