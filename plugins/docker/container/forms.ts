/** How single properties of a container look in the engine's API, both ways. */
import type { Properties, Value } from "../../core/definition.ts";
import { isObject, isZero } from "../../core/values.ts";
import { blocks, labelsFromMap, labelsToMap, number, text, textMap, texts } from "../values.ts";
import { formatDuration, parseDuration, sameDuration } from "./duration.ts";

/** A property's two forms. What the engine gives back is JSON, so it is a `Value` as well. */
export interface Form {
  toEngine(value: Value): Value;
  /** @param engine never null; `asked` is what the state holds, whose spelling is kept where it means the same */
  fromEngine(engine: Value, asked: Value): Value;
}

const mebibyte = 1024 * 1024;

export const plain: Form = {
  toEngine: (value) => value,
  fromEngine: (engine) => engine,
};

/** A map that the engine fills in by itself: it counts only if the program speaks of it. */
export const askedMap: Form = {
  toEngine: (value) => value,
  fromEngine: (engine, asked) => (isZero(asked) ? {} : engine),
};

export const mebibytes: Form = {
  toEngine: (value) => number(value) * mebibyte,
  fromEngine: (engine) => Math.floor(number(engine) / mebibyte),
};

/** Like `mebibytes`, but -1 means no limit. */
export const swap: Form = {
  toEngine: (value) => (number(value) > 0 ? number(value) * mebibyte : value),
  fromEngine: (engine) => (number(engine) > 0 ? Math.floor(number(engine) / mebibyte) : engine),
};

/** A number of processors as text, such as `1.5`. */
export const processors: Form = {
  toEngine: (value) => Math.round(Number(text(value)) * 1e9),
  fromEngine: (engine, asked) => {
    const count = number(engine) / 1e9;
    if (count === 0 || Number(text(asked)) === count) return asked;
    return Number.isInteger(count) ? `${String(count)}.0` : String(count);
  },
};

/** The engine knows no more than the operating system; an architecture that was asked for is kept. */
export const platform: Form = {
  toEngine: (value) => value,
  fromEngine: (engine, asked) => (text(asked).startsWith(`${text(engine)}/`) ? asked : engine),
};

export const labels: Form = {
  toEngine: (value) => labelsToMap(value),
  fromEngine: (engine) => labelsFromMap(textMap(engine)),
};

export const hosts: Form = {
  toEngine: (value) => blocks(value).map(({ host, ip }) => `${text(host)}:${text(ip)}`),
  fromEngine: (engine) =>
    texts(engine).map((entry) => {
      const [host = "", ...ip] = entry.split(":");
      return { host, ip: ip.join(":") };
    }),
};

/** Objects whose keys have other names in the API. */
function renamed(names: Readonly<Record<string, string>>): Form {
  const pairs = Object.entries(names);
  return {
    toEngine: (value) =>
      blocks(value).map((block) =>
        Object.fromEntries(pairs.map(([ours, theirs]) => [theirs, block[ours] ?? null])),
      ),
    fromEngine: (engine) =>
      blocks(engine).map((block) =>
        Object.fromEntries(pairs.map(([ours, theirs]) => [ours, block[theirs] ?? null])),
      ),
  };
}

export const ulimits = renamed({ name: "Name", soft: "Soft", hard: "Hard" });

export const throttles = renamed({ path: "Path", rate: "Rate" });

const deviceNames = renamed({
  hostPath: "PathOnHost",
  containerPath: "PathInContainer",
  permissions: "CgroupPermissions",
});

/** A device appears under its path on the host unless another is asked for. */
export const devices: Form = {
  toEngine: (value) =>
    deviceNames.toEngine(
      blocks(value).map((device) => ({
        ...device,
        containerPath: text(device.containerPath) || text(device.hostPath),
      })),
    ),
  fromEngine: (engine, asked) =>
    blocks(deviceNames.fromEngine(engine, asked)).map((device) => {
      const wanted = blocks(asked).find(({ hostPath }) => hostPath === device.hostPath);
      return text(wanted?.containerPath) === "" ? { ...device, containerPath: "" } : device;
    }),
};

export const deviceRequests: Form = {
  toEngine: (value) =>
    blocks(value).map((request) => ({
      Driver: text(request.driver),
      Count: number(request.count),
      DeviceIDs: texts(request.deviceIds),
      Capabilities: [texts(request.capabilities)],
      Options: textMap(request.options),
    })),
  fromEngine: (engine) =>
    blocks(engine).map((request) => ({
      driver: text(request.Driver),
      count: number(request.Count),
      deviceIds: texts(request.DeviceIDs),
      capabilities: Array.isArray(request.Capabilities) ? texts(request.Capabilities[0]) : [],
      options: textMap(request.Options),
    })),
};

const durations: readonly (readonly [ours: string, theirs: string])[] = [
  ["interval", "Interval"],
  ["timeout", "Timeout"],
  ["startPeriod", "StartPeriod"],
  ["startInterval", "StartInterval"],
];

export const healthcheck: Form = {
  toEngine: (value) => {
    const check = isObject(value) ? value : {};
    const times = durations.map(([ours, theirs]) => [theirs, parseDuration(text(check[ours])) ?? 0] as const);
    return { Test: texts(check.tests), Retries: number(check.retries), ...Object.fromEntries(times) };
  },
  fromEngine: (engine, asked) => {
    const check = isObject(engine) ? engine : {};
    const wanted = isObject(asked) ? asked : {};
    const times = durations.map(([ours, theirs]) => {
      const wish = text(wanted[ours]);
      // Engines before API 1.44 drop the start interval: nothing the operator could put right.
      if (theirs === "StartInterval" && check[theirs] === undefined) return [ours, wish === "" ? "0s" : wish];
      const time = formatDuration(number(check[theirs]));
      return [ours, sameDuration(wish, time) ? wish : time];
    });
    return {
      tests: texts(check.Test),
      retries: number(check.Retries),
      ...(Object.fromEntries(times) as Properties),
    };
  },
};
