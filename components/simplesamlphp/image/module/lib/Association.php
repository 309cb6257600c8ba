<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/** A secret shared with a provider, by which it signs (OpenID Authentication 2.0, section 8). */
final class Association
{
    public const TYPE = 'HMAC-SHA256';

    /** @param int $expires Unix time */
    public function __construct(
        public readonly string $handle,
        public readonly string $key,
        public readonly int $expires,
    ) {
    }

    public function hasSigned(Message $message): bool
    {
        $signature = hash_hmac('sha256', $message->signedText(), $this->key, true);
        return hash_equals($signature, (string) base64_decode($message->need('sig'), true));
    }
}
