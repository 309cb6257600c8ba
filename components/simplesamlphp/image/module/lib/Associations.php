<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/**
 * Associations with providers. They are asked for over HTTPS alone, which keeps the key secret, so the key itself is
 * sent (`no-encryption`) and no exchange after Diffie and Hellman is needed (OpenID Authentication 2.0, section 8.4.1).
 */
class Associations
{
    private const MOST_SEC = 86_400;
    private const KEY_BYTES = 32;

    public function __construct(private readonly Http $http, private readonly Store $store)
    {
    }

    /** The one to ask a provider of version 2.0 with; null where it makes none, and is asked about each answer. */
    public function with(string $endpoint): ?Association
    {
        $known = $this->store->currentAssociation($endpoint);
        if ($known !== null) {
            return $known;
        }
        $made = $this->make($endpoint);
        if ($made !== null) {
            $this->store->addAssociation($endpoint, $made);
        }
        return $made;
    }

    /** The one that an answer says it is signed with. */
    public function named(string $endpoint, string $handle): ?Association
    {
        return $this->store->association($endpoint, $handle);
    }

    private function make(string $endpoint): ?Association
    {
        $answer = Message::fromKeyValues($this->http->post($endpoint, [
            'openid.ns' => Message::NS2,
            'openid.mode' => 'associate',
            'openid.assoc_type' => Association::TYPE,
            'openid.session_type' => 'no-encryption',
        ])->body);
        $handle = $answer->get('assoc_handle') ?? '';
        $key = (string) base64_decode($answer->get('mac_key') ?? '', true);
        $seconds = $answer->get('expires_in') ?? '';
        $isSound = $answer->get('assoc_type') === Association::TYPE
            && $answer->get('session_type') === 'no-encryption'
            && preg_match('/^[\x21-\x7e]{1,255}$/D', $handle) === 1
            && strlen($key) === self::KEY_BYTES
            && preg_match('/^[0-9]{1,9}$/D', $seconds) === 1;
        return $isSound ? new Association($handle, $key, time() + min((int) $seconds, self::MOST_SEC)) : null;
    }
}
