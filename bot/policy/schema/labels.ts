import { z } from "zod";
import { must, pattern } from "./must.ts";

/** Optional DNS prefix, a slash, and a name of up to 63 characters. */
const KEY = /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const CRON_JOB = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\/[a-z0-9](?:[-a-z0-9.]{0,50}[a-z0-9])?$/;

export const labelKey = () => pattern(KEY, "a label key, such as topology.kubernetes.io/zone");

export const labels = () =>
  z.record(
    labelKey(),
    pattern(VALUE, "a label value, such as ssd"),
    must("a mapping of labels, such as { disk: ssd }"),
  );

/** Labels that choose: none would choose everything. */
export const selector = (without: string) =>
  labels()
    .refine((value) => Object.keys(value).length > 0, {
      error: `must have at least one label; ${without}`,
    })
    .meta({ minProperties: 1 });

export const namespace = () => pattern(NAMESPACE, "a namespace, such as kube-system");

export const cronJob = () => pattern(CRON_JOB, "a CronJob as namespace/name, such as ops/node-smoke");
