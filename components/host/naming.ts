/**
 * Names of a stack's things on the Docker host. Every container, network, volume and image of a stack begins
 * with its prefix, so stacks share a host without collisions and one glance at `docker ps` tells them apart.
 */
export class Naming {
  public readonly prefix: string;

  /** @param stack name of the Pulumi stack: letters, digits, `-`, `_`, `.` */
  public constructor(stack: string) {
    this.prefix = `sso-${stack.toLowerCase()}`;
  }

  /** Name of a container, network or volume, such as `sso-dev-keycloak`. */
  public of(role: string): string {
    return `${this.prefix}-${role}`;
  }

  /** Repository of an image, such as `sso-dev/keycloak`. */
  public image(service: string): string {
    return `${this.prefix}/${service}`;
  }
}
