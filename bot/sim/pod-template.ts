type Labels = Readonly<Record<string, string>>;

/** What a pod is and asks for; all that is absent it doesn't ask for. */
export interface PodSettings {
  readonly graceSeconds: number;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  /** They keep the pod's object after its containers have ended, until somebody empties the list. */
  readonly finalizers?: readonly string[];
  /** The one node that it fits on. */
  readonly onlyOn?: string;
  /** The node that it is put on while that one takes pods. */
  readonly prefers?: string;
  readonly nodeSelector?: Labels;
  readonly tolerations?: readonly object[];
  /** As quantities: "500m", "2Gi". */
  readonly requests?: { readonly cpu?: string; readonly memory?: string };
  /** Names of PersistentVolumeClaims. */
  readonly claims?: readonly string[];
  readonly hostPort?: number;
  readonly hasEmptyDir?: boolean;
  readonly priorityClassName?: string;
  readonly habits?: PodHabits;
}

/** What the simulated kubelet does with it. Kept in annotations, as there is nothing else to tell a kubelet by. */
export interface PodHabits {
  /** Once deleted it stays until its node is booted again. */
  readonly neverEnds?: true;
  /** It runs and is not ready. */
  readonly neverReady?: true;
  /** Its containers exit by themselves after this many seconds, with this code. */
  readonly exits?: { readonly afterSeconds: number; readonly code: number };
  /** Whoever put the finalizers there takes them away so many seconds after the pod was deleted. */
  readonly finalizedAfterSeconds?: number;
}

export interface PodTemplate {
  readonly metadata: object;
  readonly spec: object;
}

const HABITS = "sim.bootswain.dev/habits";
const HOST = "kubernetes.io/hostname";

export function templateOf(settings: PodSettings): PodTemplate {
  const { labels, annotations, finalizers, habits } = settings;
  const noted = habits === undefined ? annotations : { ...annotations, [HABITS]: JSON.stringify(habits) };
  return {
    metadata: {
      ...given("labels", labels),
      ...given("annotations", noted),
      ...given("finalizers", finalizers),
    },
    spec: specOf(settings),
  };
}

export function habitsOf(annotations: Labels | undefined): PodHabits {
  const text = annotations?.[HABITS];
  return text === undefined ? {} : JSON.parse(text);
}

function specOf({ graceSeconds, nodeSelector, tolerations, priorityClassName, ...rest }: PodSettings): object {
  const volumes = volumesOf(rest);
  return {
    terminationGracePeriodSeconds: graceSeconds,
    containers: [containerOf(rest)],
    ...given("nodeSelector", nodeSelector),
    ...given("tolerations", tolerations),
    ...given("priorityClassName", priorityClassName),
    ...(volumes.length === 0 ? {} : { volumes }),
    ...affinityOf(rest),
  };
}

function containerOf({ requests, hostPort }: Pick<PodSettings, "requests" | "hostPort">): object {
  return {
    name: "main",
    image: "registry.example/none:1",
    ...(requests === undefined ? {} : { resources: { requests } }),
    ...(hostPort === undefined ? {} : { ports: [{ containerPort: hostPort, hostPort }] }),
  };
}

function volumesOf({ claims = [], hasEmptyDir }: Pick<PodSettings, "claims" | "hasEmptyDir">): readonly object[] {
  const claimed = claims.map((claimName, index) => ({ name: `data-${index}`, persistentVolumeClaim: { claimName } }));
  return hasEmptyDir === true ? [...claimed, { name: "scratch", emptyDir: {} }] : claimed;
}

function affinityOf({ onlyOn, prefers }: Pick<PodSettings, "onlyOn" | "prefers">): object {
  const named = (key: string, name: string): object => ({ key, operator: "In", values: [name] });
  const required = {
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [named("metadata.name", onlyOn ?? "")] }],
    },
  };
  const preferred = {
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 100, preference: { matchExpressions: [named(HOST, prefers ?? "")] } },
    ],
  };
  if (onlyOn === undefined && prefers === undefined) return {};
  const nodeAffinity = { ...(onlyOn === undefined ? {} : required), ...(prefers === undefined ? {} : preferred) };
  return { affinity: { nodeAffinity } };
}

const given = (key: string, value: unknown): object => (value === undefined ? {} : { [key]: value });
