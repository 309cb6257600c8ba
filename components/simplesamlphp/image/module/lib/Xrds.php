<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/** Reads the OpenID services of an XRDS document (Yadis 1.0; XRI Resolution 2.0; OpenID Authentication 2.0, section 7.3.2). */
final class Xrds
{
    private const XRD = 'xri://$xrd*($v*2.0)';
    private const OPENID1 = 'http://openid.net/xmlns/1.0';

    /** Service types in the order in which they are preferred. */
    private const TYPES = [
        'http://specs.openid.net/auth/2.0/server' => ['isVersion2' => true, 'isServer' => true],
        'http://specs.openid.net/auth/2.0/signon' => ['isVersion2' => true, 'isServer' => false],
        'http://openid.net/signon/1.1' => ['isVersion2' => false, 'isServer' => false],
        'http://openid.net/signon/1.0' => ['isVersion2' => false, 'isServer' => false],
    ];

    /** @return list<Service> the preferred one first */
    public static function services(string $xml, string $claimedId): array
    {
        $document = new \DOMDocument();
        if (!@$document->loadXML($xml, LIBXML_NONET) || $document->doctype !== null) {
            throw new Refused("$claimedId: its XRDS document cannot be read");
        }
        $path = new \DOMXPath($document);
        $path->registerNamespace('d', self::XRD);
        $path->registerNamespace('o', self::OPENID1);
        $found = [];
        foreach ($path->query('(//d:XRD)[last()]/d:Service') as $element) {
            $types = array_map(trim(...), self::texts($path, 'd:Type', $element));
            foreach (array_keys(self::TYPES) as $preference => $type) {
                if (in_array($type, $types, true)) {
                    $priority = self::priority($element);
                    foreach (self::endpoints($path, $element) as $order => $endpoint) {
                        $service = self::service($path, $element, $type, $endpoint, $claimedId);
                        $found[] = [[$preference, $priority, $order], $service];
                    }
                    break;
                }
            }
        }
        usort($found, static fn($a, $b) => $a[0] <=> $b[0]);
        return array_column($found, 1);
    }

    private static function service(
        \DOMXPath $path,
        \DOMElement $element,
        string $type,
        string $endpoint,
        string $claimedId,
    ): Service {
        ['isVersion2' => $isVersion2, 'isServer' => $isServer] = self::TYPES[$type];
        if ($isServer) {
            return new Service(true, $endpoint);
        }
        [$localId] = self::texts($path, $isVersion2 ? 'd:LocalID' : 'o:Delegate', $element) + [null];
        return new Service($isVersion2, $endpoint, $claimedId, $localId ?? $claimedId);
    }

    /** @return list<string> by priority */
    private static function endpoints(\DOMXPath $path, \DOMElement $service): array
    {
        $elements = iterator_to_array($path->query('d:URI', $service), false);
        usort($elements, static fn($a, $b) => self::priority($a) <=> self::priority($b));
        return array_map(static fn($each) => trim($each->textContent), $elements);
    }

    /** @return list<string> */
    private static function texts(\DOMXPath $path, string $query, \DOMElement $below): array
    {
        return array_map(
            static fn($each) => trim($each->textContent),
            iterator_to_array($path->query($query, $below), false),
        );
    }

    /** None is the least. */
    private static function priority(\DOMElement $element): int
    {
        $value = $element->getAttribute('priority');
        return ctype_digit($value) ? (int) $value : PHP_INT_MAX;
    }
}
