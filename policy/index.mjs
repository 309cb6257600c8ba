// Pulumi's own runner compiles what ends in .ts with an old compiler; what this imports, Node runs by itself.
import "./pack.ts";
