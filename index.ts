import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "./components/settings/config.ts";
import { SsoStack } from "./components/stack.ts";

/** What `pulumi stack output` shows. */
export default new SsoStack(pulumi.getStack(), readSettings()).outputs;
