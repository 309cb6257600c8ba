/** Talks to an engine over ssh and prints what came of it; a process of its own, so that it can have a PATH of its own. */
import { Engine } from "../../../plugins/docker/engine/engine.ts";

const engine = new Engine({ host: "ssh://root@host.test" });
const { signal } = new AbortController();
try {
  const all = Array.from({ length: 20 }, () => engine.ask(signal, (docker) => docker.listNetworks()));
  const [networks = []] = await Promise.all(all);
  console.log(JSON.stringify({ names: networks.map(({ Name }) => Name) }));
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : error }));
}
engine.close();
