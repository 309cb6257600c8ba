import type { Plugin } from "../core/definition.ts";
import { container } from "./container/container.ts";
import { Engine } from "./engine/engine.ts";
import { remoteImage } from "./image/image.ts";
import { network } from "./network.ts";
import { schema } from "./schema.ts";
import { volume } from "./volume.ts";

/** The built-in docker plugin: containers, images, networks and volumes of one Docker engine. */
export const plugin: Plugin<Engine> = {
  schema,
  configure: (config) => new Engine(config),
  resources: {
    "docker:index/container:Container": container,
    "docker:index/network:Network": network,
    "docker:index/remoteImage:RemoteImage": remoteImage,
    "docker:index/volume:Volume": volume,
  },
  close: (engine) => {
    engine.close();
    return Promise.resolve();
  },
};
