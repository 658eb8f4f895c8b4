const FORM = /^([+-]?\d*\.?\d+(?:[eE][+-]?\d+)?)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;

const SCALES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity as a number ("100m" is 0.1, "1Gi" is 2^30); 0 for what is none. */
export function readQuantity(text: string | number | undefined): number {
  if (typeof text === "number") return text;
  const [, number, suffix] = FORM.exec(text ?? "") ?? [];
  return number === undefined ? 0 : Number(number) * (suffix === undefined ? 1 : (SCALES[suffix] ?? 1));
}
