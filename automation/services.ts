import type * as automation from "@pulumi/pulumi/automation/index.js";
import { newestClientIdOf, presetOf } from "../components/realm/services/presets.ts";
import { action, runAction } from "./arguments.ts";
import { asAdmin } from "./as-admin.ts";
import { bringUp } from "./bring-up.ts";
import { OperatorError, runCommand } from "./fail.ts";
import { allServices, callFor, findService, type FoundService } from "./find-service.ts";
import { readOutputs, type StackView, viewOf } from "./outputs.ts";
import { beginRotation, finishRotation } from "./rotate-service.ts";
import { HIDDEN, serviceTable, serviceText } from "./service-text.ts";
import { readStackSettings, settingsWithoutSecrets } from "./stack-settings.ts";
import { withinReach } from "./tunnel.ts";
import { openStack } from "./workspace.ts";

const USAGE = `usage: npm run services -- list [STACK]
       npm run services -- show NAME [STACK] [--realm REALM] [--secret]
       npm run services -- rotate NAME [STACK] [--realm REALM] [--secret] [--finish]

list    says which services log people in through stack dev or another
show    prints what to paste into a service; its secret only with --secret
rotate  gives a service a new client and secret, and brings the stack up; the old ones stay
        good until the same with --finish`;

interface Options {
  readonly realm?: string;
  readonly secret?: true;
  readonly finish?: true;
}

const ACTIONS = {
  list: action(["STACK?"], {}, ([stackName = "dev"]) => {
    list(stackName);
  }),
  show: action(["NAME", "STACK?"], { realm: "value", secret: "flag" }, ([name, stackName = "dev"], options) =>
    show(name, stackName, options),
  ),
  rotate: action(
    ["NAME", "STACK?"],
    { realm: "value", secret: "flag", finish: "flag" },
    ([name, stackName = "dev"], options) => withinReach(stackName, () => rotate(name, stackName, options)),
  ),
};

await runCommand(() => runAction(USAGE, ACTIONS));

function list(stackName: string): void {
  const all = allServices(settingsWithoutSecrets(stackName));
  console.log(all.length === 0 ? "no services" : serviceTable(all));
}

async function show(name: string, stackName: string, options: Options): Promise<void> {
  const stack = await openStack(stackName);
  const found = await foundIn(stack, name, options);
  await print(found, stack, await viewOf(stack), options);
}

async function rotate(name: string, stackName: string, options: Options): Promise<void> {
  const stack = await openStack(stackName);
  const found = await foundIn(stack, name, options);
  const isEnd = options.finish === true;
  const clientIds = loginsIn(await viewOf(stack), found).map(({ clientId }) => clientId);
  await (isEnd ? finishRotation(stack, found, clientIds) : beginRotation(stack, found, clientIds));
  const { outputs } = await bringUp(stack);
  if (isEnd) {
    console.log(`The old login of ${name} is no longer good.`);
    return;
  }
  await print(found, stack, readOutputs(stackName, outputs), options);
  console.log(
    `\nBoth logins are good now. Once ${name} uses the new one, run:\n  ${callFor("rotate", found, stackName)} --finish`,
  );
}

async function foundIn(stack: automation.Stack, name: string, { realm }: Options): Promise<FoundService> {
  const settings = await readStackSettings(stack);
  return findService(settings, name, realm);
}

/** The logins of a service that are up, the newest last. */
function loginsIn(
  view: StackView,
  { realm, service }: FoundService,
): StackView["realms"][string]["services"][string] {
  return view.realms[realm.name]?.services[service.name] ?? [];
}

/** Prints what to paste into a service for its newest login. */
async function print(
  found: FoundService,
  stack: automation.Stack,
  view: StackView,
  options: Options,
): Promise<void> {
  const { realm, service } = found;
  const shown = view.realms[realm.name];
  const isSaml = presetOf(service).protocol === "saml";
  const login = loginsIn(view, found).find(
    ({ clientId }) => isSaml || clientId === newestClientIdOf(service),
  );
  if (shown === undefined || login === undefined)
    throw new OperatorError(`service ${service.name} is not up yet; run: npm run up -- ${stack.name}`);
  const isHidden = login.clientSecret !== undefined && options.secret !== true;
  const text = serviceText(found, {
    realm: realm.name,
    issuer: shown.issuer,
    publicUrl: view.url,
    clientId: login.clientId,
    clientSecret: isHidden ? HIDDEN : (login.clientSecret ?? ""),
    signingCertificate: isSaml
      ? await withinReach(stack.name, () => signingCertificate(view, realm.name))
      : "",
  });
  console.log(isHidden ? `${text}\n\n${HIDDEN} stands for the secret, which --secret shows.` : text);
}

/** Certificate of the key that a realm signs SAML responses with. */
async function signingCertificate(view: StackView, realm: string): Promise<string> {
  const { active, keys } = await asAdmin(view, ({ realms }) => realms.getKeys({ realm }));
  const key = keys?.find(({ kid }) => kid !== undefined && kid === active?.["RS256"]);
  if (key?.certificate === undefined) throw new OperatorError(`realm ${realm} has no active RS256 key`);
  return key.certificate;
}
