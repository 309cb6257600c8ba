import { serve } from "../core/server.ts";
import { plugin } from "./plugin.ts";

serve(plugin);
