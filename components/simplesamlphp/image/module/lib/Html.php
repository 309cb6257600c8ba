<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/** What the head of a page says about OpenID (Yadis 1.0; OpenID Authentication 2.0, section 7.3.3). */
final class Html
{
    private readonly \DOMXPath $path;

    public function __construct(string $html)
    {
        $document = new \DOMDocument();
        // A page of nothing is no error; what people write below a head says nothing.
        @$document->loadHTML($html === '' ? '<html></html>' : $html, LIBXML_NONET);
        $this->path = new \DOMXPath($document);
    }

    /** Where the page's XRDS document is. */
    public function xrdsLocation(): ?string
    {
        foreach ($this->path->query('/html/head/meta[@http-equiv and @content]') as $meta) {
            if (strtolower($meta->getAttribute('http-equiv')) === 'x-xrds-location') {
                return trim($meta->getAttribute('content'));
            }
        }
        return null;
    }

    /** @return list<Service> */
    public function services(string $claimedId): array
    {
        $services = [];
        foreach ([[true, 'openid2.provider', 'openid2.local_id'], [false, 'openid.server', 'openid.delegate']] as $version) {
            [$isVersion2, $provider, $delegate] = $version;
            $endpoint = $this->link($provider);
            if ($endpoint !== null) {
                $services[] = new Service($isVersion2, $endpoint, $claimedId, $this->link($delegate) ?? $claimedId);
            }
        }
        return $services;
    }

    private function link(string $relation): ?string
    {
        foreach ($this->path->query('/html/head/link[@rel and @href]') as $link) {
            if (in_array($relation, preg_split('/\s+/', strtolower($link->getAttribute('rel'))), true)) {
                return trim($link->getAttribute('href'));
            }
        }
        return null;
    }
}
