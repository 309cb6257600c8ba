import { Naming } from "../../components/host/naming.ts";
import type { Engine } from "../engine.ts";

/** How Docker lists what a stack is made of, by name, and removes it: in this order. */
const KINDS = [
  {
    kind: "container",
    list: ["ps", "--all", "--format", "{{.Names}}"],
    remove: ["rm", "--force", "--volumes"],
  },
  { kind: "network", list: ["network", "ls", "--format", "{{.Name}}"], remove: ["network", "rm"] },
  { kind: "volume", list: ["volume", "ls", "--format", "{{.Name}}"], remove: ["volume", "rm"] },
  { kind: "image", list: ["images", "--format", "{{.Repository}}:{{.Tag}}"], remove: ["rmi", "--force"] },
] as const;

/** The volume that stands for a stack's name on its engine. */
export function nameVolumeOf(stack: string): string {
  return `${new Naming(stack).prefix}-claim`;
}

/**
 * What an engine has of a stack, by its names, the volume that stands for its name apart. No other stack's names begin
 * alike, since names of stacks on demand have no dash.
 */
export async function findLeftovers(engine: Engine, stack: string): Promise<string[]> {
  const found = await Promise.all(KINDS.map(({ list }) => namesOf(engine, stack, list)));
  return KINDS.flatMap(({ kind }, at) => (found[at] ?? []).map((name) => `${kind} ${name}`));
}

/** Removes it all. @returns what it was */
export async function removeLeftovers(engine: Engine, stack: string): Promise<string[]> {
  const removed: string[] = [];
  for (const { kind, list, remove } of KINDS) {
    const names = await namesOf(engine, stack, list);
    if (names.length > 0) await engine.docker(...remove, ...names);
    removed.push(...names.map((name) => `${kind} ${name}`));
  }
  return removed;
}

async function namesOf(engine: Engine, stack: string, list: readonly string[]): Promise<string[]> {
  const naming = new Naming(stack);
  const claim = nameVolumeOf(stack);
  const names = (await engine.docker(...list)).split("\n");
  return names.filter(
    (name) => (name.startsWith(naming.of("")) && name !== claim) || name.startsWith(naming.image("")),
  );
}
