<?php

declare(strict_types=1);

namespace SimpleSAML\Module\openid2;

/** Decides whether an answer proves who a person is (OpenID Authentication 2.0, section 11; 1.1, section 4.4). */
final class Verification
{
    /** Fields that the signature must be over; the claimed identifier is asked for, so it must be there. */
    private const SIGNED_2 = ['op_endpoint', 'return_to', 'response_nonce', 'assoc_handle', 'claimed_id', 'identity'];
    private const SIGNED_1 = ['return_to', 'identity'];

    /** How far the provider's clock may be off, or the person's way may take. */
    private const NONCE_SEC = 300;

    public function __construct(
        private readonly Http $http,
        private readonly Discovery $discovery,
        private readonly Associations $associations,
        private readonly Store $store,
    ) {
    }

    /**
     * The claimed identifier that an answer proves.
     *
     * @param Service $asked where the person was sent to
     * @param string $returnTo where the provider was told to send the person back to
     * @throws Refused
     */
    public function claimedId(Message $answer, Service $asked, string $returnTo): string
    {
        self::checkMode($answer);
        if (($answer->get('ns') === Message::NS2) !== $asked->isVersion2) {
            throw new Refused('the answer is of another version of OpenID');
        }
        $missing = array_diff($asked->isVersion2 ? self::SIGNED_2 : self::SIGNED_1, $answer->signedNames());
        if ($missing !== []) {
            throw new Refused('the answer is not signed over ' . implode(', ', $missing));
        }
        if ($answer->need('return_to') !== $returnTo) {
            throw new Refused('the answer was for another login');
        }
        if ($asked->isVersion2 && $answer->need('op_endpoint') !== $asked->endpoint) {
            throw new Refused('the answer is from another provider');
        }
        $claimedId = $asked->isVersion2 ? $this->claimedId2($answer, $asked) : self::claimedId1($answer, $asked);
        $this->checkSignature($answer, $asked);
        if ($asked->isVersion2) {
            $this->checkNonce($answer->need('response_nonce'), $asked->endpoint);
        }
        return $claimedId;
    }

    private static function checkMode(Message $answer): void
    {
        match ($answer->get('mode')) {
            'id_res' => null,
            'cancel' => throw new Refused('the login was cancelled'),
            default => throw new Refused('the provider did not log anyone in'),
        };
    }

    /** What was not looked up beforehand is looked up now: the provider must be the one that may speak for it. */
    private function claimedId2(Message $answer, Service $asked): string
    {
        $claimedId = Identifier::normal($answer->need('claimed_id'));
        if ($claimedId !== $answer->need('claimed_id')) {
            throw new Refused('the claimed identifier is not in its normal form');
        }
        $lookedUp = Identifier::withoutFragment($claimedId);
        $services = $lookedUp === $asked->claimedId ? [$asked] : $this->discovery->services($lookedUp);
        foreach ($services as $service) {
            $isTheOne = $service->isVersion2
                && $service->claimedId === $lookedUp
                && $service->endpoint === $asked->endpoint
                && $service->localId === Identifier::withoutFragment($answer->need('identity'));
            if ($isTheOne) {
                return $claimedId;
            }
        }
        throw new Refused('the provider may not speak for the claimed identifier');
    }

    private static function claimedId1(Message $answer, Service $asked): string
    {
        return $asked->claimedId !== null && $answer->need('identity') === $asked->localId
            ? $asked->claimedId
            : throw new Refused('the answer is about another identity');
    }

    /** By an association of version 2.0, else by asking the provider (section 11.4). */
    private function checkSignature(Message $answer, Service $asked): void
    {
        $association = $asked->isVersion2
            ? $this->associations->named($asked->endpoint, $answer->need('assoc_handle'))
            : null;
        $isSound = $association === null
            ? $this->isConfirmed($answer, $asked->endpoint)
            : $association->hasSigned($answer);
        if (!$isSound) {
            throw new Refused('the signature of the answer does not fit');
        }
    }

    private function isConfirmed(Message $answer, string $endpoint): bool
    {
        $answer->signedText(); // refuses what cannot have been signed
        $fields = [];
        foreach (['mode' => 'check_authentication'] + $answer->fields as $name => $value) {
            $fields["openid.$name"] = $value;
        }
        $verdict = $this->http->post($endpoint, $fields);
        return $verdict->status === 200 && Message::fromKeyValues($verdict->body)->get('is_valid') === 'true';
    }

    /** Begins with a time, and is good once (section 11.3). */
    private function checkNonce(string $nonce, string $endpoint): void
    {
        $form = '/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)[\x21-\x7e]{0,235}$/D';
        $time = preg_match($form, $nonce, $parts) === 1 ? strtotime($parts[1]) : false;
        if ($time === false || abs(time() - $time) > self::NONCE_SEC) {
            throw new Refused('the answer is too old, or the clock of the provider is wrong');
        }
        if (!$this->store->addNonce($endpoint, $nonce, $time + 2 * self::NONCE_SEC)) {
            throw new Refused('the answer has been used before');
        }
    }
}
