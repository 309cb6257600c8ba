import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "./components/settings/config.ts";
import { SsoStack } from "./components/stack.ts";

const stack = new SsoStack(pulumi.getStack(), readSettings());

export const { url, realms, caCertificate, dns, relay, admin } = stack.outputs;
