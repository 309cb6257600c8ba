import { isSsh } from "../components/host/ssh.ts";
import { action, runAction } from "./arguments.ts";
import { OperatorError, runCommand } from "./fail.ts";
import { prepareHost } from "./host-prepare.ts";

const USAGE = `usage: npm run host -- prepare ssh://root@HOST [--allow-ssh-from NETWORK,…] [--check]

Makes a bare Debian host one that stacks can run on: engine, account, security updates, time, no swap, sshd by keys only, a
firewall that lets in 25, 53, 80 and 443 from everywhere and ssh from some networks, and the images that others are
built on. Again: nothing changes.

--allow-ssh-from  networks that may log in, yours among them, such as 192.0.2.0/24,2001:db8::/32; asked for the first time only
--check           changes nothing, and ends with 2 when something would be changed`;

/** Exit code of `--check` where something would change. */
const WOULD_CHANGE = 2;

const ACTIONS = {
  prepare: action(
    ["HOST"],
    { "allow-ssh-from": "value", check: "flag" },
    ([address], { "allow-ssh-from": networks, check }) =>
      prepare(address, networks?.split(","), check === true),
  ),
};

await runCommand(() => runAction(USAGE, ACTIONS));

async function prepare(
  address: string,
  sshNetworks: readonly string[] | undefined,
  checkOnly: boolean,
): Promise<void> {
  if (!isSsh(address) || !URL.canParse(address))
    throw new OperatorError(`${address}: not a host; give such as ssh://root@sso.example.org`);
  const results = await prepareHost({
    address,
    ...(sshNetworks === undefined ? {} : { sshNetworks }),
    checkOnly,
    tell: console.log,
  });
  if (Object.values(results).includes("would change")) process.exitCode = WOULD_CHANGE;
}
