<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/** A provider's endpoint and what it may say (OpenID Authentication 2.0, section 7.3.1). */
final class Service
{
    /**
     * @param bool $isVersion2 OpenID 2.0; else 1.1
     * @param string|null $claimedId whose identifier was looked up; null where the provider lets people choose
     * @param string|null $localId what the provider calls it
     */
    public function __construct(
        public readonly bool $isVersion2,
        public readonly string $endpoint,
        public readonly ?string $claimedId = null,
        public readonly ?string $localId = null,
    ) {
        Http::target($endpoint);
    }
}
