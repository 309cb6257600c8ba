<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/** Which addresses are on the internet, and not of this host, its networks or their management. */
final class Addresses
{
    /** What of IPv4 is not global unicast (RFC 6890 and IANA's special-purpose registry; multicast; reserved). */
    private const NOT_GLOBAL_4 = [
        '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24',
        '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24',
        '224.0.0.0/4', '240.0.0.0/4',
    ];

    /** All that IPv6 hands out as global unicast (RFC 4291). Mapped and translated IPv4 is outside of it. */
    private const GLOBAL_6 = '2000::/3';

    /** What of it is not global: protocol assignments with Teredo, documentation, 6to4 with IPv4 inside. */
    private const NOT_GLOBAL_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

    public static function isPublic(string $address): bool
    {
        if (filter_var($address, FILTER_VALIDATE_IP, FILTER_FLAG_IPV4) !== false) {
            return !self::isInAny($address, self::NOT_GLOBAL_4);
        }
        return filter_var($address, FILTER_VALIDATE_IP, FILTER_FLAG_IPV6) !== false
            && self::isInAny($address, [self::GLOBAL_6])
            && !self::isInAny($address, self::NOT_GLOBAL_6);
    }

    /** @param list<string> $networks of the address's own family */
    private static function isInAny(string $address, array $networks): bool
    {
        foreach ($networks as $network) {
            [$prefix, $length] = explode('/', $network);
            if (self::firstBits($address, (int) $length) === self::firstBits($prefix, (int) $length)) {
                return true;
            }
        }
        return false;
    }

    private static function firstBits(string $address, int $length): string
    {
        $bits = '';
        foreach (str_split((string) inet_pton($address)) as $byte) {
            $bits .= sprintf('%08b', ord($byte));
        }
        return substr($bits, 0, $length);
    }
}
