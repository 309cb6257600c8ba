/** Mounts of a container, in the engine's API and in the state. */
import type { Properties, Value } from "../../core/definition.ts";
import { isObject } from "../../core/values.ts";
import { blocks, givenOnly, labelsFromMap, labelsToMap, number, text, textMap } from "../values.ts";
import type { Form } from "./forms.ts";

/** Each kind of mount has options of its own; those of the other kinds are not for the engine. */
const optionsOf: Readonly<Record<string, { ours: string; theirs: string; form: Form }>> = {
  bind: {
    ours: "bindOptions",
    theirs: "BindOptions",
    form: {
      toEngine: (value) => ({ Propagation: text(fields(value).propagation) }),
      fromEngine: (engine) => ({ propagation: text(fields(engine).Propagation) }),
    },
  },
  tmpfs: {
    ours: "tmpfsOptions",
    theirs: "TmpfsOptions",
    form: {
      toEngine: (value) => ({ SizeBytes: number(fields(value).sizeBytes), Mode: number(fields(value).mode) }),
      fromEngine: (engine) => ({
        sizeBytes: number(fields(engine).SizeBytes),
        mode: number(fields(engine).Mode),
      }),
    },
  },
  volume: {
    ours: "volumeOptions",
    theirs: "VolumeOptions",
    form: {
      toEngine: (value) => volumeToEngine(fields(value)),
      fromEngine: (engine) => volumeToState(fields(engine)),
    },
  },
};

export const mounts: Form = {
  toEngine: (value) => blocks(value).map(mountToEngine),
  fromEngine: (engine) => blocks(engine).map(mountToState),
};

function mountToEngine(mount: Properties): Properties {
  const kind = optionsOf[text(mount.type)];
  const given = kind === undefined ? undefined : mount[kind.ours];
  return {
    Type: text(mount.type),
    Target: text(mount.target),
    Source: text(mount.source),
    ReadOnly: mount.readOnly === true,
    ...(kind === undefined || !isObject(given) ? {} : { [kind.theirs]: kind.form.toEngine(given) }),
  };
}

function mountToState(mount: Properties): Properties {
  const options = Object.values(optionsOf).map(({ ours, theirs, form }): [string, Value] => {
    const given = mount[theirs];
    return [ours, isObject(given) ? form.fromEngine(given, null) : null];
  });
  return {
    type: text(mount.Type),
    target: text(mount.Target),
    source: text(mount.Source),
    readOnly: mount.ReadOnly === true,
    ...Object.fromEntries(options),
  };
}

function volumeToEngine(options: Properties): Properties {
  const driver = givenOnly({ Name: text(options.driverName), Options: textMap(options.driverOptions) });
  return {
    NoCopy: options.noCopy === true,
    Labels: labelsToMap(options.labels),
    ...givenOnly({ DriverConfig: driver, Subpath: text(options.subpath) }),
  };
}

function volumeToState(options: Properties): Properties {
  const driver = fields(options.DriverConfig);
  return {
    noCopy: options.NoCopy === true,
    labels: labelsFromMap(textMap(options.Labels)),
    driverName: text(driver.Name),
    driverOptions: textMap(driver.Options),
    subpath: text(options.Subpath),
  };
}

function fields(value: Value | undefined): Properties {
  return isObject(value) ? value : {};
}
