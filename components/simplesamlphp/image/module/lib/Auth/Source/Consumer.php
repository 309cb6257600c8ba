<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2\Auth\Source;

use SAML2\Constants;
use SimpleSAML\Auth\Source;
use SimpleSAML\Auth\State;
use SimpleSAML\Logger;
use SimpleSAML\Module\openid2\Association;
use SimpleSAML\Module\openid2\Associations;
use SimpleSAML\Module\openid2\Discovery;
use SimpleSAML\Module\openid2\Extensions;
use SimpleSAML\Module\openid2\Http;
use SimpleSAML\Module\openid2\Identifier;
use SimpleSAML\Module\openid2\Message;
use SimpleSAML\Module\openid2\Refused;
use SimpleSAML\Module\openid2\Service;
use SimpleSAML\Module\openid2\Store;
use SimpleSAML\Module\openid2\Verification;
use SimpleSAML\Module\saml\Error;
use SimpleSAML\Store as Sessions;
use SimpleSAML\Utils\HTTP as Utils;

/**
 * Authentication source that sends people to an OpenID provider and believes what it proves.
 *
 * Options: `baseUrl` of the shim's pages; `realm` that providers show to people; `privateHosts`, see {@see Http};
 * `providers`, by entity ID of the service provider that asks: `endpoint`, where it is pinned, and `teams` to ask for.
 */
final class Consumer extends Source
{
    public const ENTER_STAGE = 'openid2:enter';
    public const RETURN_STAGE = 'openid2:return';

    private const SOURCE = 'openid2:source';
    private const SERVICE = 'openid2:service';
    private const RETURN_TO = 'openid2:return_to';
    private const SELECT = Message::NS2 . '/identifier_select';

    private readonly string $baseUrl;
    private readonly string $realm;
    /** @var array<string, array{endpoint?: string, teams: list<string>}> */
    private readonly array $providers;
    private readonly Http $http;

    /**
     * @param array<string, mixed> $info
     * @param array<string, mixed> $config
     */
    public function __construct($info, $config)
    {
        parent::__construct($info, $config);
        $this->baseUrl = $config['baseUrl'];
        $this->realm = $config['realm'];
        $this->providers = $config['providers'];
        $this->http = new Http($config['privateHosts']);
    }

    /** The source that a login was begun with. */
    public static function of(array $state): self
    {
        $source = Source::getById($state[self::SOURCE], self::class);
        return $source ?? throw new \LogicException('no such authentication source');
    }

    /** A login that waits at this stage, if there is one still. */
    public static function waiting(string $id, string $stage): ?array
    {
        try {
            return State::loadState($id, $stage, true);
        } catch (\Exception) {
            return null; // it is at another stage
        }
    }

    /** Ends a login with an answer that says why. */
    public static function giveUp(array $state, \Exception $fault): never
    {
        $isExpected = $fault instanceof Refused;
        if (!$isExpected) {
            Logger::error((string) $fault);
        }
        $message = $isExpected ? $fault->getMessage() : 'the login failed';
        State::throwException(
            $state,
            new Error(Constants::STATUS_RESPONDER, Constants::STATUS_AUTHN_FAILED, $message, $fault),
        );
        exit;
    }

    public function authenticate(&$state): void
    {
        $state[self::SOURCE] = $this->getAuthId();
        $endpoint = $this->provider($state)['endpoint'] ?? null;
        if ($endpoint === null) {
            $id = State::saveState($state, self::ENTER_STAGE, true);
            Utils::redirectTrustedURL("{$this->baseUrl}enter.php", ['state' => $id]);
        }
        try {
            $this->send($state, new Service(true, $endpoint));
        } catch (Refused $fault) {
            self::giveUp($state, $fault);
        }
    }

    /**
     * Sends a person to the provider of the OpenID that they entered.
     *
     * @throws Refused where it is none
     */
    public function startAt(array $state, string $entered): never
    {
        [$service] = (new Discovery($this->http))->services(Identifier::fromInput($entered));
        // A copy: who comes back to the form may enter another one.
        $this->send(State::cloneState($state), $service);
    }

    /**
     * Takes a provider's answer.
     *
     * @throws Refused where it proves nothing
     */
    public function finish(array &$state, Message $answer): void
    {
        $service = new Service(...$state[self::SERVICE]);
        $verification = new Verification($this->http, new Discovery($this->http), $this->associations(), $this->store());
        $claimedId = $verification->claimedId($answer, $service, $state[self::RETURN_TO]);
        $state['Attributes'] = ['openid' => [$claimedId]]
            + Extensions::attributes($answer, $service->isVersion2, $this->provider($state)['teams']);
    }

    /** Section 9.1 of OpenID Authentication 2.0. */
    private function send(array $state, Service $service): never
    {
        $association = $service->isVersion2 ? $this->associations()->with($service->endpoint) : null;
        $state[self::SERVICE] = (array) $service;
        $returnTo = "{$this->baseUrl}return.php?state=" . rawurlencode(State::getStateId($state, true));
        $state[self::RETURN_TO] = $returnTo;
        State::saveState($state, self::RETURN_STAGE, true);
        $fields = $service->isVersion2
            ? ['openid.ns' => Message::NS2, 'openid.claimed_id' => $service->claimedId ?? self::SELECT, 'openid.realm' => $this->realm]
            : ['openid.trust_root' => $this->realm];
        $fields += [
            'openid.mode' => 'checkid_setup',
            'openid.identity' => $service->localId ?? self::SELECT,
            'openid.return_to' => $returnTo,
            ...($association instanceof Association ? ['openid.assoc_handle' => $association->handle] : []),
            ...Extensions::asked($this->provider($state)['teams']),
        ];
        Utils::redirectTrustedURL($service->endpoint, $fields);
        exit;
    }

    /** @return array{endpoint?: string, teams: list<string>} */
    private function provider(array $state): array
    {
        return $this->providers[$state['SPMetadata']['entityid']]
            ?? throw new \LogicException("nothing is set for {$state['SPMetadata']['entityid']}");
    }

    private function associations(): Associations
    {
        return new Associations($this->http, $this->store());
    }

    private function store(): Store
    {
        $sessions = Sessions::getInstance();
        return $sessions instanceof Sessions\SQL ? new Store($sessions->pdo) : throw new \LogicException('no SQL store');
    }
}
