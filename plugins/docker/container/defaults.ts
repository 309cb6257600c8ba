import type { Properties } from "../../core/definition.ts";

/** Terraform's defaults of a container. */
export const defaults: Properties = {
  attach: false,
  containerReadRefreshTimeoutMilliseconds: 15000,
  logs: false,
  memoryReservation: 0,
  mustRun: true,
  networkMode: "bridge",
  readOnly: false,
  removeVolumes: true,
  restart: "no",
  rm: false,
  start: true,
  stdinOpen: false,
  tty: false,
  wait: false,
  waitTimeout: 60,
};
