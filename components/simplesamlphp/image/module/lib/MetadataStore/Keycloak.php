<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2\MetadataStore;

use SimpleSAML\Metadata\MetaDataStorageSource;
use SimpleSAML\Metadata\SAMLParser;

/**
 * Metadata of Keycloak's service providers, as Keycloak itself tells it when somebody comes from there: a new key of a
 * realm is known at once. Over TLS, checked against the stack's CA (`openssl.cafile`).
 */
final class Keycloak extends MetaDataStorageSource
{
    private const TIMEOUT_SEC = 5;

    /** @var array<string, string> address of each service provider's descriptor, by its entity ID */
    private readonly array $descriptors;

    /** @var array<string, array<string, mixed>> */
    private array $known = [];

    /** @param array{descriptors: array<string, string>} $config */
    public function __construct(array $config)
    {
        $this->descriptors = $config['descriptors'];
    }

    /**
     * @param string $index
     * @param string $set
     * @return array<string, mixed>|null
     */
    public function getMetaData($index, $set)
    {
        $url = $set === 'saml20-sp-remote' ? $this->descriptors[$index] ?? null : null;
        return $url === null ? null : $this->known[$index] ??= self::read($index, $url);
    }

    /** @return array<string, mixed> */
    private static function read(string $entityId, string $url): array
    {
        $context = stream_context_create(['http' => ['timeout' => self::TIMEOUT_SEC, 'follow_location' => 0]]);
        $xml = file_get_contents($url, false, $context);
        if ($xml === false) {
            throw new \RuntimeException("cannot read $url");
        }
        $metadata = (SAMLParser::parseDescriptorsString($xml)[$entityId] ?? null)?->getMetadata20SP();
        if ($metadata === null) {
            throw new \RuntimeException("$url is not about $entityId");
        }
        // Only Keycloak may send people here, and nobody's last login counts for the next.
        return ['validate.authnrequest' => true, 'ForceAuthn' => true] + $metadata;
    }
}
