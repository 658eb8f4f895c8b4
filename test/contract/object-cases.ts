import type { ContractCase } from "./case.ts";
import { decision, report, reportStatus } from "./objects.ts";
import { ask, at, items, refusal, text, versionOf } from "./world.ts";

export const objectCases: readonly ContractCase[] = [
  {
    says: "an object that is not there is 404 to get, update, update of status, and delete",
    run: async (world) => [
      refusal(await ask(world, { verb: "get", resource: "hostreports", name: "absent" })),
      refusal(
        await ask(world, { verb: "update", resource: "hostreports", name: "absent", object: report("absent", "1") }),
      ),
      refusal(
        await ask(world, {
          verb: "update",
          resource: "hostreports",
          name: "absent",
          subresource: "status",
          object: report("absent", "1"),
        }),
      ),
      refusal(await ask(world, { verb: "delete", resource: "hostreports", name: "absent" })),
    ],
  },
  {
    says: "create answers 201 with a uid and a version, drops the status, and answers 409 AlreadyExists the second time",
    run: async (world) => {
      const object = { ...report("made"), status: reportStatus("boot-1") };
      const first = await ask(world, { verb: "create", resource: "hostreports", object });
      const second = await ask(world, { verb: "create", resource: "hostreports", object });
      return {
        code: first.code,
        hasUid: text(at(first.body, "metadata", "uid")) !== "",
        hasVersion: /^\d+$/.test(versionOf(first)),
        status: at(first.body, "status"),
        again: refusal(second),
      };
    },
  },
  {
    says: "a write of the status leaves the rest, and a write of the object leaves the status",
    run: async (world) => {
      const made = await ask(world, { verb: "create", resource: "hostreports", object: report("parts") });
      const labelled = { ...report("parts", versionOf(made)), status: reportStatus("boot-1") };
      const status = await ask(world, {
        verb: "update",
        resource: "hostreports",
        name: "parts",
        subresource: "status",
        object: withLabel(labelled),
      });
      const whole = { ...report("parts", versionOf(status)), status: reportStatus("boot-2") };
      const object = await ask(world, {
        verb: "update",
        resource: "hostreports",
        name: "parts",
        object: withLabel(whole),
      });
      return {
        afterStatus: [status.code, at(status.body, "metadata", "labels"), at(status.body, "status", "bootID")],
        afterObject: [object.code, at(object.body, "metadata", "labels"), at(object.body, "status", "bootID")],
      };
    },
  },
  {
    says: "an update against an older version is 409 Conflict, one without a version is 422, and one that changes nothing keeps the version",
    run: async (world) => {
      const made = await ask(world, { verb: "create", resource: "hostreports", object: report("versions") });
      const put = (version: string | undefined, bootId: string) =>
        ask(world, {
          verb: "update",
          resource: "hostreports",
          name: "versions",
          subresource: "status",
          object: { ...report("versions", version), status: reportStatus(bootId) },
        });
      const first = await put(versionOf(made), "boot-1");
      const stale = await put(versionOf(made), "boot-2");
      const same = await put(versionOf(first), "boot-1");
      const blind = await put(undefined, "boot-3");
      return {
        first: first.code,
        grows: BigInt(versionOf(first)) > BigInt(versionOf(made)),
        stale: refusal(stale),
        same: [same.code, versionOf(same) === versionOf(first)],
        blind: [blind.code, at(blind.body, "reason")],
      };
    },
  },
  {
    says: "an update that names another uid is 409 Conflict, and so is a delete",
    run: async (world) => {
      const made = await ask(world, { verb: "create", resource: "hostreports", object: report("uids") });
      const other = "00000000-0000-4000-8000-000000000000";
      const wrong = {
        ...report("uids", versionOf(made)),
        metadata: { name: "uids", resourceVersion: versionOf(made), uid: other },
      };
      return [
        refusal(await ask(world, { verb: "update", resource: "hostreports", name: "uids", object: wrong })),
        refusal(await ask(world, { verb: "delete", resource: "hostreports", name: "uids", uid: other })),
        (
          await ask(world, {
            verb: "delete",
            resource: "hostreports",
            name: "uids",
            uid: text(at(made.body, "metadata", "uid")),
          })
        ).code,
        (await ask(world, { verb: "get", resource: "hostreports", name: "uids" })).code,
      ];
    },
  },
  {
    says: "a decision's spec never changes, and its judgement is written once it is there",
    run: async (world) => {
      const made = await ask(world, {
        verb: "create",
        resource: "rebootdecisions",
        object: decision("approve-1", "approve"),
      });
      const changed = {
        ...decision("approve-1", "force"),
        metadata: { name: "approve-1", resourceVersion: versionOf(made) },
      };
      const status = { outcome: "counted", says: "yes", at: "2026-12-01T00:00:00.000Z" };
      const judged = {
        ...decision("approve-1", "approve"),
        metadata: { name: "approve-1", resourceVersion: versionOf(made) },
        status,
      };
      const refused = await ask(world, {
        verb: "update",
        resource: "rebootdecisions",
        name: "approve-1",
        object: changed,
      });
      const written = await ask(world, {
        verb: "update",
        resource: "rebootdecisions",
        name: "approve-1",
        subresource: "status",
        object: judged,
      });
      return [refused.code, at(refused.body, "reason"), written.code, at(written.body, "status", "outcome")];
    },
  },
  {
    says: "a list comes page by page, all of one version, in the order of the names",
    run: async (world) => {
      for (const name of ["page-c", "page-a", "page-b"]) {
        await ask(world, {
          verb: "create",
          resource: "configmaps",
          namespace: world.namespace,
          object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name } },
        });
      }
      const isOurs = (name: string): boolean => name.startsWith("page-");
      const names: string[] = [];
      const versions = new Set<string>();
      let next: string | undefined;
      do {
        const more = next === undefined ? {} : { continue: next };
        const page = await ask(world, {
          verb: "list",
          resource: "configmaps",
          namespace: world.namespace,
          limit: 2,
          ...more,
        });
        names.push(...items(page).map((item) => text(at(item, "metadata", "name"))));
        versions.add(versionOf(page));
        next = text(at(page.body, "metadata", "continue")) || undefined;
      } while (next !== undefined);
      return { names: names.filter(isOurs), versions: versions.size };
    },
  },
  {
    says: "a lease is taken by create once, and renewed only against its newest version",
    run: async (world) => {
      const lease = (holder: string, version?: string) => ({
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: {
          name: "contract",
          namespace: world.namespace,
          ...(version === undefined ? {} : { resourceVersion: version }),
        },
        spec: {
          holderIdentity: holder,
          leaseDurationSeconds: 30,
          renewTime: "2026-12-01T00:00:00.000000Z",
          leaseTransitions: 0,
        },
      });
      const place = { resource: "leases", namespace: world.namespace } as const;
      const first = await ask(world, { verb: "create", ...place, object: lease("a") });
      const second = await ask(world, { verb: "create", ...place, object: lease("b") });
      const renewed = await ask(world, {
        verb: "update",
        ...place,
        name: "contract",
        object: lease("b", versionOf(first)),
      });
      const late = await ask(world, {
        verb: "update",
        ...place,
        name: "contract",
        object: lease("a", versionOf(first)),
      });
      return [first.code, refusal(second), renewed.code, at(renewed.body, "spec", "holderIdentity"), refusal(late)];
    },
  },
];

const withLabel = (object: { readonly metadata: object }): object => ({
  ...object,
  metadata: { ...object.metadata, labels: { seen: "yes" } },
});
