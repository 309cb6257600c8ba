<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/** Finds out which provider may speak for an identifier (OpenID Authentication 2.0, section 7.3; Yadis 1.0). */
class Discovery
{
    private const XRDS = 'application/xrds+xml';

    public function __construct(private readonly Http $http)
    {
    }

    /**
     * @param string $identifier in its normal form, without a fragment
     * @return non-empty-list<Service> the preferred one first
     */
    public function services(string $identifier): array
    {
        $response = $this->page($identifier);
        // Where a page has moved to is what is claimed.
        $claimedId = Identifier::withoutFragment(Identifier::normal($response->url));
        $services = $this->servicesIn($response, $claimedId);
        return $services === [] ? throw new Refused("$identifier: not an OpenID") : $services;
    }

    /** @return list<Service> */
    private function servicesIn(Response $response, string $claimedId): array
    {
        if ($response->mediaType() === self::XRDS) {
            return Xrds::services($response->body, $claimedId);
        }
        $html = new Html($response->body);
        $location = $response->header('x-xrds-location') ?? $html->xrdsLocation();
        if ($location !== null) {
            $xrds = $this->page(Http::absolute($location, $response->url));
            return Xrds::services($xrds->body, $claimedId);
        }
        return $html->services($claimedId);
    }

    private function page(string $url): Response
    {
        $response = $this->http->get($url, self::XRDS . ', text/html;q=0.9');
        return $response->status === 200 ? $response : throw new Refused("$url: HTTP status {$response->status}");
    }
}
