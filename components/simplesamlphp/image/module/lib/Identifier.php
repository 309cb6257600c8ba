<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/** Claimed identifiers: https addresses in one spelling (OpenID Authentication 2.0, section 7.2; RFC 3986, section 6). */
final class Identifier
{
    /** Longest that Keycloak keeps. */
    private const MOST_CHARACTERS = 255;

    /** What a person typed, as an identifier; what has no scheme gets https, and nothing else is taken. */
    public static function fromInput(string $typed): string
    {
        if (!str_contains($typed, '://')) {
            $typed = "https://$typed";
        }
        return self::normal(explode('#', $typed, 2)[0]);
    }

    /** @throws Refused where it cannot be a claimed identifier */
    public static function normal(string $identifier): string
    {
        [$host, $port] = Http::target($identifier);
        $parts = parse_url($identifier);
        $normal = "https://$host" . ($port === 443 ? '' : ":$port") . self::path($parts['path'] ?? '/')
            . (isset($parts['query']) ? "?{$parts['query']}" : '')
            . (isset($parts['fragment']) ? "#{$parts['fragment']}" : '');
        if (strlen($normal) > self::MOST_CHARACTERS) {
            throw new Refused('an OpenID of more than ' . self::MOST_CHARACTERS . ' characters');
        }
        return $normal;
    }

    public static function withoutFragment(string $identifier): string
    {
        return explode('#', $identifier, 2)[0];
    }

    /** Dot segments would make two spellings of one address. */
    private static function path(string $path): string
    {
        if (preg_match('#(^|/)(\.|%2e){1,2}(/|$)#i', $path) === 1) {
            throw new Refused('an OpenID with dots for folders');
        }
        return $path;
    }
}
