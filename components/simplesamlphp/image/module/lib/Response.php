<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/** What a server answered. */
final class Response
{
    /** @param array<string, string> $headers by name in lower case */
    public function __construct(
        public readonly string $url,
        public readonly int $status,
        public readonly array $headers,
        public readonly string $body,
    ) {
    }

    public function header(string $name): ?string
    {
        return $this->headers[$name] ?? null;
    }

    /** Media type without its parameters, in lower case. */
    public function mediaType(): string
    {
        return strtolower(trim(explode(';', $this->header('content-type') ?? '')[0]));
    }
}
