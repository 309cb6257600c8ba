import type { Plugin } from "../core/definition.ts";
import { database } from "./database.ts";
import { defaultPrivileges } from "./default-privileges.ts";
import { extension } from "./extension.ts";
import { grantRole } from "./grant-role.ts";
import { grant } from "./grant.ts";
import { namespace } from "./namespace.ts";
import { role } from "./role.ts";
import { schema } from "./schema.ts";
import { Server } from "./server.ts";
import { readSettings } from "./settings.ts";

/** The built-in postgresql plugin: roles, databases, what is in them and who may use it, on one server. */
export const plugin: Plugin<Server> = {
  schema,
  configure: (config) => new Server(readSettings(config)),
  dropsEmptyDefaults: true,
  resources: {
    "postgresql:index/database:Database": database,
    "postgresql:index/defaultPrivileges:DefaultPrivileges": defaultPrivileges,
    "postgresql:index/extension:Extension": extension,
    "postgresql:index/grant:Grant": grant,
    "postgresql:index/grantRole:GrantRole": grantRole,
    "postgresql:index/role:Role": role,
    "postgresql:index/schema:Schema": namespace,
  },
  close: (server) => server.close(),
};
