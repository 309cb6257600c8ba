<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/**
 * The only way out: HTTPS to public addresses, with limits on time and size. Whoever enters an OpenID chooses where
 * the shim goes, so each hop's name is looked up once, all its addresses are checked, and curl is bound to them.
 */
class Http
{
    private const MOST_BYTES = 262144;
    private const MOST_REDIRECTS = 5;
    private const CONNECT_SEC = 4;
    /** For all hops of a request together. */
    private const TOTAL_SEC = 10;

    /** @var \Closure(string): list<string> */
    private readonly \Closure $resolve;

    /**
     * @param list<string> $privateHosts names that may have addresses which are not public
     * @param (\Closure(string): list<string>)|null $resolve gives a name's addresses; the system's resolver by default
     */
    public function __construct(private readonly array $privateHosts = [], ?\Closure $resolve = null)
    {
        $this->resolve = $resolve ?? self::systemResolver(...);
    }

    /** Asks for a page, wherever it has moved to. */
    public function get(string $url, string $accept): Response
    {
        $end = microtime(true) + self::TOTAL_SEC;
        for ($redirects = 0; $redirects <= self::MOST_REDIRECTS; $redirects++) {
            $response = $this->send($url, [CURLOPT_HTTPHEADER => ["Accept: $accept"]], $end);
            if (!in_array($response->status, [301, 302, 303, 307, 308], true)) {
                return $response;
            }
            $url = self::absolute($response->header('location') ?? '', $url);
        }
        throw new Refused("$url: too many redirects");
    }

    /**
     * Sends a form; where it moves, it is not sent again.
     *
     * @param array<string, string> $fields
     */
    public function post(string $url, array $fields): Response
    {
        $body = http_build_query($fields, '', '&', PHP_QUERY_RFC1738);
        return $this->send($url, [CURLOPT_POSTFIELDS => $body], microtime(true) + self::TOTAL_SEC);
    }

    /**
     * Host and port of an address that may be asked.
     *
     * @return array{string, int}
     * @throws Refused unless it is https with a host's name; addresses in any spelling are none
     */
    public static function target(string $url): array
    {
        $parts = parse_url($url);
        $host = strtolower($parts['host'] ?? '');
        $isName = preg_match('/^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/D', $host) === 1;
        $isPlain = preg_match('/^[\x21-\x7e]{1,2048}$/D', $url) === 1 && !str_contains($url, '\\');
        if (
            !$isPlain || !$isName || strtolower($parts['scheme'] ?? '') !== 'https'
            || isset($parts['user']) || isset($parts['pass'])
        ) {
            throw new Refused('only https with the name of a host');
        }
        return [$host, $parts['port'] ?? 443];
    }

    /** @param array<int, mixed> $options of curl */
    private function send(string $url, array $options, float $end): Response
    {
        [$host, $port] = self::target($url);
        $addresses = $this->addressesOf($host);
        $headers = [];
        $body = '';
        $curl = curl_init($url);
        curl_setopt_array($curl, $options + [
            CURLOPT_PROTOCOLS => CURLPROTO_HTTPS,
            CURLOPT_RESOLVE => ["$host:$port:" . implode(',', $addresses)],
            CURLOPT_PROXY => '',
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_CONNECTTIMEOUT => self::CONNECT_SEC,
            CURLOPT_TIMEOUT_MS => max(1, (int) (($end - microtime(true)) * 1000)),
            CURLOPT_NOSIGNAL => true,
            // The public CAs of CURLOPT_CAPATH and the stack's own, which signs for stand-ins.
            CURLOPT_CAINFO => '/etc/sso-tls/ca.crt',
            CURLOPT_CAPATH => '/etc/ssl/certs',
            CURLOPT_USERAGENT => 'openid2-shim',
            CURLOPT_HEADERFUNCTION => static function ($curl, string $line) use (&$headers): int {
                [$name, $value] = explode(':', $line, 2) + [1 => ''];
                $headers[strtolower(trim($name))] = trim($value);
                return count($headers) > 100 ? 0 : strlen($line);
            },
            CURLOPT_WRITEFUNCTION => static function ($curl, string $part) use (&$body): int {
                $body .= $part;
                return strlen($body) > self::MOST_BYTES ? 0 : strlen($part);
            },
        ]);
        if (curl_exec($curl) === false) {
            $isLong = strlen($body) > self::MOST_BYTES;
            throw new Refused("$host: " . ($isLong ? 'its answer is too long' : curl_strerror(curl_errno($curl))));
        }
        return new Response($url, curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $headers, $body);
    }

    /**
     * The addresses of a host, for curl.
     *
     * @return list<string>
     */
    private function addressesOf(string $host): array
    {
        $addresses = ($this->resolve)($host);
        if ($addresses === []) {
            throw new Refused("$host: no such host");
        }
        foreach ($addresses as $address) {
            if (!in_array($host, $this->privateHosts, true) && !Addresses::isPublic($address)) {
                throw new Refused("$host: not a public address");
            }
        }
        return array_map(static fn($each) => str_contains($each, ':') ? "[$each]" : $each, $addresses);
    }

    /** @return list<string> */
    private static function systemResolver(string $host): array
    {
        $found = @socket_addrinfo_lookup($host, '443', ['ai_socktype' => SOCK_STREAM]);
        $addresses = array_map(static function ($each): string {
            $address = socket_addrinfo_explain($each)['ai_addr'];
            return $address['sin_addr'] ?? $address['sin6_addr'];
        }, $found === false ? [] : $found);
        return array_values(array_unique($addresses));
    }

    /** Where a `Location` leads (RFC 9110, section 10.2.2). */
    public static function absolute(string $location, string $base): string
    {
        if ($location === '') {
            throw new Refused("$base: a redirect to nowhere");
        }
        if (preg_match('/^[a-z][a-z0-9+.-]*:/i', $location) === 1) {
            return $location;
        }
        if (str_starts_with($location, '//')) {
            return "https:$location";
        }
        [$host, $port] = self::target($base);
        $path = str_starts_with($location, '/')
            ? $location
            : preg_replace('#[^/]*$#', '', parse_url($base, PHP_URL_PATH) ?? '/') . $location;
        return "https://$host" . ($port === 443 ? '' : ":$port") . $path;
    }
}
