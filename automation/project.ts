import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse as parseYaml } from "yaml";
import { stackFileIn } from "../components/settings/stack-file.ts";
import { OperatorError } from "./fail.ts";

/** The project's folder. */
export const PROJECT = path.resolve(import.meta.dirname, "..");

/** Where the stacks' state and public certificates are kept; ignored by git. */
export const STATE = path.join(PROJECT, ".state");

/**
 * Where the states are, called from any folder: what the environment says, or else Pulumi.yaml.
 *
 * @param chosen counts as not there when it is empty, as a workflow sets a variable that is not there
 */
export function backendUrl(chosen = process.env.PULUMI_BACKEND_URL ?? ""): string {
  const url = chosen === "" ? backendOfProject() : chosen;
  const [, folder] = /^file:\/\/(.+)$/.exec(url) ?? [];
  if (folder === undefined) return url;
  return `file://${path.resolve(PROJECT, folder.replace(/^~(?=\/|$)/, os.homedir()))}`;
}

/** The same for a message, without a password in it. */
export function shownBackend(): string {
  return backendUrl().replace(/\/\/[^/]*@/, "//");
}

/** A stack that the states do not know as one that is up: it is not, or they are not its own. */
export function notUp(stackName: string): OperatorError {
  return new OperatorError(
    `stack ${stackName} is not up, as the states in ${shownBackend()} have it; set PULUMI_BACKEND_URL to where its ` +
      `state is, or run: npm run up -- ${stackName}`,
  );
}

function backendOfProject(): string {
  const { backend } = parseYaml(fs.readFileSync(path.join(PROJECT, "Pulumi.yaml"), "utf8")) as {
    backend: { url: string };
  };
  return backend.url;
}

/** Where the working trees are of stacks that run another branch's program. */
const TREES = path.join(STATE, "trees");

/** The working tree of a stack that runs another branch's program, whether or not it is there. */
export function treeOf(stackName: string): string {
  return path.join(TREES, stackName);
}

/** The folder that a stack's program and file are in. */
export function folderOf(stackName: string): string {
  return fs.existsSync(treeOf(stackName)) ? treeOf(stackName) : PROJECT;
}

/** Where the CA's certificate of a stack is put for people. */
export function certificateFileOf(stackName: string): string {
  return path.join(STATE, `${stackName}.ca.pem`);
}

/**
 * The file that says what a stack is.
 *
 * @throws {OperatorError} when there is none
 */
export function stackFileOf(stackName: string): string {
  const file = stackFileIn(folderOf(stackName), stackName);
  if (fs.existsSync(file)) return file;
  throw new OperatorError(
    `no stack ${stackName}: Pulumi.${stackName}.yaml is missing; there are ${stackNames().join(", ")}`,
  );
}

/** Names of all stacks that have a file. */
export function stackNames(): string[] {
  return fs.readdirSync(PROJECT).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
}
