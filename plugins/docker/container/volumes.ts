/** `volumes`: what `docker run --volume` and `--volumes-from` do. */
import type { Properties, Value } from "../../core/definition.ts";
import { blocks, text } from "../values.ts";

export interface EngineVolumes {
  /** Mount points, also of anonymous volumes. */
  readonly points: Properties;
  readonly binds: string[];
  readonly from: string[];
}

export function volumesToEngine(volumes: Value | undefined): EngineVolumes {
  const made: EngineVolumes = { points: {}, binds: [], from: [] };
  for (const volume of blocks(volumes)) {
    const path = text(volume.containerPath);
    const source = text(volume.hostPath) || text(volume.volumeName);
    if (path === "") {
      made.from.push(text(volume.fromContainer));
      continue;
    }
    made.points[path] = {};
    if (source !== "") made.binds.push(`${source}:${path}:${mode(volume)}`);
  }
  return made;
}

function mode(volume: Properties): string {
  const access = volume.readOnly === true ? "ro" : "rw";
  const relabel = text(volume.selinuxRelabel);
  return relabel === "" ? access : `${access},${relabel}`;
}

/** Why a volume cannot be mounted, or nothing. */
export function volumeFault(volume: Properties): string | undefined {
  const path = text(volume.containerPath);
  const from = text(volume.fromContainer);
  if (path === "" && from === "") return "a volume needs containerPath or fromContainer";
  if (path !== "" && from !== "") return "a volume has either containerPath or fromContainer, not both";
  return undefined;
}
