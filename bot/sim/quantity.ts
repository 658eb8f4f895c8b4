const SCALES: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** "500m" is 0.5 and "1Gi" 2^30; 0 for what is none. */
export function readQuantity(quantity: string): number {
  const [, number = "0", suffix = ""] = /^([\d.]+)([a-zA-Z]*)$/.exec(quantity) ?? [];
  return Number(number) * (SCALES[suffix] ?? 1);
}
